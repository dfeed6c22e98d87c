"""The ratio image, original / decoded power: its mean, its variance, and the structure that is left in it.

Where only speckle was removed it is speckle: mean 1, variance 1 / looks, without structure (Oliver and Quegan,
Understanding SAR Images, 2004, ch. 6). Structure is measured as in Gomez, Ospina and Frery, Unassisted Quantitative
Evaluation of Despeckling Filters, Remote Sensing 9(4), 389, 2017: how far Haralick's homogeneity of the ratio image,
the mean of 1 / (1 + (i − j)²) over the levels i, j of neighbors, is from that of the same pixels shuffled. Three things
are chosen here. Levels are of the ratio in dB, a quarter of its standard deviation wide (an eighth of a dB at least),
so that the figure does not depend on how large the errors are. Neighbors are those beside and those below. And nothing
is shuffled: over all shufflings the mean is that of independent neighbors, which follows from how often levels occur.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sargui.core.types import Window
from sargui.quality.distortion import chosen
from sargui.quality.overlap import Overlap
from sargui.quality.regions import Moments

LEVELS, PER_DB = 256, 8  # levels in which pairs are gathered, an eighth of a dB wide: ±16 dB
LEVELS_PER_DEVIATION = 4


@dataclass(frozen=True, slots=True)
class Ratio:
    """The ratio image: 1, 0 and 0 for equal pictures, NaN without valid pixels.

    `structure_percent` is 0 if the ratio is without structure, the more the smoother it is; NaN without neighbors.
    """

    mean: float
    variance: float
    structure_percent: float


class RatioSums:
    """Running sums over the valid pixels of windows that come row by row."""

    def __init__(self) -> None:
        self._moments = Moments()
        self._overlap = Overlap(1)
        self._pairs = np.zeros(LEVELS * LEVELS, np.int64)

    def add(self, window: Window, ratio_db: NDArray[np.floating], valid: NDArray[np.bool_]) -> None:
        """Add a window of the ratio in dB; what is not valid may hold anything.

        It is to be that of power + floor: else a pixel that decodes to almost 0 outweighs all others.
        """
        self._moments.add(10 ** (chosen(ratio_db, valid) / 10))
        scaled = np.where(valid, ratio_db, 0) * PER_DB + LEVELS // 2
        levels, good = self._overlap.join(window, np.clip(np.rint(scaled), 0, LEVELS - 1).astype(np.int32), valid)
        above, left = levels.shape[0] - window.rows, levels.shape[1] - window.cols
        self._count(levels[above:, :-1], levels[above:, 1:], good[above:, :-1] & good[above:, 1:])
        self._count(levels[:-1, left:], levels[1:, left:], good[:-1, left:] & good[1:, left:])

    def _count(self, first: NDArray[np.int32], second: NDArray[np.int32], both: NDArray[np.bool_]) -> None:
        codes = first * LEVELS + second
        codes = codes.ravel() if both.all() else codes[both]
        self._pairs += np.bincount(codes, minlength=self._pairs.size)

    @property
    def ratio(self) -> Ratio:
        """What was found in all windows."""
        return Ratio(self._moments.mean, self._moments.variance, self._structure())

    def _structure(self) -> float:
        pairs = self._pairs.reshape(LEVELS, LEVELS)
        count = pairs.sum()
        if not count:
            return math.nan
        fine = np.arange(LEVELS) - LEVELS // 2
        share = pairs.sum(axis=0) / count
        deviation = math.sqrt(float(share @ fine**2 - (share @ fine) ** 2))
        width = max(1, round(deviation / LEVELS_PER_DEVIATION))
        coarse = (fine // width) - fine[0] // width
        merged = np.zeros((coarse[-1] + 1,) * 2)
        np.add.at(merged, np.ix_(coarse, coarse), pairs / count)
        number = np.arange(len(merged))
        alike = 1 / (1 + np.square(np.subtract.outer(number, number)))
        found = float((merged * alike).sum())
        shuffled = float(merged.sum(axis=1) @ alike @ merged.sum(axis=0))
        return 100 * abs(found - shuffled) / found
