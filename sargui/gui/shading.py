"""From decibels to colors: the shared stretch, the error's range, and the pixels that the panes draw.

Runs in the worker, so that the window never waits for it. Colors are (rows, cols, 4) uint8 RGBA; where a value is
not finite they are transparent, and the pane's hatch shows.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sargui.engine.requests import Picture

STRETCH_PERCENT = (2.0, 98.0)  # of the original
ERROR_PERCENT = 99.0  # of the absolute error lies inside the bar
MAX_SAMPLES = 1 << 20  # percentiles of a million pixels are those of all
ERROR_SPREAD = 2.6  # standard deviations of a normal error hold 99 % of it
SMALLEST_LEVEL = 256  # pixels a side; smaller ones need no averaging
EMPTY_STRETCH = (-30.0, 0.0)  # dB, when nothing is valid

# ColorBrewer's RdBu (Brewer 2002), reversed: blue below, white at zero, red above; safe for color-blind eyes.
_RDBU = "053061 2166ac 4393c3 92c5de d1e5f0 f7f7f7 fddbc7 f4a582 d6604d b2182b 67001f"


def _table(stops: str) -> NDArray[np.uint8]:
    rgb = np.array([list(bytes.fromhex(stop)) for stop in stops.split()], dtype=np.float64)
    at = np.linspace(0, 1, len(rgb))
    table = np.full((256, 4), 255, np.uint8)
    for channel in range(3):
        table[:, channel] = np.rint(np.interp(np.linspace(0, 1, 256), at, rgb[:, channel]))
    return table


GRAY = _table("000000 ffffff")
DIVERGING = _table(_RDBU)

Stretch = tuple[float, float]  # dB shown as black and white
Rgba = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Shaded:
    """A picture with its colors. `original` and `decoded` are pyramids, full size first; `error` has one level."""

    picture: Picture
    stretch: Stretch
    error_limit_db: float
    original: tuple[Rgba, ...]
    decoded: tuple[Rgba, ...]
    error: tuple[Rgba, ...]


def shade_picture(picture: Picture, stretch: Stretch | None = None, error_limit_db: float | None = None) -> Shaded:
    """Return the colors of a picture, in the given stretch and error range or in its own."""
    basis = picture.original_db if picture.original_db is not None else picture.decoded_db
    stretch = stretch or stretch_of(basis)
    limit = error_limit_db or error_limit_of(picture.error_db)
    error = () if picture.error_db is None else (shade(picture.error_db, -limit, limit, DIVERGING),)
    return Shaded(
        picture, stretch, limit, _pyramid(picture.original_db, stretch), _pyramid(picture.decoded_db, stretch), error
    )


def shade_again(shaded: Shaded, error_limit_db: float, *_: object) -> Shaded:
    """Return the same picture with another error range; takes what a runner gives to every job, and ignores it."""
    return shade_picture(shaded.picture, shaded.stretch, error_limit_db)


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


def shade(values: NDArray[np.float32], low: float, high: float, table: NDArray[np.uint8]) -> Rgba:
    """Return the colors of values between `low` (first color) and `high` (last); transparent where not finite."""
    finite = np.isfinite(values)
    index = np.where(finite, values, np.float32(low))
    index = np.clip((index - np.float32(low)) * np.float32(255 / (high - low)) + np.float32(0.5), 0, 255)
    packed = np.ascontiguousarray(table).view(np.uint32)[:, 0][index.astype(np.uint8)]
    packed[~finite] = 0
    return np.asarray(packed.view(np.uint8).reshape(*values.shape, 4))


def halve(db: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean power, in dB, of each 2 × 2 pixels that are finite; an odd last row or column is left out."""
    rows, cols = db.shape[0] // 2 * 2, db.shape[1] // 2 * 2
    power = np.where(np.isfinite(db), np.float32(10) ** (db / np.float32(10)), np.float32(np.nan))
    quads = power[:rows, :cols].reshape(rows // 2, 2, cols // 2, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # four void pixels make a void one
        mean = np.nanmean(quads, axis=(1, 3))
        return np.asarray(10 * np.log10(mean), dtype=np.float32)


def _pyramid(db: NDArray[np.float32] | None, stretch: Stretch) -> tuple[Rgba, ...]:
    """Return colors at full size, half, quarter, …: what a pane draws when it shows many pixels in one."""
    levels: list[Rgba] = []
    while db is not None:
        levels.append(shade(db, *stretch, GRAY))
        db = halve(db) if min(db.shape) >= SMALLEST_LEVEL else None
    return tuple(levels)


def _samples(values: NDArray[np.float32] | None) -> NDArray[np.float32]:
    if values is None:
        return np.zeros(0, np.float32)
    step = max(1, int(np.ceil(np.sqrt(values.size / MAX_SAMPLES))))
    few = values[::step, ::step]
    return few[np.isfinite(few)]
