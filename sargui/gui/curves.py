"""What a checkpoint's card says of rate and error over quality, and which quality reaches a target by it.

The curves are those of validation images. Moved to agree with what has been measured of a scene they say, at once, what
other qualities would make of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sargui.core.types import ModelCard
from sargui.engine.validation import validation_of

QUALITIES = (0.0, 100.0)


class Curve:
    """A positive figure over quality: between known qualities its logarithm is interpolated, beyond them goes on."""

    def __init__(self, qualities: Sequence[float], values: NDArray[np.float64]) -> None:
        """Take at least two qualities, rising, and values that rise or fall with them all along."""
        self._qualities, self._logs = np.asarray(qualities, np.float64), np.log(values)

    def __call__(self, quality: float) -> float:
        """Return the figure at a quality."""
        return float(np.exp(_follow(quality, self._qualities, self._logs)))

    def quality_of(self, value: float) -> float:
        """Return the quality at which the figure has a value; it may lie outside of 0..100."""
        order = np.argsort(self._logs)
        return _follow(float(np.log(value)), self._logs[order], self._qualities[order])


@dataclass(frozen=True, slots=True)
class Curves:
    """The curves of a checkpoint."""

    bits_per_pixel: Curve
    rmse_db: Curve


@dataclass(frozen=True, slots=True)
class Aim:
    """The quality that should reach a target, 0..100; `reached` is what it should reach, in the target's unit.

    `missed` says that no quality reaches the target, `loose` that even the costliest one keeps below it.
    """

    quality: float
    reached: float
    missed: bool = False
    loose: bool = False


def curves_of(card: ModelCard) -> Curves | None:
    """Return the curves that a card has from its validation, in geometric means over the images; None without any."""
    found = validation_of(card)
    if found is None or len(found.qualities) < 2:
        return None
    rates, errors = np.array(found.points).T
    return Curves(Curve(found.qualities, rates), Curve(found.qualities, errors))


def aim(curve: Curve, known: tuple[float, float], wanted: float, *, cost_rises: bool) -> Aim:
    """Return which quality should not exceed a figure by as little as possible.

    Args:
        curve: how the figure goes with quality.
        known: a quality, and the figure there in this scene, which is positive.
        wanted: the figure not to be exceeded.
        cost_rises: whether the figure is one of size, which rises with quality, or one of error, which falls.
    """
    at, figure = known
    factor = figure / curve(at)
    quality = curve.quality_of(wanted / factor)
    inside = min(max(quality, QUALITIES[0]), QUALITIES[1])
    below, above = quality < QUALITIES[0], quality > QUALITIES[1]
    missed, loose = (below, above) if cost_rises else (above, below)
    return Aim(inside, factor * curve(inside), missed, loose)


def _follow(at: float, places: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Interpolate, and beyond the ends go on as steep as there."""
    left = int(np.clip(np.searchsorted(places, at) - 1, 0, len(places) - 2))
    slope = (values[left + 1] - values[left]) / (places[left + 1] - places[left])
    return float(values[left] + slope * (at - places[left]))
