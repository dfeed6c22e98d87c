"""What the radiometric correction is found from: power of the original and of what was decoded, cell by cell."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sargui.codec.power import REACH, correction, gains_db, mean_gains, node_sums
from sargui.core.radiometry import block_sums
from sargui.core.tiling import GAIN_SIDE, ceil_div, grid_shape
from sargui.core.types import Void, Window

Input = NDArray[np.float32]  # network input or output, in units of 10 dB
Floats = NDArray[np.float64]


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
        self._original = np.full(self._grid, np.nan)
        self._decoded = np.full((*self._grid, 3, 3), np.nan)
        self._errors, self._counts = np.zeros(self._grid), np.zeros(self._grid)  # sum of errors; valid pixels
        self._squares = 0.0

    def add(self, window: Window, original: Input, decoded: Input, void: NDArray[np.uint8]) -> None:
        """Take a window that begins with a cell and ends with one or with the scene."""
        valid = void == Void.VALID
        cells = _cells(window, self._grid, 0).place
        powers = [np.where(valid, np.power(np.float32(10), x, dtype=np.float32), 0) for x in (original, decoded)]
        errors = np.where(valid, decoded - original, 0)
        self._original[cells] = block_sums(powers[0], GAIN_SIDE, np.float64)
        self._decoded[cells] = node_sums(powers[1])
        self._errors[cells], self._counts[cells] = (block_sums(each, GAIN_SIDE, np.float64) for each in (errors, valid))
        self._squares += float(np.vdot(errors, errors))

    def missing(self, window: Window) -> Window | None:
        """Return what must be added before a window can be corrected, None if that is nothing; it may be more."""
        near = _cells(window, self._grid, REACH)
        unknown = np.argwhere(np.isnan(self._original[near.place]))
        if not len(unknown):
            return None
        (top, left), (bottom, right) = unknown.min(axis=0), unknown.max(axis=0) + 1
        row, col = (near.top + int(top)) * GAIN_SIDE, (near.left + int(left)) * GAIN_SIDE
        end = (near.top + int(bottom)) * GAIN_SIDE, (near.left + int(right)) * GAIN_SIDE
        return Window(row, col, min(end[0], self._shape[0]) - row, min(end[1], self._shape[1]) - col)

    def correction(self, window: Window) -> Input:
        """Return what is to be added to the network output of a window of which nothing is missing."""
        near = _cells(window, self._grid, REACH)
        gains = gains_db(self._original[near.place], self._decoded[near.place])
        row, col = window.row - near.top * GAIN_SIDE, window.col - near.left * GAIN_SIDE
        return correction(gains, Window(row, col, *window.shape))

    def gains_db(self) -> Floats:
        """Return the gains of the band, of which nothing is missing."""
        return gains_db(self._original, self._decoded)

    def squared_error(self, gains: Floats | None) -> tuple[float, int]:
        """Return the sum of squared errors in dB² once gains are applied, about, and how many pixels are valid."""
        total = self._squares
        if gains is not None:
            units = mean_gains(gains) / 10
            total += float((2 * units * self._errors + self._counts * units**2).sum())
        return 100 * max(total, 0.0), int(self._counts.sum())


def _cells(window: Window, grid: tuple[int, int], around: int) -> _Cells:
    """Return the cells that a window touches, and so many around it, as far as there are any."""
    return _Cells(
        max(window.row // GAIN_SIDE - around, 0),
        max(window.col // GAIN_SIDE - around, 0),
        min(ceil_div(window.row + window.rows, GAIN_SIDE) + around, grid[0]),
        min(ceil_div(window.col + window.cols, GAIN_SIDE) + around, grid[1]),
    )
