"""Errors between an original and its reconstruction, in the unit of their values, accumulated window by window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


def chosen(values: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the valid ones of some values, (count,)."""
    return np.asarray(values.ravel() if valid.all() else values[valid], np.float64)


@dataclass(slots=True)
class Distortion:
    """Running sums over the valid pixels.

    Of values in dB it gives the figures of the dB picture; they are to be those of power + floor (one floor for both),
    so that the darkest pixels do not decide.
    """

    count: int = 0
    squares: float = 0.0
    largest: float = 0.0  # absolute error
    lowest: float = math.inf  # value of the original
    highest: float = -math.inf

    def add(self, original: NDArray[np.floating], decoded: NDArray[np.floating], valid: NDArray[np.bool_]) -> None:
        """Add a window, three arrays (rows, cols); what is not valid may hold anything."""
        if not valid.any():
            return
        values = chosen(original, valid)
        error = chosen(decoded, valid) - values
        self.count += error.size
        self.squares += float(error @ error)
        self.largest = max(self.largest, float(error.max()), -float(error.min()))
        self.lowest = min(self.lowest, float(values.min()))
        self.highest = max(self.highest, float(values.max()))

    @property
    def rmse(self) -> float:
        """Root-mean-square error in the unit of the values; 0 if there was nothing to compare."""
        return math.sqrt(self.squares / self.count) if self.count else 0.0

    @property
    def psnr_db(self) -> float:
        """Peak signal-to-noise ratio; the peak is the range of the original's values. ∞ without error or range."""
        if not self.count or self.highest <= self.lowest:
            return math.inf
        return 20 * math.log10((self.highest - self.lowest) / self.rmse) if self.squares else math.inf
