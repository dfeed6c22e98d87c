"""Comparisons of rate–distortion points: rate at equal error, SSIM at equal rate, and how sure their means are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.stats import t as student

from sargui.quality.bd_rate import bd_rate

CONFIDENCE = 0.95


class Point(NamedTuple):
    """One image at one quality: bits per pixel, root-mean-square error in dB, structural similarity."""

    rate: float
    error_db: float
    ssim: float


Curves = Mapping[str, Sequence[Point]]  # by image
PerImage = dict[str, float]


@dataclass(frozen=True, slots=True)
class Interval:
    """The mean of `count` values and its 95 % confidence interval `mean` ± `half`; None for a single value."""

    mean: float
    half: float | None
    count: int

    @property
    def excludes_zero(self) -> bool:
        """Whether the mean is told from 0."""
        return self.half is not None and abs(self.mean) > self.half


def interval(values: Sequence[float]) -> Interval:
    """Return mean and interval of paired differences by Student's t, which takes them as independent and normal."""
    count = len(values)
    if count < 2:
        return Interval(fmean(values), None, count)
    quantile = float(student.ppf((1 + CONFIDENCE) / 2, count - 1))
    return Interval(fmean(values), quantile * stdev(values) / math.sqrt(count), count)


def bd_rates(curves: Curves, control: Curves) -> PerImage:
    """Return the BD-rate in percent of each image that both hold and whose curves have an error in common."""
    result = {}
    for name in curves.keys() & control.keys():
        first, second = ([(point.rate, point.error_db) for point in points[name]] for points in (curves, control))
        try:
            result[name] = bd_rate(first, second)
        except ValueError:
            continue  # nothing in common: too far apart to be compared
    return dict(sorted(result.items()))


def ssim_gains(curves: Curves, control: Curves) -> PerImage:
    """Return the mean difference of SSIM over the common range of log rate, of each image; positive is better.

    Both curves are interpolated by shape-preserving piecewise cubics (Fritsch and Carlson 1980), as for the BD-rate.
    """
    result = {}
    for name in curves.keys() & control.keys():
        first, second = _ssim_of_log_rate(curves[name]), _ssim_of_log_rate(control[name])
        low, high = max(first.x[0], second.x[0]), min(first.x[-1], second.x[-1])
        if low < high:
            result[name] = float(first.integrate(low, high) - second.integrate(low, high)) / float(high - low)
    return dict(sorted(result.items()))


def mean_of_seeds(runs: Sequence[PerImage]) -> PerImage:
    """Return, for each image that all seeds hold, the mean over the seeds."""
    names = set.intersection(*(set(run) for run in runs))
    return {name: fmean(run[name] for run in runs) for name in sorted(names)}


def _ssim_of_log_rate(points: Sequence[Point]) -> PchipInterpolator:
    rate, similarity = np.array(sorted((math.log(point.rate), point.ssim) for point in points)).T
    keep = np.append(True, np.diff(rate) > 1e-6)
    return PchipInterpolator(rate[keep], similarity[keep])
