"""Regions of a scene, rectangles and polygons: what they cover, part by part."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sargui.core.errors import RequestError
from sargui.core.types import Window
from sargui.engine.readings import Point
from sargui.quality.regions import polygon_mask

Region = Window | tuple[Point, ...]  # a polygon is given by its corners


def extent(region: Region, shape: tuple[int, int]) -> Window:
    """Return the part of a scene of that shape that a region reaches into.

    Raises:
        RequestError: there is none.
    """
    if isinstance(region, Window):
        corners = np.array([(region.row, region.col), (region.row + region.rows, region.col + region.cols)], float)
    else:
        corners = np.ceil(np.array(region, float).reshape(-1, 2))  # the first center inside, the first one after
    first = np.maximum(corners.min(axis=0, initial=math.inf), 0)
    stop = np.minimum(corners.max(axis=0, initial=-math.inf), shape)
    if not (stop > first).all():
        raise RequestError("The region has no pixel inside the scene.")
    row, col, rows, cols = (int(number) for number in (*first, *(stop - first)))
    return Window(row, col, rows, cols)


def mask(region: Region, window: Window) -> NDArray[np.bool_]:
    """Return which pixels of a window, all of which lie in the region's extent, belong to the region."""
    return np.ones(window.shape, bool) if isinstance(region, Window) else polygon_mask(region, window)
