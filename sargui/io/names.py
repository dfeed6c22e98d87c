"""Names that GDAL opens although the file system does not know them: files in archives, rasters inside of others.

Paths travel as `Path`, which makes one slash of two; GDAL needs both.
"""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from sargui.core.paths import is_virtual

_URL = re.compile(r"(?<=/)(https?|ftp):/(?!/)")
_HDF5_GROUP = re.compile(r"(HDF5:.*):/([^/].*)", re.IGNORECASE)


def gdal_name(path: Path) -> Path | str:
    """Return what GDAL opens: the path itself, or a virtual one with the slashes that `Path` took."""
    if not is_virtual(path):
        return path
    text = path.as_posix()
    if text.startswith("/vsi"):
        handler, _, inside = text[1:].partition("/")
        if not _is_in_archive(Path(inside)) and _is_in_archive(Path("/", inside)):
            return f"/{handler}//{inside}"
        return _URL.sub(r"\1://", text)
    if (group := _HDF5_GROUP.fullmatch(text)) is not None:
        return f"{group[1]}://{group[2]}"
    return text


def shown_name(path: Path) -> str:
    """Return the name by which messages call the raster at a path."""
    return path.name.replace('"', "") if is_virtual(path) else path.name


def stored_bytes(name: str) -> int:
    """Return the size of a file by the name that GDAL gives it, in a zip as it is stored there; 0 if unknown."""
    path = Path(name)
    if path.is_file():
        return path.stat().st_size
    handler, _, inside = name[1:].partition("/")
    member = Path(inside)
    archive = next((parent for parent in member.parents if parent.is_file()), None)
    if handler != "vsizip" or archive is None:
        return 0
    try:
        with ZipFile(archive) as zipped:
            return zipped.getinfo(member.relative_to(archive).as_posix()).compress_size
    except (BadZipFile, KeyError, OSError, ValueError, NotImplementedError):
        return 0


def _is_in_archive(path: Path) -> bool:
    return any(parent.is_file() for parent in path.parents)
