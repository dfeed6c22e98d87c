"""Points of rate and error: which of them count, and whether a curve is one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sargui.quality.bd_rate import Point, bd_rate

__all__ = ["Point", "in_range", "is_monotone", "rms", "saving"]

LOWEST_RATE, HIGHEST_RATE = 0.04, 3.5  # bits per pixel


def rms(decoded: NDArray[np.float32], original: NDArray[np.float32], valid: NDArray[np.bool_]) -> float:
    """Return the root-mean-square error in dB over valid pixels of two images in network units (10 dB)."""
    error = (decoded - original)[valid].astype(np.float64)
    return 10 * float(np.sqrt(np.mean(error**2)))


def in_range(points: Sequence[Point]) -> list[Point]:
    """Return the points whose rate lies in the range that counts."""
    return [point for point in points if LOWEST_RATE <= point[0] <= HIGHEST_RATE]


def is_monotone(points: Sequence[Point]) -> bool:
    """Return whether more bits always mean a smaller error."""
    ordered = sorted(points)
    return all(first[1] > second[1] for first, second in pairwise(ordered))


def saving(points: Sequence[Point], reference: Sequence[Point]) -> float:
    """Return the BD-rate in percent, negative if better, of the points in range."""
    return bd_rate(in_range(points), in_range(reference))
