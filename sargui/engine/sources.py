"""Opening whatever was dropped: a compressed file or a raster product, as one kind of source."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sargui.container.part_file import claims_sarz
from sargui.core.errors import UnreadableRasterError
from sargui.core.paths import product_at
from sargui.core.types import Kind, RasterSource
from sargui.engine.decoded import DecodedSource
from sargui.io import open_product


def open_source(
    path: Path, kind: Kind | None = None, device: str = "auto", detect: bool = False, *, lenient: bool = False
) -> RasterSource:
    """Return the raster at a path; a container's own kind cannot be overridden. `detect` is for complex rasters.

    What is lost of a container is an error, or void if `lenient`.

    Raises:
        InputError: not a raster that we can read.
        FormatError: a container that cannot be used, or what is only named like one.
        CheckpointError: the container's checkpoint is not installed.
    """
    return DecodedSource(path, device, lenient=lenient) if claims_sarz(path) else open_product(path, kind, detect)


States = Mapping[Path, tuple[int, int, int]]


def states(path: Path) -> States:
    """Return size, time of change and number of a source's file, or of all files of a product that is a folder.

    What has a name that GDAL alone knows has none.
    """
    top = product_at(path)
    found: dict[Path, tuple[int, int, int]] = {}
    for file in top.rglob("*") if top.is_dir() else [top]:
        with suppress(OSError):  # it is gone
            if stat.S_ISREG((status := file.stat()).st_mode):
                found[file] = status.st_size, status.st_mtime_ns, status.st_ino
    return found


def refuse_changed(path: Path, before: States) -> None:
    """Refuse a source that has changed since `before`, as what was read of it may be of two minds.

    One that is gone has not changed: it was open all the time.

    Raises:
        UnreadableRasterError: it has changed.
    """
    if any(before.get(file, state) != state for file, state in states(path).items()):
        raise UnreadableRasterError(f"{product_at(path).name} has changed while it was read; start again.")
