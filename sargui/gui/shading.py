"""From decibels to colors: the shared stretch, the error's range, and the pixels that the panes draw.

Runs in the worker, so that the window never waits for it. Colors are (rows, cols, 4) uint8 RGBA; where a value is
not finite they are transparent, and the pane's hatch shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sargui.core.types import Window
from sargui.engine.colors import RDBU, Stretch, error_limit_of, ramp, stretch_of
from sargui.engine.requests import Picture
from sargui.gui.scene import covers

SMALLEST_LEVEL = 256  # pixels a side; smaller ones need no averaging
_PURPLES = "fcfbfd efedf5 dadaeb bcbddc 9e9ac8 807dba 6a51a3 54278f 3f007d"  # ColorBrewer's, for errors without a sign
BEYOND = (255, 221, 0, 255)  # beyond the tolerance: a yellow that neither map has, whatever eyes look at it


def _table(stops: str) -> NDArray[np.uint8]:
    table = np.full((256, 4), 255, np.uint8)
    table[:, :3] = ramp(stops, 256)
    return table


GRAY = _table("000000 ffffff")
RED, GREEN, BLUE = _table("000000 ff0000"), _table("000000 00ff00"), _table("000000 0000ff")  # of composites
DIVERGING = _table(RDBU)
SEQUENTIAL = _table(_PURPLES)

Rgba = NDArray[np.uint8]
Decibels = NDArray[np.float32]
Stretches = tuple[Stretch, ...]  # of gray; or of the red, green and blue of a composite


class ErrorKind(StrEnum):
    """What the error pane shows of e, the reconstruction minus the original in dB."""

    SIGNED = "signed"  # e
    ABSOLUTE = "absolute"  # |e|
    RATIO = "ratio"  # original over reconstruction, linear power; colored by its decibels, −e
    SQUARED = "squared"  # e², in dB²


@dataclass(frozen=True, slots=True)
class ErrorStyle:
    """How the error is shown; absolute errors above the tolerance have one strong color, 0 for none.

    `limit_db` is the absolute error of the last color, for all pictures alike; None: as it suits each version.
    """

    kind: ErrorKind = ErrorKind.SIGNED
    tolerance_db: float = 0.0
    limit_db: float | None = None

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
    """Which colors a picture should have; None lets it choose."""

    stretches: Stretches | None = None
    error_limit_db: float | None = None
    error_style: ErrorStyle = SIGNED

    def fit(self, shaded: Shaded) -> bool:
        """Return whether a picture has these colors."""
        return (
            self.stretches in (None, shaded.stretches)
            and self.error_limit_db in (None, shaded.error_limit_db)
            and self.error_style == shaded.error_style
        )


DEFAULT = Tones()


@dataclass(frozen=True, slots=True, eq=False)
class Shaded:
    """A picture of one band in gray, or of two as a composite, with its colors.

    `original` and `decoded` are pyramids, full size first; `error`, of the first band, has one level.
    """

    pictures: tuple[Picture, ...]
    stretches: Stretches
    error_limit_db: float
    original: tuple[Rgba, ...]
    decoded: tuple[Rgba, ...]
    error: tuple[Rgba, ...]
    error_style: ErrorStyle = SIGNED

    @property
    def picture(self) -> Picture:
        """The only picture, or that of the composite's first band."""
        return self.pictures[0]

    @property
    def bands(self) -> tuple[int, ...]:
        """What is seen, by index."""
        return tuple(picture.band for picture in self.pictures)


def shade_picture(*pictures: Picture, tones: Tones = DEFAULT) -> Shaded:
    """Return the colors of a picture, or of two bands as a composite, in the given tones or in its own."""
    original, decoded = _values(pictures)
    stretches = tones.stretches or tuple(map(stretch_of, channels(original or decoded)))
    limit = tones.error_limit_db or error_limit_of(pictures[0].error_db)
    return Shaded(
        pictures,
        stretches,
        limit,
        _pyramid(original, stretches),
        _pyramid(decoded, stretches),
        _error_levels(pictures[0], limit, tones.error_style),
        tones.error_style,
    )


def recolor(shaded: Shaded, tones: Tones) -> Shaded:
    """Return the same picture with other colors; what keeps its colors is not computed again."""
    stretches = tones.stretches or shaded.stretches
    limit = tones.error_limit_db or error_limit_of(shaded.picture.error_db)
    if stretches != shaded.stretches:
        return shade_picture(*shaded.pictures, tones=Tones(stretches, limit, tones.error_style))
    error = _error_levels(shaded.picture, limit, tones.error_style)
    return replace(shaded, error_limit_db=limit, error=error, error_style=tones.error_style)


def original_alone(shaded: Shaded) -> Shaded:
    """Return a picture without what was decoded."""
    pictures = tuple(replace(picture, decoded_db=None, error_db=None) for picture in shaded.pictures)
    return replace(shaded, pictures=pictures, decoded=(), error=())


def shows(pictures: Sequence[Shaded], view: Window, step: int) -> bool:
    """Return whether one of some pictures shows all of a part of the scene as finely as that."""
    return any(covers(shaded.picture.window, view) and shaded.picture.step <= step for shaded in pictures)


def stretches_of_part(pictures: Sequence[Picture], part: Window) -> Stretches | None:
    """Return the stretches of a part of the scene; None where the pictures hold none of it."""
    original, decoded = _values(pictures)
    inside = [_cut(values, pictures[0], part) for values in original or decoded]
    return None if any(values.size == 0 for values in inside) else tuple(map(stretch_of, channels(inside)))


def channels(bands: Sequence[Decibels]) -> Sequence[Decibels]:
    """Return what is colored: one band as it is; of two, for red, green and blue, both and their ratio."""
    if len(bands) < 2:
        return bands
    co, cross = bands
    with np.errstate(invalid="ignore"):  # no power at all has no ratio
        return co, cross, co - cross


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
    finite = np.isfinite(db)
    power = np.where(finite, np.float32(10) ** (db / np.float32(10)), np.float32(0))
    quads = (each[:rows, :cols].reshape(rows // 2, 2, cols // 2, 2) for each in (power, finite))
    total, count = (each.sum(axis=(1, 3), dtype=np.float32) for each in quads)
    with np.errstate(divide="ignore", invalid="ignore"):  # four void pixels make a void one
        return np.asarray(10 * np.log10(total / count), dtype=np.float32)


def _values(pictures: Sequence[Picture]) -> tuple[list[Decibels], list[Decibels]]:
    """Return the bands of the original and those of the reconstruction; none where there is none."""
    original = [picture.original_db for picture in pictures if picture.original_db is not None]
    return original, [picture.decoded_db for picture in pictures if picture.decoded_db is not None]


def _pyramid(bands: Sequence[Decibels], stretches: Stretches) -> tuple[Rgba, ...]:
    """Return colors at full size, half, quarter, …: what a pane draws when it shows many pixels in one."""
    levels: list[Rgba] = []
    while bands:
        grays = [shade(db, *stretch, GRAY) for db, stretch in zip(channels(bands), stretches, strict=True)]
        levels.append(grays[0] if len(grays) == 1 else _blend(*grays))
        bands = [halve(db) for db in bands] if min(bands[0].shape) >= SMALLEST_LEVEL else []
    return tuple(levels)


def _blend(red: Rgba, green: Rgba, blue: Rgba) -> Rgba:
    """Return one picture of three gray ones, transparent where the last is."""
    colors = np.stack([red[..., 0], green[..., 0], blue[..., 0], blue[..., 3]], axis=-1)
    colors[blue[..., 3] == 0] = 0
    return colors


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
