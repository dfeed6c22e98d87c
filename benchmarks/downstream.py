"""Two jobs that are done with SAR images, to see whether a decoded image leads to what the original led to.

Bright targets by cell-averaging CFAR (Finn and Johnson 1968), as for ships; and a water mask by Otsu's threshold
(Otsu 1979) of smoothed power in dB. Where there is no water the mask is of dark ground, and as good for comparing.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, stats

Power = NDArray[np.float64]  # linear, (rows, cols)
Mask = NDArray[np.bool_]

GUARD, REACH = 4, 10  # pixels from the cell under test to the ends of its guard and of its ring
FALSE_ALARMS = 1e-5  # of homogeneous, uncorrelated clutter
SMOOTH = 5  # pixels, the side of the mean before the threshold
BINS = 256
EIGHT = np.ones((3, 3), int)  # neighbors of a pixel of an object


def bright_targets(power: Power, valid: Mask, looks: float) -> Mask:
    """Return pixels that are too bright for speckle of so many looks around the mean of their ring.

    Cell over ring mean of gamma speckle follows Fisher's F with 2·looks and 2·looks·pixels degrees of freedom.
    """
    weight = valid.astype(np.float64)
    totals, counts = (_ring_sums(values) for values in (power * weight, weight))
    pixels = (2 * REACH + 1) ** 2 - (2 * GUARD + 1) ** 2
    factor = float(stats.f.isf(FALSE_ALARMS, 2 * looks, 2 * looks * pixels))
    return np.asarray(valid & (counts > 0.5) & (power * counts > factor * totals))


def water(power: Power, valid: Mask) -> Mask:
    """Return the pixels whose surroundings are darker than the threshold that parts the image best."""
    weight = valid.astype(np.float64)
    totals, counts = (ndimage.uniform_filter(values, SMOOTH, mode="constant") for values in (power * weight, weight))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = totals / counts
    known = valid & (mean > 0)
    db = 10 * np.log10(mean, where=known, out=np.full(power.shape, -np.inf))
    return np.asarray(valid & (db < otsu(db[known])))


def otsu(values: NDArray[np.float64]) -> float:
    """Return the threshold between two classes of values with the largest variance between them.

    Where several do as well, because nothing lies between the classes, it is their mean.
    """
    counts, edges = np.histogram(values, BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    below, sums = np.cumsum(counts)[:-1], np.cumsum(counts * middles)[:-1]
    above = counts.sum() - below
    means = sums / np.maximum(below, 1), (counts @ middles - sums) / np.maximum(above, 1)
    variance = below * above * (means[0] - means[1]) ** 2
    return float(edges[1:-1][variance >= variance.max() * (1 - 1e-12)].mean())


def same_objects(first: Mask, second: Mask) -> float:
    """Return the F1 score of two masks' objects (8-connected), each found that touches one of the other mask.

    NaN if neither has any.
    """
    (found, count), (other_found, other_count) = _found(first, second), _found(second, first)
    if not count + other_count:
        return math.nan
    recall, precision = found / max(count, 1), other_found / max(other_count, 1)
    return 2 * recall * precision / (recall + precision) if found else 0.0


def objects(mask: Mask) -> int:
    """Return how many objects (8-connected) a mask has."""
    return int(ndimage.label(mask, EIGHT)[1])


def overlap(first: Mask, second: Mask) -> float:
    """Return intersection over union; NaN if both are empty."""
    union = np.count_nonzero(first | second)
    return np.count_nonzero(first & second) / union if union else math.nan


def _found(mask: Mask, other: Mask) -> tuple[int, int]:
    """Return how many objects of a mask touch the other mask, and how many there are."""
    labels, count = ndimage.label(mask, EIGHT)
    return int(np.unique(labels[mask & other]).size), int(count)


def _ring_sums(values: Power) -> Power:
    outer, inner = (2 * reach + 1 for reach in (REACH, GUARD))
    sums = [ndimage.uniform_filter(values, side, mode="constant") * side**2 for side in (outer, inner)]
    return np.asarray(np.maximum(sums[0] - sums[1], 0))
