"""Statistics of a region of a SAR image and of its reconstruction, accumulated part by part.

All take linear power as (rows, cols) or any other shape, in any unit; NaN is void. Definitions follow Oliver and
Quegan, Understanding SAR Images (2004), chapter 4.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sargui.core.types import Window

Floats = NDArray[np.float64]
Power = NDArray[np.floating]


def polygon_mask(corners: Sequence[tuple[float, float]], window: Window) -> NDArray[np.bool_]:
    """Return which pixels of a window have their center inside a polygon, by the even-odd rule.

    Args:
        corners: (row, col) of each, in scene pixels; integers are centers of pixels. The last is joined to the first.
        window: what the mask covers.
    """
    turns = np.zeros((window.rows, window.cols + 1), np.int32)  # how many edges are crossed at a pixel's left side
    rows = window.row + np.arange(window.rows)
    for (row, col), (next_row, next_col) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        crossed = (rows >= min(row, next_row)) & (rows < max(row, next_row))
        if crossed.any():
            at = col + (rows[crossed] - row) * ((next_col - col) / (next_row - row))
            place = np.clip(np.ceil(at) - window.col, 0, window.cols).astype(np.intp)
            turns[np.flatnonzero(crossed), place] += 1
    return np.asarray(np.cumsum(turns[:, :-1], axis=1) % 2 == 1)


@dataclass(slots=True)
class Moments:
    """Running count, mean and population variance: Chan, Golub and LeVeque, The American Statistician 37(3), 1983."""

    count: int = 0
    mean: float = float("nan")
    squares: float = 0.0  # of the deviations from the mean

    def add(self, values: Floats) -> None:
        """Add values, of any shape."""
        if not values.size:
            return
        first = float(values.flat[0])
        mean = first + float(np.mean(values - first))  # of equal values exactly that value
        squares = float(np.sum(np.square(values - mean)))
        before, self.count = self.count, self.count + values.size
        if not before:
            self.mean, self.squares = mean, squares
            return
        step = mean - self.mean
        self.mean += step * (values.size / self.count)
        self.squares += squares + step * step * (before / self.count * values.size)

    @property
    def variance(self) -> float:
        """Mean square of the deviations from the mean; NaN without values."""
        return self.squares / self.count if self.count else float("nan")


@dataclass(frozen=True, slots=True)
class RegionStatistics:
    """What a region of one picture is like, over `pixels` valid pixels; all NaN without any.

    `mean_db` is of the mean power, −∞ if that is 0. `looks` is the equivalent number of looks, mean² / variance of
    power: 1 for single-look speckle, more where it is smoothed, less where the ground
    changes; ∞ where power is constant, NaN where it is 0 throughout. `deviation_db` is the standard deviation of
    power in dB, over the pixels whose power is not 0.
    """

    pixels: int
    mean_db: float
    looks: float
    deviation_db: float


@dataclass(frozen=True, slots=True)
class RegionComparison:
    """What happened to a region.

    `bias_db` is mean decoded power over mean original power; NaN without pixels or if both are 0. `ratio_mean` and
    `ratio_variance` are those of the ratio image, original / decoded, over pixels where neither is 0: 1 and 0 for
    equal pictures, 1 and 1 / looks where exactly the speckle was removed; NaN without such pixels. To both a floor is
    added, or a pixel that decodes to almost 0 would outweigh all others.
    """

    bias_db: float
    ratio_mean: float
    ratio_variance: float


class RegionSums:
    """Running sums over the pixels of a region that are valid in all of its one or two pictures."""

    def __init__(self, pictures: int) -> None:
        self._power = [Moments() for _ in range(pictures)]
        self._db = [Moments() for _ in range(pictures)]
        self._ratio = Moments()

    def add(self, powers: Sequence[Power], floor: Floats | float = 0.0) -> None:
        """Add a part of the region: for each picture an array, all of one shape; the original comes first.

        `floor` is power that counts in the ratio alone, that of all pixels or of each.
        """
        valid = ~np.any([np.isnan(power) for power in powers], axis=0)
        values = [power[valid].astype(np.float64) for power in powers]
        for power, db, added in zip(self._power, self._db, values, strict=True):
            power.add(added)
            db.add(10 * np.log10(added[added > 0]))
        if len(values) == 2:
            least = np.broadcast_to(floor, valid.shape)[valid]
            original, decoded = (power + least for power in values)
            both = (original > 0) & (decoded > 0)
            self._ratio.add(original[both] / decoded[both])

    def statistics(self) -> tuple[RegionStatistics, ...]:
        """Return what was added of each picture."""
        return tuple(map(_statistics, self._power, self._db))

    def comparison(self) -> RegionComparison:
        """Return what happened between the two pictures."""
        original, decoded = self._power
        with np.errstate(divide="ignore", invalid="ignore"):
            bias_db = 10 * np.log10(np.float64(decoded.mean) / original.mean)
        return RegionComparison(float(bias_db), self._ratio.mean, self._ratio.variance)


def _statistics(power: Moments, db: Moments) -> RegionStatistics:
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_db = 10 * np.log10(np.float64(power.mean))
        looks = np.square(np.float64(power.mean)) / power.variance
    return RegionStatistics(power.count, float(mean_db), float(looks), math.sqrt(db.variance))
