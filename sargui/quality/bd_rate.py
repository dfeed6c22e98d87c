"""How much rate one codec saves over another at equal error: Bjøntegaard (VCEG-M33, 2001), with piecewise cubics."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.interpolate import PchipInterpolator

Point = tuple[float, float]  # bits per pixel, rms error in dB


def bd_rate(points: Sequence[Point], reference: Sequence[Point]) -> float:
    """Return the mean difference of log rate over the common range of log error, as a percentage; negative is better.

    Both curves are interpolated by shape-preserving piecewise cubics (Fritsch and Carlson 1980).

    Raises:
        ValueError: a curve has fewer than two points, or the curves have no error in common.
    """
    first, second = _curve(points), _curve(reference)
    low, high = max(first.x[0], second.x[0]), min(first.x[-1], second.x[-1])
    if low >= high:
        raise ValueError("the two curves have no error in common")
    difference = (first.integrate(low, high) - second.integrate(low, high)) / (high - low)
    return 100 * (math.exp(float(difference)) - 1)


def _curve(points: Sequence[Point]) -> PchipInterpolator:
    ordered = sorted((math.log(error), math.log(rate)) for rate, error in points)
    error, rate = np.array(ordered).T if len(ordered) > 1 else (np.zeros(0), np.zeros(0))
    keep = np.append(True, np.diff(error) > 1e-6) if len(error) else error
    if np.count_nonzero(keep) < 2:
        raise ValueError("a curve needs at least two points")
    return PchipInterpolator(error[keep], rate[keep])
