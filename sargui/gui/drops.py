"""What a drop means: a file to open, or a sentence that says why not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData


@dataclass(frozen=True, slots=True)
class Drop:
    """The file to open, or None; or several for the queue; and what there is to say, or ''."""

    path: Path | None
    sentence: str = ""
    queue: tuple[Path, ...] = ()


def read_drop(data: QMimeData) -> Drop:
    """Return what a drop brings: its first file, unless it has none or that is a folder other than a SAFE product."""
    urls = data.urls()
    if not urls:  # a list of addresses may be empty
        return Drop(None, "Only files can be dropped here: a GeoTIFF or another raster, or a .sarz.")
    local = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    if not local:
        return Drop(None, f"{urls[0].toString()} is not on this computer; download it first.")
    return choose(local)


def choose(paths: list[Path]) -> Drop:
    """Return what to do with files from a drop or the command line: open one, queue several."""
    first = paths[0]
    if len(paths) > 1:
        there = tuple(path for path in paths if path.exists())
        missing = len(paths) - len(there)
        return Drop(None, f"{missing} of {len(paths)} files do not exist." if missing else "", there)
    if first.is_dir() and not (first / "manifest.safe").exists():
        return Drop(None, f"{first.name} is a folder and no SAFE product; open the raster file inside of it.")
    if not first.exists():
        return Drop(None, f"{first} does not exist.")
    return Drop(first)
