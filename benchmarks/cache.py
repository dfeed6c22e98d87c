"""What took long to measure, kept by a digest of all that it depends on; nothing but a rerun's time depends on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent / ".cache"


def digest(*parts: str | bytes | float | NDArray[Any]) -> str:
    """Return a digest of texts, bytes, numbers and arrays, in their order."""
    found = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            content = f"{part.dtype} {part.shape} ".encode() + np.ascontiguousarray(part).tobytes()
        else:
            content = part if isinstance(part, bytes) else repr(part).encode()
        found.update(f"{len(content)} ".encode() + content)
    return found.hexdigest()


def source_digest(*folders: Path) -> str:
    """Return a digest of all Python files in some folders: what is measured of code changes with it."""
    files = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return digest(*(path.read_bytes() for path in files))


def kept(key: str, measure: Callable[[], Any]) -> Any:
    """Return what `measure` returns, as JSON gives it back; it is called only where nothing is kept under the key."""
    path = FOLDER / f"{key}.json"
    if path.exists():
        return json.loads(path.read_text(encoding="utf-8"))
    text = json.dumps(measure())
    FOLDER.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
    return json.loads(text)
