"""A plane is one band as the network sees it: input and void classes, by window, extended at the borders.

Bands of kind exact are not for the network: they have no plane, and are read as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sargui.codec.fill import fill_void
from sargui.core import radiometry
from sargui.core.tiling import CELL, ceil_div, extended, windows
from sargui.core.types import Kind, ProductInfo, Radiometry, RasterSource, Void, Window

Item = TypeVar("Item")
Number = TypeVar("Number", bound=np.generic)

SAMPLE_SIDE = 256
SAMPLE_WINDOWS = 128  # enough for a 2 % quantile and a mean to 0.02 dB


class Plane(Protocol):
    """One band, or an overview of one."""

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols)."""

    def read(self, window: Window) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return network input and void classes of a window inside the plane; input of void pixels has no meaning."""


@dataclass(slots=True)
class Tally:
    """How many pixels are valid, and how many of these cannot be kept; see `radiometry.unkept`."""

    valid: int = 0
    negative: int = 0
    out_of_range: int = 0

    def add(self, values: NDArray[Any], valid: NDArray[np.bool_], kind: Kind) -> None:
        """Count the pixels of a window."""
        negative, out_of_range = radiometry.unkept(values, kind)
        self.valid += int(np.count_nonzero(valid))
        self.negative += int(np.count_nonzero(negative & valid))
        self.out_of_range += int(np.count_nonzero(out_of_range & valid))


class BandPlane:
    """A band of a raster source; `tally` counts what is read of it, where windows overlap more than once."""

    def __init__(self, source: RasterSource, band: int, parameters: Radiometry) -> None:
        self._source, self._band, self.radiometry = source, band, parameters
        self.shape = source.info.shape
        self.tally = Tally()

    def read(self, window: Window) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return network input and void classes of a window."""
        pixels = self._source.read(self._band, window)
        void = radiometry.void_of(pixels, self.radiometry)
        self.tally.add(pixels.values, void == Void.VALID, self.radiometry.kind)
        return radiometry.to_network(pixels.values, self.radiometry), void

    def rounded(self, x: NDArray[np.float32], void: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return network output as it is after its pixels were rounded to the band's type."""
        values = radiometry.from_network(x, void, self.radiometry, self._source.info.bands[self._band])
        return radiometry.to_network(values, self.radiometry)


class Overview:
    """The average power of 16×16 pixels, gathered while a band is being coded, and a plane of its own afterwards."""

    STEP = 16

    def __init__(self, rows: int, cols: int) -> None:
        self.shape = (ceil_div(rows, self.STEP), ceil_div(cols, self.STEP))
        self._total = np.zeros(self.shape, np.float64)
        self._count = np.zeros(self.shape, np.int32)

    def add(self, window: Window, x: NDArray[np.float32], void: NDArray[np.uint8]) -> None:
        """Add a window whose place is a multiple of 16, by its network input and void classes."""
        power = np.where(void == Void.VALID, radiometry.ten_to(np.clip(x, -20, 20).astype(np.float64)), 0)
        row, col = window.row // self.STEP, window.col // self.STEP
        total = radiometry.block_sums(power, self.STEP)
        count = radiometry.block_sums((void == Void.VALID).astype(np.int32), self.STEP)
        place = np.s_[row : row + total.shape[0], col : col + total.shape[1]]
        self._total[place] += total
        self._count[place] += count

    def read(self, window: Window) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return network input and void classes of a window."""
        place = np.s_[window.row : window.row + window.rows, window.col : window.col + window.cols]
        count = self._count[place]
        x = np.log10(np.maximum(self._total[place], 1e-20) / np.maximum(count, 1))
        return x.astype(np.float32), np.where(count > 0, np.uint8(Void.VALID), np.uint8(Void.NODATA))


class ExactBand:
    """A band of a raster source that is kept bit for bit."""

    radiometry = Radiometry(Kind.EXACT, 0.0, 1.0)

    def __init__(self, source: RasterSource, band: int) -> None:
        self._source, self._band = source, band
        self.shape = source.info.shape
        self.dtype = np.dtype(source.info.bands[band].dtype)

    def read(self, window: Window) -> NDArray[Any]:
        """Return the pixels of a window."""
        return self._source.read(self._band, window).values


class ExactOverview:
    """Every 16th pixel of every 16th row of an exact band, gathered while it is being coded."""

    def __init__(self, band: ExactBand) -> None:
        rows, cols = band.shape
        self.shape = ceil_div(rows, Overview.STEP), ceil_div(cols, Overview.STEP)
        self._values = np.zeros(self.shape, band.dtype)

    def add(self, window: Window, values: NDArray[Any]) -> None:
        """Add the pixels of a window whose place is a multiple of 16."""
        few = values[:: Overview.STEP, :: Overview.STEP]
        row, col = window.row // Overview.STEP, window.col // Overview.STEP
        self._values[row : row + few.shape[0], col : col + few.shape[1]] = few

    def read(self, window: Window) -> NDArray[Any]:
        """Return the pixels of a window."""
        return self._values[window.row : window.row + window.rows, window.col : window.col + window.cols]


def measured_bands(info: ProductInfo) -> list[int]:
    """Return the bands that hold measurements, from 0; the others are exact."""
    return [number for number, band in enumerate(info.bands) if band.kind is not Kind.EXACT]


def measured_kind(info: ProductInfo) -> Kind | None:
    """Return what the measurements of a product are, None if it has none."""
    return next((info.bands[number].kind for number in measured_bands(info)), None)


def sample_radiometry(source: RasterSource, band: int, kind: Kind) -> Radiometry:
    """Return the radiometry of a band from windows spread evenly over it, the same ones every time."""
    chosen = evenly(list(windows(source.info.rows, source.info.cols, SAMPLE_SIDE)), SAMPLE_WINDOWS)
    return radiometry.estimate((source.read(band, window) for window in chosen), kind)


def evenly(items: Sequence[Item], most: int) -> list[Item]:
    """Return at most `most` of the items, spread evenly from the first to the last."""
    numbers = np.linspace(0, len(items) - 1, min(most, len(items))).round().astype(int)
    return [items[number] for number in np.unique(numbers)]


def read_extended(plane: Plane, window: Window, halo: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Return input and void of the full cells that cover a window, with a halo; mirrored at the plane's borders.

    Void pixels of the input are filled by a smooth guess.
    """
    rows = _places(window.row, window.rows, plane.shape[0], halo)
    cols = _places(window.col, window.cols, plane.shape[1], halo)
    row, col = int(rows.min()), int(cols.min())
    inside = Window(row, col, int(rows.max()) - row + 1, int(cols.max()) - col + 1)
    x, void = plane.read(inside)
    x = fill_void(x, void != Void.VALID)
    return _picked(x, rows - row, cols - col), _picked(void, rows - row, cols - col)


def _picked(values: NDArray[Number], rows: NDArray[np.intp], cols: NDArray[np.intp]) -> NDArray[Number]:
    return values.take(rows, axis=0).take(cols, axis=1)


def _places(start: int, length: int, scene: int, halo: int) -> NDArray[np.intp]:
    return extended(start - halo, start + ceil_div(length, CELL) * CELL + halo, scene)
