"""May a raster be the original of a container? What both say of themselves, without a look at pixels."""

from __future__ import annotations

from threading import Event

from sargui.container import Reader
from sargui.core.errors import MismatchError
from sargui.core.types import Kind, ProductInfo, Report
from sargui.engine.differences import differences
from sargui.engine.views import Match
from sargui.io import open_product

DOUBTFUL = ("type", "nodata", "CRS", "affine", "GCPs")  # what editing a file's labels alone does not touch


def match(request: Match, report: Report, cancel: Event) -> tuple[str, ...]:
    """Return the names of what the raster says otherwise than the container; empty for the original itself.

    Raises:
        MismatchError: another size or number of bands.
        SarguiError: one of them cannot be read.
    """
    with Reader(request.compressed) as reader:
        made_from = reader.product()
    kind = next((band.kind for band in made_from.bands if band.kind is not Kind.EXACT), None)
    with open_product(request.original, kind, detect=True) as source:
        info = source.info
    if _size(info) != _size(made_from):
        raise MismatchError(
            f"{request.original.name} is not the original of {request.compressed.name}: "
            f"it has {_size(info)}, not {_size(made_from)}."
        )
    found = differences(info, made_from)
    return tuple(name for name in DOUBTFUL if name in found)


def _size(info: ProductInfo) -> str:
    bands = len(info.bands)
    return f"{info.rows} × {info.cols} pixels in {bands} band{'s' * (bands != 1)}"
