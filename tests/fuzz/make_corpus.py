"""Write the seeds: python -m tests.fuzz.make_corpus. What fuzzing has found stays beside them, as found-*."""

from __future__ import annotations

import lzma
import runpy
import tempfile
from pathlib import Path

from sargui.container import annexes_to_bytes
from sargui.core import catalogue
from tests.container import handmade
from tests.faults.reading import small

HERE = Path(__file__).parent
DATA = HERE.parent / "data"


def seeds(folder: Path) -> dict[str, bytes]:
    """Return the seeds by TARGET/NAME."""
    (folder / "tiny.safetensors").write_bytes(lzma.decompress((DATA / "tiny.safetensors.xz").read_bytes()))
    (folder / "tiny.json").write_bytes((DATA / "tiny.json").read_bytes())
    catalogue.model_folders = lambda: [folder]
    parts = small.make_parts(folder)
    bare = {"layers": [], "levels": 1, "tiles": {number: parts["tiles"][number] for number in range(4)}}
    found = {"container/whole": handmade.container(**parts), "container/bare": handmade.container(**{**parts, **bare})}
    found |= {f"tile/{number}": payload for number, payload in parts["tiles"].items()}
    found["annexes/small"] = annexes_to_bytes(small.ANNEXES)
    product = runpy.run_path(str(DATA / "make_safe.py"))["make_safe"](folder, 60, 50, ("vv",), points=False)
    for path in sorted([*product.rglob("*-vv-*.xml"), product / "manifest.safe"]):
        found[f"annotation/{path.name.split('-')[0].split('.')[0]}"] = path.read_bytes()
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name, content in seeds(Path(folder)).items():
            (HERE / "corpus" / name).parent.mkdir(parents=True, exist_ok=True)
            (HERE / "corpus" / name).write_bytes(content)
