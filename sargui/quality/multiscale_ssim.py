"""Multi-scale structural similarity: Wang, Simoncelli and Bovik, Asilomar Conf. Signals, Systems and Computers, 2003.

As in the authors' program: five scales, each half of the one before by means of 2 × 2 pixels (an odd last row or column
is repeated), contrast and structure averaged at each scale, luminance at the last one alone. Taken of pictures in dB as
`sargui.quality.ssim` displays them.
"""

from __future__ import annotations

import math

import numpy as np

from sargui.core.types import Window
from sargui.quality.ssim import RANGE_DB, Mask, Picture, SsimSums, displayed

WEIGHTS = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])  # of the scales, the finest first: section 3.2
STEP = 2 ** (len(WEIGHTS) - 1)


class MultiscaleSsim:
    """SSIM at five scales of windows that come row by row and begin at multiples of 16 pixels."""

    def __init__(self, middle_db: float, range_db: float = RANGE_DB) -> None:
        self._middle_db, self._range_db = middle_db, range_db
        self._scales = [SsimSums(range_db) for _ in WEIGHTS]

    def add(self, window: Window, original_db: Picture, decoded_db: Picture, valid: Mask) -> None:
        """Add a window, three arrays (rows, cols); what is not valid may hold anything."""
        if window.row % STEP or window.col % STEP:
            raise ValueError(f"windows must begin at multiples of {STEP} pixels")
        x, y = (displayed(db, valid, self._middle_db, self._range_db) for db in (original_db, decoded_db))
        for number, scale in enumerate(self._scales):
            step = 2**number
            scale.add(Window(window.row // step, window.col // step, *x.shape), x, y, valid)
            x, y, valid = _halved(x, y, valid)

    @property
    def ssim(self) -> float:
        """SSIM at full resolution; NaN where no 11 × 11 pixels are valid."""
        return self._scales[0].ssim

    @property
    def ms_ssim(self) -> float:
        """Equation 7 of the paper; NaN if a side is shorter than 161 pixels. Negative means of a scale count as 0."""
        factors = [*(scale.contrast for scale in self._scales[:-1]), self._scales[-1].ssim]
        if any(map(math.isnan, factors)):
            return math.nan
        return float(np.prod(np.maximum(factors, 0) ** WEIGHTS))


def _halved(x: Picture, y: Picture, valid: Mask) -> tuple[Picture, Picture, Mask]:
    """Return both pictures by means over the valid ones of 2 × 2 pixels; valid are those that have one."""
    if valid.all():
        first, second = _mean_of_four(x), _mean_of_four(y)
        return first, second, np.ones(first.shape, bool)
    share = _mean_of_four(valid.astype(x.dtype))  # pixels that are not valid are 0
    weight = np.maximum(share, x.dtype.type(0.25))
    return _mean_of_four(x) / weight, _mean_of_four(y) / weight, share > 0


def _mean_of_four(x: Picture) -> Picture:
    rows, cols = x.shape
    if rows % 2 or cols % 2:
        x = np.pad(x, ((0, rows % 2), (0, cols % 2)), mode="edge")
    pairs = x[::2] + x[1::2]
    return np.asarray((pairs[:, ::2] + pairs[:, 1::2]) * x.dtype.type(0.25))
