"""How large a file will be, and how far off, before it is written: from windows of the scene, coded as in the file."""

from __future__ import annotations

import math
from threading import Event

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from sargui.core.tiling import grid_shape, windows
from sargui.core.types import Progress, Report, Window
from sargui.engine.bench import Bench
from sargui.engine.encoding import NETWORK_WINDOW
from sargui.engine.live import LiveSource
from sargui.engine.planes import evenly, measured_bands
from sargui.engine.stages import stop_if
from sargui.engine.targets import OVERVIEW_SHARE, TILE_BYTES
from sargui.engine.views import Estimate, Estimated

CONFIDENCE = 0.95

Floats = NDArray[np.float64]
Place = tuple[int, Window]  # band and network window


def estimate(request: Estimate, report: Report, cancel: Event, bench: Bench) -> Estimated:
    """Return the size that a trial's file will have, from windows spread evenly over all bands of the scene.

    The interval is that of a sample without replacement, taken as normal: the windows that are not coded differ from
    each other as those that are (Cochran, Sampling Techniques, 1977, ch. 2). Asked again for more windows, those that
    are at hand are not coded again.

    Raises:
        SarguiError: the scene cannot be read, or the checkpoint not used.
    """
    live = bench.live(request.original, request.kind, request.trial, request.device, cancel)
    scene = live.scene
    budget = bench.budget(request.original, request.kind, request.trial, request.device, cancel)
    everything = [
        (band, window) for band in measured_bands(scene.info) for window in windows(*scene.info.shape, NETWORK_WINDOW)
    ]
    chosen = evenly(everything, request.windows)
    densities, errors = [], []
    for number, place in enumerate(chosen, start=1):
        stop_if(cancel)
        densities.append(_density(live, place))
        if request.errors:
            errors.append(live.squared_errors(*place))
        report(Progress(number, len(chosen), "estimating"))
    pixels = sum(_area(place) for place in everything)
    weights = np.array([_area(place) for place in chosen], np.float64)
    mean = float(np.average(densities, weights=weights))
    half = pixels * _half_width(np.array(densities), weights, mean, len(everything))
    tiles = math.prod(grid_shape(*scene.info.shape)) * len(measured_bands(scene.info))
    pixel_bytes = mean * pixels + tiles * TILE_BYTES + budget.fixed_bytes
    overview = OVERVIEW_SHARE * pixel_bytes if budget.has_overview else 0.0
    return Estimated(
        file_bytes=round(pixel_bytes + overview + budget.metadata_bytes),
        half_width_bytes=half,
        bits_per_pixel=8 * pixel_bytes / scene.pixels,
        raw_bytes=budget.raw_bytes,
        windows=len(chosen),
        of_windows=len(everything),
        rmse_db=_rms(errors),
    )


def _density(live: LiveSource, place: Place) -> float:
    """Return the bytes of payloads for each pixel of a network window."""
    return live.payload_bytes(*place) / _area(place)


def _rms(errors: list[tuple[float, int]]) -> float | None:
    """Return the root-mean-square error of windows, from sums of squares and numbers of pixels; None without any."""
    pixels = sum(count for _, count in errors)
    return math.sqrt(sum(squares for squares, _ in errors) / pixels) if pixels else None


def _area(place: Place) -> int:
    return place[1].rows * place[1].cols


def _half_width(values: Floats, weights: Floats, mean: float, population: int) -> float:
    """Return half the confidence interval of the weighted mean of a sample; infinite for a sample of one."""
    count = len(values)
    if count == population:
        return 0.0
    if count < 2:
        return math.inf
    variance = float(np.average((values - mean) ** 2, weights=weights)) * count / (count - 1)
    left = 1 - count / population
    return float(student.ppf((1 + CONFIDENCE) / 2, count - 1)) * math.sqrt(variance / count * left)
