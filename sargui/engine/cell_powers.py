"""What the radiometric correction is found from: power of the original and of what was decoded, cell by cell."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sargui.codec.pixel_loops import sums_by_class
from sargui.codec.power import CLASSES, REACH, added_by_class, classes, correction, gains_db, node_sums
from sargui.core.radiometry import block_sums, ten_to
from sargui.core.tiling import GAIN_SIDE, ceil_div, grid_shape
from sargui.core.types import Void, Window
from sargui.engine.synthesis import Decoded

Input = NDArray[np.float32]  # network input or output, in units of 10 dB
Floats = NDArray[np.float64]

LARGEST = 18.0  # network input whose power, and the sums of it, float32 holds; fill values beyond that mean nothing


class _Cells(NamedTuple):
    """First row and column of cells, and those after the last."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def place(self) -> tuple[slice, slice]:
        """Where they stand in an array of all."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


class CellPowers:
    """Gathers a band of a scene, in any order and as much of it as is needed."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self._shape, self._grid = shape, grid_shape(*shape, GAIN_SIDE)
        self._lacking = np.full(self._grid, np.nan)
        self._reached = np.full((*self._grid, 3, 3), np.nan)
        by_class = (3, *self._grid, len(CLASSES))
        self._by_class = np.zeros(by_class, np.float32)  # errors of valid pixels, their squares, and how many there are

    def add(self, window: Window, original: Input, decoded: Decoded) -> None:
        """Take a window that begins with a cell and ends with one or with the scene."""
        valid = decoded.void == Void.VALID
        cells = _cells(window, self._grid, 0).place
        before, after = (_power(x, valid) for x in (original, decoded.x))
        self._lacking[cells] = block_sums(before - after, GAIN_SIDE, np.float64)
        self._reached[cells] = node_sums(after * decoded.contrasts)
        kinds = classes(decoded.contrasts)
        self._by_class[:, *cells] = sums_by_class(decoded.x - original, valid, kinds, len(CLASSES), GAIN_SIDE)

    def missing(self, window: Window) -> Window | None:
        """Return what must be added before a window can be corrected, None if that is nothing; it may be more."""
        near = _cells(window, self._grid, REACH)
        unknown = np.argwhere(np.isnan(self._lacking[near.place]))
        if not len(unknown):
            return None
        (top, left), (bottom, right) = unknown.min(axis=0), unknown.max(axis=0) + 1
        row, col = (near.top + int(top)) * GAIN_SIDE, (near.left + int(left)) * GAIN_SIDE
        end = (near.top + int(bottom)) * GAIN_SIDE, (near.left + int(right)) * GAIN_SIDE
        return Window(row, col, min(end[0], self._shape[0]) - row, min(end[1], self._shape[1]) - col)

    def correction(self, window: Window, contrasts: Input) -> Input:
        """Return what is to be added to the network output of a window of which nothing is missing."""
        near = _cells(window, self._grid, REACH)
        gains = gains_db(self._lacking[near.place], self._reached[near.place])
        row, col = window.row - near.top * GAIN_SIDE, window.col - near.left * GAIN_SIDE
        return correction(gains, Window(row, col, *window.shape), contrasts)

    def gains_db(self) -> Floats:
        """Return the gains of the band, of which nothing is missing."""
        return gains_db(self._lacking, self._reached)

    def squared_error(self, gains: Floats | None) -> tuple[float, int]:
        """Return the sum of squared errors in dB² once gains are applied, about, and how many pixels are valid."""
        errors, squares, counts = self._by_class
        total = float(squares.sum(dtype=np.float64))
        if gains is not None:
            units = added_by_class(gains)
            total += float((units * (2 * errors + counts * units)).sum(dtype=np.float64))
        return 100 * max(total, 0.0), int(counts.sum(dtype=np.float64))


def _power(x: Input, valid: NDArray[np.bool_]) -> Input:
    """Return linear power, 0 where nothing valid is."""
    power = ten_to(x.clip(-LARGEST, LARGEST))
    return power if valid.all() else np.where(valid, power, np.float32(0))


def _cells(window: Window, grid: tuple[int, int], around: int) -> _Cells:
    """Return the cells that a window touches, and so many around it, as far as there are any."""
    return _Cells(
        max(window.row // GAIN_SIDE - around, 0),
        max(window.col // GAIN_SIDE - around, 0),
        min(ceil_div(window.row + window.rows, GAIN_SIDE) + around, grid[0]),
        min(ceil_div(window.col + window.cols, GAIN_SIDE) + around, grid[1]),
    )
