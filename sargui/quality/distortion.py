"""Errors between an original and its reconstruction, in dB, accumulated window by window."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Distortion:
    """Running sums over the pixels that are valid in both pictures.

    `add` takes dB values of power + floor (one floor for both), so that the darkest pixels do not decide.
    """

    count: int = 0
    void_mismatches: int = 0
    squares: float = 0.0
    largest: float = 0.0
    lowest: float = math.inf
    highest: float = -math.inf

    def add(
        self,
        original_db: NDArray[np.float32],
        decoded_db: NDArray[np.float32],
        original_valid: NDArray[np.bool_],
        decoded_valid: NDArray[np.bool_],
    ) -> None:
        """Add a window, four arrays (rows, cols)."""
        self.void_mismatches += int(np.count_nonzero(original_valid != decoded_valid))
        both = original_valid & decoded_valid
        if not both.any():
            return
        original, decoded = original_db[both].astype(np.float64), decoded_db[both].astype(np.float64)
        error = decoded - original
        self.count += error.size
        self.squares += float(error @ error)
        self.largest = max(self.largest, float(np.abs(error).max()))
        self.lowest = min(self.lowest, float(original.min()))
        self.highest = max(self.highest, float(original.max()))

    @property
    def rmse_db(self) -> float:
        """Root-mean-square error in dB; 0 if there was nothing to compare."""
        return math.sqrt(self.squares / self.count) if self.count else 0.0

    @property
    def psnr_db(self) -> float:
        """Peak signal-to-noise ratio of the dB picture; the peak is the range of the original's dB values."""
        if not self.count or self.highest <= self.lowest:
            return math.inf
        return 20 * math.log10((self.highest - self.lowest) / self.rmse_db) if self.squares else math.inf
