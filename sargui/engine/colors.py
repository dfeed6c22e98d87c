"""From decibels to colors: the stretch of a scene, the range of its error, and the level of a color table for a value.

Level 0 is transparent and means that there is no value; 1 to 255 are the colors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STRETCH_PERCENT = (2.0, 98.0)  # of the original
ERROR_PERCENT = 99.0  # of the absolute error lies inside the bar
MAX_SAMPLES = 1 << 20  # percentiles of a million pixels are those of all
ERROR_SPREAD = 2.6  # standard deviations of a normal error hold 99 % of it
EMPTY_STRETCH = (-30.0, 0.0)  # dB, when nothing is valid

# ColorBrewer's RdBu (Brewer 2002), reversed: blue below, white at zero, red above; safe for color-blind eyes.
RDBU = "053061 2166ac 4393c3 92c5de d1e5f0 f7f7f7 fddbc7 f4a582 d6604d b2182b 67001f"

Stretch = tuple[float, float]  # dB shown as black and white


def ramp(stops: str, count: int) -> NDArray[np.uint8]:
    """Return `count` colors, (count, 3) RGB, between some that are given as rrggbb with spaces between."""
    rgb = np.array([list(bytes.fromhex(stop)) for stop in stops.split()], dtype=np.float64)
    at, places = np.linspace(0, 1, len(rgb)), np.linspace(0, 1, count)
    return np.stack([np.rint(np.interp(places, at, channel)) for channel in rgb.T], axis=1).astype(np.uint8)


def color_table(stops: str) -> NDArray[np.uint8]:
    """Return transparency and 255 colors, (256, 4) RGBA, between some that are given as rrggbb with spaces between."""
    table = np.full((256, 4), 255, np.uint8)
    table[1:, :3] = ramp(stops, 255)
    table[0] = 0
    return table


GRAY = color_table("000000 ffffff")
DIVERGING = color_table(RDBU)


def stretch_of(db: NDArray[np.float32] | None) -> Stretch:
    """Return the dB values shown as black and white: the 2nd and 98th percentile, at least 1 dB apart."""
    values = _samples(db)
    if values.size == 0:
        return EMPTY_STRETCH
    low, high = (float(value) for value in np.percentile(values, STRETCH_PERCENT))
    return (low, high) if high - low >= 1 else ((low + high) / 2 - 0.5, (low + high) / 2 + 0.5)


def error_limit_of(error_db: NDArray[np.float32] | None) -> float:
    """Return a round number of dB that 99 % of the absolute errors do not exceed."""
    values = np.abs(_samples(error_db))
    return round_up(float(np.percentile(values, ERROR_PERCENT)) if values.size else 1.0)


def round_up(value: float) -> float:
    """Return the next number that is 1, 2, 3 or 5 times a power of ten; at least 0.01."""
    high = max(value, 0.01)
    power = 10.0 ** np.floor(np.log10(high))
    return float(next(step * power for step in (1, 2, 3, 5, 10) if high <= step * power * (1 + 1e-6)))


def levels(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.uint8]:
    """Return the level of each value between `low` (1) and `high` (255); 0 where it is not finite."""
    finite = np.isfinite(values)
    share = (np.where(finite, values, low) - low) / (high - low)
    return np.where(finite, 1 + np.rint(254 * np.clip(share, 0, 1)), 0).astype(np.uint8)


def _samples(values: NDArray[np.float32] | None) -> NDArray[np.float32]:
    if values is None:
        return np.zeros(0, np.float32)
    step = max(1, int(np.ceil(np.sqrt(values.size / MAX_SAMPLES))))
    few = values[::step, ::step]
    return few[np.isfinite(few)]
