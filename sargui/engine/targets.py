"""From what the user fixes (size, ratio, bits per pixel, error) to a quality, measured on a sample of the scene."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Event

import numpy as np

from sargui.codec.rate_control import solve
from sargui.core.errors import InfeasibleRateError, RequestError
from sargui.core.tiling import CELL, grid_shape, windows
from sargui.core.types import Progress, Report, Window
from sargui.engine.encoding import NETWORK_WINDOW, Encoder
from sargui.engine.planes import Plane, evenly
from sargui.engine.requests import Rate, RateKind
from sargui.engine.stages import stop_if

SAMPLE_WINDOWS = 8
MARGIN = 3 * CELL  # where a sampled window's reconstruction lacks its real neighbors
TILE_BYTES = 17  # of a tile besides its payload: its record, and its entry in the deflated index
OVERVIEW_SHARE = 0.006  # of the tiles' bytes, where there is an overview


@dataclass(frozen=True, slots=True)
class Budget:
    """What bytes and pixels the file will have besides its tiles."""

    raw_bytes: int
    pixels: int  # of all bands
    fixed_bytes: int  # what pixels need whatever the quality: prelude, header, footer
    metadata_bytes: int
    has_overview: bool


def choose_quality(
    rate: Rate, encoder: Encoder, planes: Sequence[Plane], budget: Budget, report: Report, cancel: Event
) -> int:
    """Return the quality 0..10000 that reaches `rate`.

    Raises:
        InfeasibleRateError: nothing does; the sentence says what is possible.
        RequestError: the number makes no sense.
    """
    if (only := encoder.codec.only_quality) is not None:
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
    sample = _Sample(encoder, planes, budget, report, cancel)
    measure: Callable[[int], float] = sample.rmse_db
    target, rising = rate.value, False
    if rate.kind is not RateKind.RMSE_DB:
        measure, rising = (sample.pixel_bytes if rate.kind is RateKind.BITS_PER_PIXEL else sample.file_bytes), True
        target = {
            RateKind.BYTES: rate.value,
            RateKind.RATIO: budget.raw_bytes / rate.value,
            RateKind.BITS_PER_PIXEL: rate.value * budget.pixels / 8,
        }[rate.kind]
    try:
        return solve(measure, target, rising=rising)
    except InfeasibleRateError as error:
        raise InfeasibleRateError(_infeasible(rate, float(error.args[0]), budget)) from None


def _infeasible(rate: Rate, reached: float, budget: Budget) -> str:
    match rate.kind:
        case RateKind.RMSE_DB:
            return f"This scene cannot be coded to {rate.value:g} dB; the best quality gives {reached:.3f} dB."
        case RateKind.RATIO:
            return (
                f"A ratio of {rate.value:g} is out of reach; the lowest quality gives {budget.raw_bytes / reached:.1f}."
            )
        case RateKind.BITS_PER_PIXEL:
            least = 8 * reached / budget.pixels
            return f"{rate.value:g} bits per pixel are out of reach; the lowest quality needs {least:.4f}."
        case _:
            return f"{rate.value:.0f} bytes are out of reach; the lowest quality needs {reached:.0f}."


class _Sample:
    """Windows spread evenly over the scene, coded at any quality to foretell the whole."""

    def __init__(
        self, encoder: Encoder, planes: Sequence[Plane], budget: Budget, report: Report, cancel: Event
    ) -> None:
        self._encoder, self._budget, self._report, self._cancel = encoder, budget, report, cancel
        everything = [(plane, window) for plane in planes for window in windows(*plane.shape, NETWORK_WINDOW)]
        self._chosen = evenly(everything, SAMPLE_WINDOWS)
        self._scale = _area(everything) / _area(self._chosen)
        self._tiles = sum(int(np.prod(grid_shape(*plane.shape))) for plane in planes)
        self._trials = 0
        self.pixel_bytes = cache(self._pixel_bytes)

    def file_bytes(self, quality: int) -> float:
        """Return the bytes that the whole file will have."""
        pixels = self.pixel_bytes(quality)
        overview = OVERVIEW_SHARE * pixels if self._budget.has_overview else 0.0
        return pixels + overview + self._budget.metadata_bytes

    def rmse_db(self, quality: int) -> float:
        """Return the rms error in dB."""
        total, count = 0.0, 0
        for plane, window in self._each():
            margin = 0 if window.shape == plane.shape or min(window.shape) < 4 * MARGIN else MARGIN
            coded = self._encoder.code(plane, window, quality)
            error, valid = self._encoder.squared_errors(coded, quality, margin)
            total, count = total + error, count + valid
        return float(np.sqrt(total / max(count, 1)))

    def _pixel_bytes(self, quality: int) -> float:
        payloads = 0
        for plane, window in self._each():
            written = self._encoder.write(self._encoder.code(plane, window, quality), quality)
            payloads += sum(len(tile.payload) for tile in written)
        return payloads * self._scale + self._tiles * TILE_BYTES + self._budget.fixed_bytes

    def _each(self) -> list[tuple[Plane, Window]]:
        stop_if(self._cancel)
        self._trials += 1
        self._report(Progress(self._trials, 0, "finding the quality"))
        return self._chosen


def _area(chosen: Sequence[tuple[Plane, Window]]) -> int:
    return sum(window.rows * window.cols for _, window in chosen)
