"""From decibels to colors: the shared stretch, the error's range, and the pixels that the panes draw.

Runs in the worker, so that the window never waits for it. Colors are (rows, cols, 4) uint8 RGBA; where a value is
not finite they are transparent, and the pane's hatch shows.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sargui.core.types import Window
from sargui.engine.colors import RDBU, Stretch, error_limit_of, ramp, stretch_of
from sargui.engine.requests import Picture

SMALLEST_LEVEL = 256  # pixels a side; smaller ones need no averaging
_PURPLES = "fcfbfd efedf5 dadaeb bcbddc 9e9ac8 807dba 6a51a3 54278f 3f007d"  # ColorBrewer's, for errors without a sign
BEYOND = (255, 221, 0, 255)  # beyond the tolerance: a yellow that neither map has, whatever eyes look at it


def _table(stops: str) -> NDArray[np.uint8]:
    table = np.full((256, 4), 255, np.uint8)
    table[:, :3] = ramp(stops, 256)
    return table


GRAY = _table("000000 ffffff")
DIVERGING = _table(RDBU)
SEQUENTIAL = _table(_PURPLES)

Rgba = NDArray[np.uint8]


class ErrorKind(StrEnum):
    """What the error pane shows of e, the reconstruction minus the original in dB."""

    SIGNED = "signed"  # e
    ABSOLUTE = "absolute"  # |e|
    RATIO = "ratio"  # original over reconstruction, linear power; colored by its decibels, −e
    SQUARED = "squared"  # e², in dB²


@dataclass(frozen=True, slots=True)
class ErrorStyle:
    """How the error is shown; absolute errors above the tolerance have one strong color, 0 for none."""

    kind: ErrorKind = ErrorKind.SIGNED
    tolerance_db: float = 0.0

    @property
    def table(self) -> NDArray[np.uint8]:
        """The colors, from the lowest value to the highest."""
        return DIVERGING if self.kind in (ErrorKind.SIGNED, ErrorKind.RATIO) else SEQUENTIAL

    def range(self, limit_db: float) -> Stretch:
        """Return the values of the first and the last color, where absolute errors up to `limit_db` are told apart."""
        match self.kind:
            case ErrorKind.SIGNED | ErrorKind.RATIO:
                return -limit_db, limit_db
            case ErrorKind.ABSOLUTE:
                return 0.0, limit_db
            case ErrorKind.SQUARED:
                return 0.0, limit_db**2

    def values(self, error_db: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what is colored: dB, or dB² of squared errors."""
        match self.kind:
            case ErrorKind.SIGNED:
                return error_db
            case ErrorKind.ABSOLUTE:
                return np.abs(error_db)
            case ErrorKind.RATIO:
                return -error_db
            case ErrorKind.SQUARED:
                return error_db**2


SIGNED = ErrorStyle()


class Tones(NamedTuple):
    """Which colors a picture should have; None lets it choose. Unpacks into the arguments of `shade_picture`."""

    stretch: Stretch | None = None
    error_limit_db: float | None = None
    error_style: ErrorStyle = SIGNED

    def fit(self, shaded: Shaded) -> bool:
        """Return whether a picture has these colors."""
        return (
            self.stretch in (None, shaded.stretch)
            and self.error_limit_db in (None, shaded.error_limit_db)
            and self.error_style == shaded.error_style
        )


@dataclass(frozen=True, slots=True, eq=False)
class Shaded:
    """A picture with its colors. `original` and `decoded` are pyramids, full size first; `error` has one level."""

    picture: Picture
    stretch: Stretch
    error_limit_db: float
    original: tuple[Rgba, ...]
    decoded: tuple[Rgba, ...]
    error: tuple[Rgba, ...]
    error_style: ErrorStyle = SIGNED


def shade_picture(
    picture: Picture,
    stretch: Stretch | None = None,
    error_limit_db: float | None = None,
    error_style: ErrorStyle = SIGNED,
) -> Shaded:
    """Return the colors of a picture, in the given stretch and error range or in its own."""
    basis = picture.original_db if picture.original_db is not None else picture.decoded_db
    stretch = stretch or stretch_of(basis)
    limit = error_limit_db or error_limit_of(picture.error_db)
    return Shaded(
        picture,
        stretch,
        limit,
        _pyramid(picture.original_db, stretch),
        _pyramid(picture.decoded_db, stretch),
        _error_levels(picture, limit, error_style),
        error_style,
    )


def recolor(shaded: Shaded, tones: Tones) -> Shaded:
    """Return the same picture with other colors; what keeps its colors is not computed again."""
    stretch = tones.stretch or shaded.stretch
    limit = tones.error_limit_db or shaded.error_limit_db
    if stretch != shaded.stretch:
        return shade_picture(shaded.picture, stretch, limit, tones.error_style)
    error = _error_levels(shaded.picture, limit, tones.error_style)
    return replace(shaded, error_limit_db=limit, error=error, error_style=tones.error_style)


def stretch_of_part(picture: Picture, part: Window) -> Stretch | None:
    """Return the stretch of a part of the scene; None where the picture holds none of it."""
    basis = picture.original_db if picture.original_db is not None else picture.decoded_db
    inside = None if basis is None else _cut(basis, picture, part)
    return None if inside is None or inside.size == 0 else stretch_of(inside)


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


def _error_levels(picture: Picture, limit_db: float, style: ErrorStyle) -> tuple[Rgba, ...]:
    if picture.error_db is None:
        return ()
    colors = shade(style.values(picture.error_db), *style.range(limit_db), style.table)
    if style.tolerance_db > 0:
        beyond = np.isfinite(picture.error_db) & (np.abs(picture.error_db) > style.tolerance_db)
        colors[beyond] = BEYOND
    return (colors,)


def _cut(values: NDArray[np.float32], picture: Picture, part: Window) -> NDArray[np.float32]:
    """Return the values of a picture in a window of the scene; empty where it has none."""
    top, left = part.row - picture.window.row, part.col - picture.window.col
    rows = slice(max(0, top) // picture.step, max(0, -(-(top + part.rows) // picture.step)))
    cols = slice(max(0, left) // picture.step, max(0, -(-(left + part.cols) // picture.step)))
    return values[rows, cols]
