"""Points of rate and error: which of them count, and whether a curve is one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from sargui.quality.bd_rate import Point, bd_rate

__all__ = ["CARD_RATES", "Point", "at_rate", "in_range", "is_monotone", "moves", "rms", "saving"]

CARD_RATES = 0.04, 3.5  # bits per pixel; what the figures in model cards are of
LEAST_SPREAD = 2.0  # of the rates of a codec that obeys its setting


def rms(decoded: NDArray[np.float32], original: NDArray[np.float32], valid: NDArray[np.bool_]) -> float:
    """Return the root-mean-square error in dB over valid pixels of two images in network units (10 dB)."""
    error = (decoded - original)[valid].astype(np.float64)
    return 10 * float(np.sqrt(np.mean(error**2)))


def in_range(points: Sequence[Point], rates: tuple[float, float] = CARD_RATES) -> list[Point]:
    """Return the points whose rate lies in the range that counts."""
    return [point for point in points if rates[0] <= point[0] <= rates[1]]


def is_monotone(points: Sequence[Point]) -> bool:
    """Return whether more bits always mean a smaller error."""
    ordered = sorted(points)
    return all(first[1] > second[1] for first, second in pairwise(ordered))


def moves(points: Sequence[Point]) -> bool:
    """Return whether a codec obeyed its setting: whether the rate at one is more than twice that at another."""
    rates = [rate for rate, _ in points]
    return max(rates) > LEAST_SPREAD * min(rates)


def saving(points: Sequence[Point], reference: Sequence[Point], rates: tuple[float, float] = CARD_RATES) -> float:
    """Return the BD-rate in percent, negative if better, of the points in range."""
    return bd_rate(in_range(points, rates), in_range(reference, rates))


def at_rate(points: Sequence[Point], rate: float) -> float:
    """Return the second number of points (rate, number) at a rate, by piecewise cubics over log rate.

    NaN beyond the ends of the curve. Numbers that are not finite are left out.
    """
    ordered = sorted({math.log(x): y for x, y in points if math.isfinite(y)}.items())
    if len(ordered) < 2:
        return math.nan
    x, y = np.array(ordered).T
    return float(PchipInterpolator(x, y, extrapolate=False)(math.log(rate)))
