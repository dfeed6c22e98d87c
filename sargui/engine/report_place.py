"""Where a scene lies on the Earth, for its report."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sargui.core.types import ProductInfo
from sargui.engine.locate import place


def georeference(info: ProductInfo, annexes: Callable[[], Mapping[str, bytes]]) -> dict[str, Any]:
    """Return how a scene is georeferenced, and longitude and latitude of the centers of its corner pixels.

    `annexes` reads the files beside a product, as in `sargui.engine.locate.place`.
    """
    said = info.georeference
    corners = None
    if (here := place(info, annexes)) is not None:
        with here:
            bottom, right = info.rows - 1, info.cols - 1
            longitudes, latitudes = here.lonlat([0, 0, bottom, bottom], [0, right, right, 0])
            corners = [list(pair) for pair in zip(longitudes.tolist(), latitudes.tolist(), strict=True)]
    return {
        "crs": _name(said.crs_wkt or said.gcps_crs_wkt),
        "affine": None if said.affine is None else list(said.affine),
        "ground_control_points": len(said.gcps),
        "corners_lonlat": corners,  # clockwise from the first pixel
    }


def _name(wkt: str) -> str:
    """Return the name that a coordinate reference system has in its description; all of that if it has none."""
    found = re.match(r'\s*\w+\["([^"]+)"', wkt)
    return found[1] if found else wkt
