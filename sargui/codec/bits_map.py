"""Where the bits go: what each cell of a tile takes in the file, by the coding tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sargui.codec import rans
from sargui.codec.symbols import Part, TileSymbols
from sargui.codec.tables import CodingTables
from sargui.core.tiling import TILE_CELLS
from sargui.networks.entropy import CELLS_PER_Z

Bits = NDArray[np.float64]


def cell_bits(symbols: TileSymbols, coding: CodingTables) -> Bits:
    """Return the bits of each cell of a batch of tiles, (tiles, 32, 32); their sum is what `symbol_bits` foretells.

    What a cell of z takes is shared out evenly among the 16 cells of the picture that it describes.
    """
    side, *halves = symbols.parts
    shape = (-1, TILE_CELLS // CELLS_PER_Z, TILE_CELLS // CELLS_PER_Z)
    shared = _bits(side, coding).reshape(shape) / CELLS_PER_Z**2
    total = shared.repeat(CELLS_PER_Z, 1).repeat(CELLS_PER_Z, 2)
    rows, cols = np.indices(total.shape[1:])
    for number, half in enumerate(halves):
        total[:, (rows + cols) % 2 == number % 2] += _bits(half, coding)
    return total


def _bits(part: Part, coding: CodingTables) -> Bits:
    """Return the bits of each place, (tiles, places), over all channels."""
    totals = np.zeros((part.symbols.shape[0], part.symbols.shape[2]))
    for tile, (symbols, tables) in enumerate(zip(part.symbols, part.tables, strict=True)):
        rans.add_bits(symbols, tables, coding.start, coding.half, coding.cost, totals[tile])
    return totals
