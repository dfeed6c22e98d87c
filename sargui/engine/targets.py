"""From what the user fixes (size, ratio, bits per pixel, error) to a file that has it.

Windows spread over the scene, coded at a few qualities, foretell the whole. Then the scene is coded, and what came out
corrects the forecast, until the target is met from below within a hundredth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Protocol, TypeVar

import numpy as np

from sargui.codec.rate_control import solve
from sargui.core.errors import InfeasibleRateError, RequestError
from sargui.core.tiling import grid_shape, windows
from sargui.core.types import Progress, Report, Window
from sargui.engine.encoding import NETWORK_WINDOW, Encoder
from sargui.engine.planes import BandPlane, evenly
from sargui.engine.requests import Rate, RateKind
from sargui.engine.stages import stop_if
from sargui.networks.quality import QUALITY_MAX

SAMPLE_WINDOWS = 8
TILE_BYTES = 17  # of a tile besides its payload: its record, and its entry in the deflated index
OVERVIEW_SHARE = 0.006  # of the tiles' bytes, where there is an overview
TOLERANCE = 0.0099  # relative; a target is met if it is reached from below as closely; so ratios are within 1 % too
SLACK = 0.004  # relative; what is aimed at lies so far below the target, for the sample is not the scene
PASSES = 6  # over the scene; afterwards the best one below the target is taken
DOUBT = 0.05  # relative; a target that a sample of everything foretells to be out of reach by less is tried


@dataclass(frozen=True, slots=True)
class Budget:
    """What bytes and pixels the file will have besides its tiles."""

    raw_bytes: int
    pixels: int  # of all bands
    fixed_bytes: int  # what pixels need whatever the quality: prelude, header, footer, bands kept bit for bit
    metadata_bytes: int  # all layers, and their table
    has_overview: bool


class Attempt(Protocol):
    """The whole scene coded at one quality into a file that has no name yet."""

    @property
    def file_bytes(self) -> int:
        """Bytes of the file."""

    @property
    def pixel_bytes(self) -> int:
        """Bytes that the pixels need."""

    @property
    def rmse_db(self) -> float:
        """The rms error in dB; known only if that is the target."""

    def discard(self) -> None:
        """Remove the file."""


Result = TypeVar("Result", bound=Attempt)


def given_quality(rate: Rate, only: int | None) -> int | None:
    """Return the quality 0..10000 that needs no search, None if one must be found; `only` is all the checkpoint has.

    Raises:
        RequestError: the number makes no sense, or the checkpoint does not have it.
    """
    if only is not None:
        if rate not in (Rate(), Rate(value=only / 100)):
            raise RequestError(
                f"This checkpoint has one fixed quality, {only / 100:g}; it cannot be asked for another."
            )
        return only
    if rate.kind is RateKind.QUALITY:
        if not 0 <= rate.value <= 100:
            raise RequestError(f"A quality lies between 0 and 100, not at {rate.value:g}.")
        return round(rate.value * 100)
    if not (rate.value > 0 and np.isfinite(rate.value)):
        raise RequestError(f"A target must be a positive number, not {rate.value:g}.")
    return None


class Aim:
    """What is aimed at: a number of bytes, or an error, that must not be exceeded."""

    def __init__(self, rate: Rate, budget: Budget) -> None:
        """Aim at a rate.

        Raises:
            RequestError: the number makes no sense for this scene.
        """
        self._rate, self._budget = rate, budget
        self.rising = rate.kind is not RateKind.RMSE_DB  # whether what is measured rises with the quality
        self.cheapest, self.costliest = (0, QUALITY_MAX) if self.rising else (QUALITY_MAX, 0)
        self.target = rate.value
        if rate.kind is RateKind.RATIO:
            self.target = budget.raw_bytes / rate.value
        elif rate.kind is RateKind.BITS_PER_PIXEL:
            self.target = rate.value * budget.pixels / 8
        if not (self.target > 0 and np.isfinite(self.target)):
            raise RequestError(f"A target of {rate.value:g} makes no sense for this scene.")

    def of(self, result: Attempt) -> float:
        """Return what an attempt reached, in the unit of `target`."""
        match self._rate.kind:
            case RateKind.RMSE_DB:
                return result.rmse_db
            case RateKind.BITS_PER_PIXEL:
                return result.pixel_bytes
            case _:
                return result.file_bytes

    def foretold(self, sample: Sample, quality: int) -> float:
        """Return what the sample says that a quality will reach."""
        match self._rate.kind:
            case RateKind.RMSE_DB:
                return sample.rmse_db(quality)
            case RateKind.BITS_PER_PIXEL:
                return sample.pixel_bytes(quality)
            case _:
                return sample.file_bytes(quality)

    def infeasible(self, reached: float) -> InfeasibleRateError:
        """Return the error that says what is possible."""
        asked = f"{self._rate.value:g}"
        match self._rate.kind:
            case RateKind.RMSE_DB:
                sentence = f"This scene cannot be coded to {asked} dB; the best quality gives {reached:.3f} dB."
            case RateKind.RATIO:
                most = self._budget.raw_bytes / reached
                sentence = f"A ratio of {asked} is out of reach; the lowest quality gives {most:.1f}."
            case RateKind.BITS_PER_PIXEL:
                least = 8 * reached / self._budget.pixels
                sentence = f"{asked} bits per pixel are out of reach; the lowest quality needs {least:.4f}."
            case _:
                sentence = f"{self._rate.value:.0f} bytes are out of reach; the lowest quality needs {reached:.0f}."
        return InfeasibleRateError(sentence)


def reach(aim: Aim, sample: Sample, code: Callable[[int], Result]) -> Result:
    """Return the scene coded so that the target is met from below, if possible within TOLERANCE.

    A target that even the costliest quality does not use up gets that quality.

    Raises:
        InfeasibleRateError: nothing meets it; the sentence says what is possible.
    """
    said: dict[int, float] = {}  # by the sample, of a quality
    came: dict[int, float] = {}  # of a quality, by the scene
    best: Result | None = None
    while True:
        quality = _through(aim, came)
        if quality is None:
            quality = _foretell(aim, sample, said, came)
        if quality in came:
            if best is not None:
                return best
            quality = min(came) - 1 if aim.rising else max(came) + 1  # all exceed the target, this one by less
        attempt = code(quality)
        reached = came[quality] = aim.of(attempt)
        if reached > aim.target:
            attempt.discard()
            if quality == aim.cheapest:
                raise aim.infeasible(reached)
        elif best is None or reached > aim.of(best):
            if best is not None:
                best.discard()
            best = attempt
        else:
            attempt.discard()
        if best is not None:
            met = aim.of(best) >= aim.target * (1 - TOLERANCE)
            if met or len(came) >= PASSES or quality == aim.costliest:
                return best


def _foretell(aim: Aim, sample: Sample, said: dict[int, float], came: dict[int, float]) -> int:
    """Return the quality that the sample, corrected by what came of the last pass, foretells to come closest."""
    goal, correction = aim.target * (1 - SLACK), 1.0
    if came:
        last, reached = list(came.items())[-1]
        if last not in said:
            said[last] = aim.foretold(sample, last)
        correction = reached / said[last] if reached and said[last] else 1.0
        slack = SLACK * 2 ** len(came) if reached > aim.target else 0.0  # sooner or later one is below
        goal = aim.target * max(1 - slack, 0.5) / correction
    try:
        return solve(lambda quality: aim.foretold(sample, quality), goal, rising=aim.rising, known=said)
    except InfeasibleRateError:
        least = said[aim.cheapest]
        if sample.whole and least > goal * (1 + DOUBT):
            raise aim.infeasible(least * correction) from None
        return aim.cheapest  # the scene itself says whether it can be met


def _through(aim: Aim, came: dict[int, float]) -> int | None:
    """Return the quality where a line, of logarithms, meets the target, less its slack; None if there is no such line.

    Between passes below and above the target it is the line through the two; halfway, if the last two passes were both
    on one side. Otherwise it is that through the two best passes.
    """
    excess = {quality: math.log(max(reached, 1e-12) / aim.target) for quality, reached in came.items()}
    nearest = sorted(excess, key=lambda quality: abs(excess[quality]))
    below = [quality for quality in nearest if excess[quality] <= 0]
    above = [quality for quality in nearest if excess[quality] > 0]
    bracketed = bool(below and above)
    last = [value > 0 for value in list(excess.values())[-2:]]
    if bracketed and len(came) > 2 and last[0] == last[1]:
        return (below[0] + above[0]) // 2
    if len(nearest) < 2 or excess[nearest[0]] == excess[nearest[1]]:
        return None
    first, second = (below[0], above[0]) if bracketed else nearest[:2]
    per_excess = (second - first) / (excess[second] - excess[first])
    if (per_excess > 0) != aim.rising:
        return (first + second) // 2 if bracketed else None
    goal = math.log(max(1 - (SLACK if below else SLACK * 2 ** len(came)), 0.5))
    quality = round(first + (goal - excess[first]) * per_excess)
    low, high = sorted([first, second]) if bracketed else (0, QUALITY_MAX)
    return min(max(quality, low), high)


class Sample:
    """Windows spread evenly over the scene, coded at any quality to foretell the whole."""

    def __init__(
        self, encoder: Encoder, planes: Sequence[BandPlane], budget: Budget, report: Report, cancel: Event
    ) -> None:
        self._encoder, self._budget, self._report, self._cancel = encoder, budget, report, cancel
        everything = [(plane, window) for plane in planes for window in windows(*plane.shape, NETWORK_WINDOW)]
        self._chosen = evenly(everything, SAMPLE_WINDOWS)
        self.whole = len(self._chosen) == len(everything)  # whether it is no sample but everything
        self._scale = _area(everything) / _area(self._chosen)
        self._tiles = sum(int(np.prod(grid_shape(*plane.shape))) for plane in planes)
        self._trials = 0

    def file_bytes(self, quality: int) -> float:
        """Return the bytes that the whole file will have."""
        pixels = self.pixel_bytes(quality)
        overview = OVERVIEW_SHARE * pixels if self._budget.has_overview else 0.0
        return pixels + overview + self._budget.metadata_bytes

    def pixel_bytes(self, quality: int) -> float:
        """Return the bytes that the pixels will need."""
        payloads = 0
        for plane, window in self._each():
            written = self._encoder.write(self._encoder.code(plane, window, quality), quality)
            payloads += sum(len(tile.payload) for tile in written)
        return payloads * self._scale + self._tiles * TILE_BYTES + self._budget.fixed_bytes

    def rmse_db(self, quality: int) -> float:
        """Return the rms error in dB."""
        total, valid = 0.0, 0
        for plane, window in self._each():
            error, pixels = self._encoder.squared_errors(plane, self._encoder.code(plane, window, quality), quality)
            total, valid = total + error, valid + pixels
        return float(np.sqrt(total / max(valid, 1)))

    def _each(self) -> Iterator[tuple[BandPlane, Window]]:
        self._trials += 1
        self._report(Progress(self._trials, 0, "finding the quality"))
        for place in self._chosen:
            stop_if(self._cancel)
            yield place


def _area(chosen: Sequence[tuple[BandPlane, Window]]) -> int:
    return sum(window.rows * window.cols for _, window in chosen)
