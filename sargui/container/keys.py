"""Naming tiles: by level, band, row and column, and by one number in canonical order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sargui.container.layout import MAX_LEVEL, OVERVIEW_STEP
from sargui.core.tiling import ceil_div, grid_shape


@dataclass(frozen=True, slots=True, order=True)
class TileKey:
    """A tile of a container, all parts from 0. Level 0 is the scene; level L its average over 16^L pixels an axis."""

    level: int
    band: int
    row: int
    col: int

    def __str__(self) -> str:
        """In words for the user, who counts bands from 1."""
        where = f"tile ({self.row}, {self.col}) of band {self.band + 1}"
        return f"{where} in overview {self.level}" if self.level else where


class TileGrid:
    """The tiles of a scene on every level, and their order: by level, then band, then row, then column.

    A tile's number counts the tiles before it, including those of levels that a file leaves out.
    """

    def __init__(self, rows: int, cols: int, bands: int) -> None:
        self.rows, self.cols, self.bands = rows, cols, bands

    def size(self, level: int) -> tuple[int, int]:
        """Return (rows, cols) of a level in its own pixels."""
        step = OVERVIEW_STEP**level
        return ceil_div(self.rows, step), ceil_div(self.cols, step)

    def shape(self, level: int) -> tuple[int, int]:
        """Return how many tiles a band of this level has, down and across."""
        return grid_shape(*self.size(level))

    def count(self, level: int) -> int:
        """Return how many tiles this level has in all bands."""
        down, across = self.shape(level)
        return self.bands * down * across

    def keys(self, level: int) -> Iterator[TileKey]:
        """Yield the tiles of a level in canonical order."""
        down, across = self.shape(level)
        for band in range(self.bands):
            for row in range(down):
                for col in range(across):
                    yield TileKey(level, band, row, col)

    def holds(self, key: TileKey) -> bool:
        """Return whether there is such a tile."""
        if not (0 <= key.level <= MAX_LEVEL and 0 <= key.band < self.bands):
            return False
        down, across = self.shape(key.level)
        return 0 <= key.row < down and 0 <= key.col < across

    def place(self, key: TileKey) -> int:
        """Return how many tiles of its level come before this one.

        Raises:
            ValueError: there is no such tile.
        """
        if not self.holds(key):
            raise ValueError(f"there is no {key} in a scene of {self.rows} × {self.cols} pixels, {self.bands} bands")
        down, across = self.shape(key.level)
        return (key.band * down + key.row) * across + key.col

    def number(self, key: TileKey) -> int:
        """Return the number that the file holds for this tile."""
        return sum(self.count(level) for level in range(key.level)) + self.place(key)
