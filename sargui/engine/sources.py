"""Opening whatever was dropped: a compressed file or a raster product, as one kind of source."""

from __future__ import annotations

from pathlib import Path

from sargui.container.part_file import claims_sarz
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
