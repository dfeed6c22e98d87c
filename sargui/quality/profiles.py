"""Line profiles: where the samples of a line lie, and how long ones are thinned."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def line_places(start: tuple[float, float], end: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return rows and columns of samples from `start` to `end`, both included, no more than one pixel apart."""
    count = math.ceil(math.dist(start, end)) + 1
    return np.linspace(start[0], end[0], count), np.linspace(start[1], end[1], count)


def thinned(values: Floats, most: int) -> Floats:
    """Return the means of as many neighbors as leave at most `most` values; NaN do not count, NaN of them alone."""
    group = -(-values.size // most)
    padded = np.pad(values, (0, -values.size % group), constant_values=np.nan).reshape(-1, group)
    count = np.count_nonzero(~np.isnan(padded), axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nansum(padded, axis=1) / count)
