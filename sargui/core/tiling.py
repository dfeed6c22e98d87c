"""Cutting a scene into coding tiles and network windows, and extending it at its borders.

Three sizes, all in pixels: a *cell* (16) is what one position of the latent covers; a *coding tile* (512) is
coded into one independent stream; a *network window* (a few tiles) is what the network sees at once, with a
halo of real neighbors around it that is cropped away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sargui.core.types import Window

CELL = 16
TILE = 512
TILE_CELLS = TILE // CELL
GAIN_SIDE = 64  # what one gain of the radiometric correction is for


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """A coding tile by its place in the grid; its pixels are `window`."""

    row: int
    col: int


def ceil_div(number: int, divisor: int) -> int:
    """Return the quotient, rounded up."""
    return -(-number // divisor)


def grid_shape(rows: int, cols: int, side: int = TILE) -> tuple[int, int]:
    """Return how many tiles of `side` pixels cover the scene, down and across."""
    return ceil_div(rows, side), ceil_div(cols, side)


def tile_window(tile: Tile, rows: int, cols: int) -> Window:
    """Return the pixels of a coding tile, cut at the scene's border."""
    row, col = tile.row * TILE, tile.col * TILE
    return Window(row, col, min(TILE, rows - row), min(TILE, cols - col))


def windows(rows: int, cols: int, side: int) -> Iterator[Window]:
    """Yield the network windows of a scene row by row, `side` pixels each (a multiple of a tile), cut at the border."""
    return parts(Window(0, 0, rows, cols), side)


def parts(window: Window, side: int) -> Iterator[Window]:
    """Yield the pieces of a window row by row, `side` pixels each counted from its own corner, cut at its border."""
    for row in range(0, window.rows, side):
        for col in range(0, window.cols, side):
            rows, cols = min(side, window.rows - row), min(side, window.cols - col)
            yield Window(window.row + row, window.col + col, rows, cols)


def tiles_in(window: Window) -> list[Tile]:
    """Return the coding tiles that touch a window, row by row."""
    first_row, first_col = window.row // TILE, window.col // TILE
    last_row, last_col = ceil_div(window.row + window.rows, TILE), ceil_div(window.col + window.cols, TILE)
    return [Tile(row, col) for row in range(first_row, last_row) for col in range(first_col, last_col)]


def union(first: Window, second: Window) -> Window:
    """Return the smallest window that holds both."""
    row, col = min(first.row, second.row), min(first.col, second.col)
    bottom = max(first.row + first.rows, second.row + second.rows)
    right = max(first.col + first.cols, second.col + second.cols)
    return Window(row, col, bottom - row, right - col)


def grown(window: Window, rows: int, cols: int, shape: tuple[int, int]) -> Window:
    """Return a window with so many rows and columns more at each side, as far as a scene of `shape` has them."""
    top, left = max(0, window.row - rows), max(0, window.col - cols)
    bottom = min(shape[0], window.row + window.rows + rows)
    right = min(shape[1], window.col + window.cols + cols)
    return Window(top, left, max(0, bottom - top), max(0, right - left))


def common(first: Window, second: Window) -> Window | None:
    """Return what two windows have in common; None if that is nothing."""
    row, col = max(first.row, second.row), max(first.col, second.col)
    rows = min(first.row + first.rows, second.row + second.rows) - row
    cols = min(first.col + first.cols, second.col + second.cols) - col
    return Window(row, col, rows, cols) if rows > 0 and cols > 0 else None


def place_in(inner: Window, outer: Window) -> tuple[slice, slice]:
    """Return where a window stands in an array of one that holds it."""
    row, col = inner.row - outer.row, inner.col - outer.col
    return slice(row, row + inner.rows), slice(col, col + inner.cols)


def reflect(start: int, stop: int, length: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return where positions start..stop of a half-sample-symmetric extension lie in 0..length.

    Position −1 is 0 again, `length` is length − 1 again, and so on for ever. The second array says which
    positions are seen in the mirror (an odd number of reflections).
    """
    place = np.arange(start, stop) % (2 * length)
    mirrored = place >= length
    return np.where(mirrored, 2 * length - 1 - place, place), mirrored


def extended(start: int, stop: int, length: int) -> NDArray[np.intp]:
    """Return the scene rows (or columns) that fill start..stop of the coded extent and its surroundings.

    The scene is first mirrored up to the next full cell, then the whole is mirrored at both ends, which is what
    the decoder does with the latents.
    """
    coded, _ = reflect(start, stop, ceil_div(length, CELL) * CELL)
    place = coded % (2 * length)
    return np.where(place >= length, 2 * length - 1 - place, place)
