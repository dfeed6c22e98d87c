"""Histograms of pictures in dB that share their bins, accumulated part by part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOWEST_DB, HIGHEST_DB = -450, 450  # float32 as power goes from −449 to 385 dB
STEPS_PER_DB = 200  # of the bins in which values are gathered
COARSE = 10  # of these make a bin of 0.05 dB; the bins shown are unions of such
OUTLIERS = 0.001  # the share of the values on each side that may lie beyond the bins


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values lie in each bin: `edges_db` (bins + 1), rising by one width, and `counts` (bins) per picture.

    Of each picture at most a thousandth of the values lie below the first edge, and as many above the last.
    """

    edges_db: NDArray[np.float64]
    counts: tuple[NDArray[np.int64], ...]


class HistogramSums:
    """Gathers the values of one picture in bins of 0.005 dB."""

    def __init__(self) -> None:
        self.counts = np.zeros((HIGHEST_DB - LOWEST_DB) * STEPS_PER_DB, np.int64)

    def add(self, db: NDArray[np.floating]) -> None:
        """Add values in dB, of any shape; those that are not finite do not count."""
        finite = db[np.isfinite(db)].astype(np.float64)
        bins = np.clip(np.floor((finite - LOWEST_DB) * STEPS_PER_DB), 0, self.counts.size - 1).astype(np.intp)
        self.counts += np.bincount(bins, minlength=self.counts.size)


def common_histogram(pictures: Sequence[HistogramSums], most_bins: int = 256) -> Histogram:
    """Return the histograms of several pictures over common bins, no more than `most_bins`; no bins without values."""
    counts = [sums.counts.reshape(-1, COARSE).sum(axis=1) for sums in pictures]
    ranges = [_range(each) for each in counts if each.any()]
    if not ranges:
        return Histogram(np.zeros(0), tuple(np.zeros(0, np.int64) for _ in pictures))
    first, last = min(low for low, _ in ranges), max(high for _, high in ranges)
    width = -(-(last - first) // most_bins)
    bins = -(-(last - first) // width)
    edges = (first + width * np.arange(bins + 1)) * COARSE / STEPS_PER_DB + LOWEST_DB
    return Histogram(edges, tuple(_merged(each, first, width, bins) for each in counts))


def kolmogorov_distance(first: HistogramSums, second: HistogramSums) -> float:
    """Return the largest difference of two distribution functions, 0 to 1; NaN if a picture has no values.

    It is the same of amplitude, power and dB (Kolmogorov 1933). Differences inside of a bin of 0.005 dB are not seen,
    so that it may be too small by the share of the values that the fullest bin holds.
    """
    if not (first.counts.any() and second.counts.any()):
        return math.nan
    below = [np.cumsum(sums.counts) / sums.counts.sum() for sums in (first, second)]
    return float(np.abs(below[0] - below[1]).max())


def _range(counts: NDArray[np.int64]) -> tuple[int, int]:
    """Return the first bin and the one after the last that hold all values but the outliers."""
    below = np.cumsum(counts)
    outliers = OUTLIERS * below[-1]
    return int(np.argmax(below > outliers)), int(np.argmax(below >= below[-1] - outliers)) + 1


def _merged(counts: NDArray[np.int64], first: int, width: int, bins: int) -> NDArray[np.int64]:
    chosen = counts[first : first + width * bins]
    return np.asarray(np.pad(chosen, (0, width * bins - chosen.size)).reshape(bins, width).sum(axis=1))
