"""The edge preservation index of Sattar, Floreby, Salomonsson and Lövström, IEEE Trans. Image Processing 6(6), 1997.

It is the correlation of the two pictures after a high-pass filter, the Laplacian of 3 × 3 pixels: 1 if all edges are
as they were, 0 if none is. Taken of pictures in dB, in which speckle is as strong on dark ground as on bright; it is an
edge like any other, so a codec that removes it scores low.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sargui.core.types import Window
from sargui.quality.distortion import chosen
from sargui.quality.overlap import Overlap

Picture = NDArray[np.floating]


class EdgeSums:
    """Running sums over the pixels that are valid together with their four neighbors, of windows row by row."""

    def __init__(self) -> None:
        self._overlap = Overlap(2)
        self._count = 0
        self._sums = np.zeros(5)  # of x, y, x², y², xy

    def add(self, window: Window, original_db: Picture, decoded_db: Picture, valid: NDArray[np.bool_]) -> None:
        """Add a window, three arrays (rows, cols); what is not valid may hold anything."""
        first, second, good = self._overlap.join(window, original_db, decoded_db, valid)
        if min(good.shape) < 3 or not good.any():
            return
        crosses = good[1:-1, 1:-1] & good[:-2, 1:-1] & good[2:, 1:-1] & good[1:-1, :-2] & good[1:-1, 2:]
        x, y = (chosen(_laplacian(picture), crosses) for picture in (first, second))
        self._count += x.size
        self._sums += x.sum(), y.sum(), x @ x, y @ y, x @ y  # the means are all but 0: nothing cancels

    @property
    def index(self) -> float:
        """The index, −1 to 1; NaN where a picture has no edge at all."""
        if not self._count:
            return math.nan
        x, y, xx, yy, xy = self._sums / self._count
        power = (xx - x * x) * (yy - y * y)
        return float((xy - x * y) / math.sqrt(power)) if power > 0 else math.nan


def _laplacian(picture: Picture) -> Picture:
    with np.errstate(invalid="ignore"):  # where nothing is valid
        around = picture[:-2, 1:-1] + picture[2:, 1:-1] + picture[1:-1, :-2] + picture[1:-1, 2:]
        return np.asarray(around - 4 * picture[1:-1, 1:-1])
