"""The equivalent number of looks before and after, where the ground is homogeneous: has speckle been smoothed?

ENL = mean² / variance of power (Oliver and Quegan, Understanding SAR Images, 2004, ch. 4), in blocks of 32 × 32 pixels
that are chosen in the original alone. They are not chosen by the variance that is then measured, which would find the
blocks whose speckle happens to be weak, but by that of the means of their 16 parts: on homogeneous ground these vary by
speckle alone, little enough to be told from anything else. A scene without open ground has no homogeneous blocks; what
is counted then is less than the looks of its speckle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sargui.core.radiometry import block_sums
from sargui.core.types import Window

SIDE, PART = 32, 8  # pixels of a block, and of a part of it
HOMOGENEOUS = 0.05  # the share of the blocks, those whose parts differ least, in which looks are counted
LEAST_BLOCKS = 16

Power = NDArray[np.floating]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Looks:
    """The median ENL over the `blocks` that were chosen; NaN if the scene has fewer than 16 to choose from.

    The decoded one is ∞ if most of them decode to constants.
    """

    blocks: int
    original: float
    decoded: float


class LooksSums:
    """Keeps three numbers of each whole block of valid pixels; windows begin at multiples of 32 pixels."""

    def __init__(self) -> None:
        self._blocks: list[Floats] = []

    def add(self, window: Window, original: Power, decoded: Power, valid: NDArray[np.bool_]) -> None:
        """Add a window: linear power ≥ 0; what is not valid may hold anything."""
        if window.row % SIDE or window.col % SIDE:
            raise ValueError("windows must begin where blocks do")
        cut = np.s_[: window.rows // SIDE * SIDE, : window.cols // SIDE * SIDE]
        valid = valid[cut]
        if not valid.any():
            return
        whole = block_sums(valid.astype(np.int32), SIDE) == SIDE**2
        parts = block_sums(_clean(original[cut], valid), PART)
        steps = SIDE // PART
        part_squares, part_total = block_sums(parts * parts, steps), block_sums(parts, steps)
        with np.errstate(divide="ignore", invalid="ignore"):
            unrest = steps**2 * part_squares / part_total**2 - 1  # squared coefficient of variation of the parts
        looks = [_looks(_clean(power[cut], valid)) for power in (original, decoded)]
        speckled = whole & np.isfinite(looks[0]) & np.isfinite(unrest)  # constant blocks say nothing
        self._blocks.append(np.stack([unrest, *looks])[:, speckled])

    @property
    def looks(self) -> Looks:
        """What was found in all windows."""
        unrest, *looks = np.concatenate([np.zeros((3, 0)), *self._blocks], axis=1)
        if unrest.size < LEAST_BLOCKS:
            return Looks(0, math.nan, math.nan)
        count = max(LEAST_BLOCKS, int(HOMOGENEOUS * unrest.size))
        limit = np.partition(unrest, count - 1)[count - 1]  # whoever shares it is in, in whatever order they came
        original, decoded = (float(np.median(each[unrest <= limit])) for each in looks)
        return Looks(int(np.count_nonzero(unrest <= limit)), original, decoded)


def _clean(power: Power, valid: NDArray[np.bool_]) -> Floats:
    return np.asarray(power if valid.all() else np.where(valid, power, 0), np.float64)


def _looks(power: Floats) -> Floats:
    """Return the ENL of each block: ∞ where power is constant, NaN where it is 0."""
    mean = block_sums(power, SIDE) / SIDE**2
    rest = power - np.repeat(np.repeat(mean, SIDE, axis=0), SIDE, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(mean**2 / (block_sums(rest * rest, SIDE) / SIDE**2))
