"""A first picture of a raster, before torch is loaded."""

from __future__ import annotations

from threading import Event

from sargui.core.types import RasterSource, Report
from sargui.engine.picture import picture
from sargui.engine.requests import Look, Picture
from sargui.engine.shelf import Shelf, identity
from sargui.io import open_product

Originals = Shelf[RasterSource]
OPEN = 2  # rasters that are kept open


def originals() -> Originals:
    """Return an empty shelf of open rasters."""
    return Shelf(OPEN, lambda source: source.close())


def glance(request: Look, report: Report, cancel: Event, shelf: Originals) -> Picture:
    """Return a picture of an original alone, of complex pixels their amplitude; see `look`.

    Raises:
        InputError: it is not a raster that we can read.
    """
    path = request.original
    assert path is not None
    source = shelf.get((identity(path), request.kind), lambda: open_product(path, request.kind, detect=True))
    return picture(request, source, None, None, report, cancel)
