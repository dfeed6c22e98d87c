"""Where the pixels of a scene lie on the Earth, for whoever shows them."""

from __future__ import annotations

from threading import Event

from sargui.core.types import Report
from sargui.engine.readings import Locate
from sargui.io import Place, place_of

__all__ = ["Place", "locate"]


def locate(request: Locate, report: Report, cancel: Event) -> Place | None:
    """Return the place of a scene, which whoever asked closes; None if it has none."""
    return place_of(request.info)
