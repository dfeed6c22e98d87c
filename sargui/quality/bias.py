"""Radiometric bias: mean decoded power over mean original power, in dB, of a scene and of each of its cells.

Mean power is what radiometry is about (Oliver and Quegan, Understanding SAR Images, 2004, ch. 4: it estimates the
backscatter), so no floor is added to it. A codec whose errors have no mean in dB has one in power.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sargui.core.radiometry import block_sums
from sargui.core.types import Window

CELL_SIDE = 64  # pixels
LEAST_SHARE = 0.5  # of a cell's pixels must be valid
HIGH_PERCENT = 95.0

Power = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class CellBias:
    """The bias of cells of 64 × 64 pixels that are at least half valid; NaN without any.

    A cell where either mean is not positive has no bias in dB, and is none of the `cells`.
    """

    cells: int
    mean_db: float  # with its sign
    p95_db: float  # the 95th percentile of its absolute value


class BiasSums:
    """Running sums over the valid pixels; windows begin at multiples of 64 pixels."""

    def __init__(self) -> None:
        self._original = self._decoded = 0.0
        self._cells: list[NDArray[np.float64]] = []

    def add(self, window: Window, original: Power, decoded: Power, valid: NDArray[np.bool_]) -> None:
        """Add a window: linear power, with its sign if it has one; what is not valid may hold anything."""
        if window.row % CELL_SIDE or window.col % CELL_SIDE:
            raise ValueError("windows must begin where cells do")
        before, after = (_cell_sums(power, valid) for power in (original, decoded))
        self._original += float(before.sum())
        self._decoded += float(after.sum())
        enough = block_sums(valid.astype(np.int32), CELL_SIDE) >= LEAST_SHARE * CELL_SIDE**2
        both = enough & (before > 0) & (after > 0)
        self._cells.append(10 * np.log10(after[both] / before[both]))

    @property
    def bias_db(self) -> float:
        """The bias of all that was added; NaN where a mean is not positive, as it is where nothing was added."""
        before, after = self._original, self._decoded
        return 10 * math.log10(after / before) if before > 0 and after > 0 else math.nan

    @property
    def cells(self) -> CellBias:
        """The bias of the cells."""
        found = np.concatenate([np.zeros(0), *self._cells])
        if not found.size:
            return CellBias(0, math.nan, math.nan)
        return CellBias(found.size, float(found.mean()), float(np.percentile(np.abs(found), HIGH_PERCENT)))


def _cell_sums(power: Power, valid: NDArray[np.bool_]) -> NDArray[np.float64]:
    return block_sums(power if valid.all() else np.where(valid, power, 0), CELL_SIDE).astype(np.float64)
