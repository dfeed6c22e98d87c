"""Where the pixels of a scene lie on the Earth, for whoever shows them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from threading import Event

from sargui.container import Reader
from sargui.container.part_file import claims_sarz
from sargui.core.errors import FormatError, InputError
from sargui.core.types import Georeference, ProductInfo, Report
from sargui.engine.readings import Locate
from sargui.io import Place, open_product, place_of, with_annotated_place

__all__ = ["Place", "locate", "place"]

log = logging.getLogger(__name__)


def locate(request: Locate, report: Report, cancel: Event) -> Place | None:
    """Return the place of a scene, which whoever asked closes; None if it has none."""
    return place(request.info, partial(_annexes, request.path))


def place(info: ProductInfo, annexes: Callable[[], Mapping[str, bytes]]) -> Place | None:
    """Return the place of a scene: its own, or where it has none that of its product's files, read by `annexes`."""
    if info.product and info.georeference == Georeference():
        try:
            info = with_annotated_place(info, annexes())
        except (InputError, FormatError) as error:
            log.warning("%s is shown without a place: %s", info.name, error)
    return place_of(info)


def _annexes(path: Path) -> Mapping[str, bytes]:
    """Return the files beside the rasters of a product, or of what it was compressed into."""
    with Reader(path) if claims_sarz(path) else open_product(path) as source:
        return source.annexes()
