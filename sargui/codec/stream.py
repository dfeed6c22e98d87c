"""The symbol stream of one tile: rANS words, and the values that lie beyond the tables' alphabets as plain bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sargui.codec import rans
from sargui.codec.payload import Payload, pack_escapes, unpack_escapes
from sargui.codec.quantizers import QUANTIZERS, SCALAR
from sargui.codec.tables import CodingTables
from sargui.core.errors import DamagedFileError


def write_symbols(
    symbols: NDArray[np.int16], tables: NDArray[np.uint8], coding: CodingTables
) -> tuple[NDArray[np.uint32], bytes]:
    """Return the words and the escape bytes of flat symbols and the table of each."""
    words = np.empty(len(symbols) + 2, np.uint32)
    begin = rans.encode(symbols, tables, coding.start, coding.half, coding.cumulative, words)
    values, half = symbols.astype(np.int64), coding.half[tables]
    out = (np.abs(values) > half) & (tables > 0)
    values, half = values[out], half[out]
    return words[begin:], pack_escapes(np.where(values > 0, values - half - 1, values + half))


def symbol_bits(symbols: NDArray[np.int16], tables: NDArray[np.uint8], coding: CodingTables) -> float:
    """Return the bits that `write_symbols` will need, by the tables alone."""
    return float(rans.bits(symbols, tables, coding.start, coding.half, coding.cost))


class SymbolReader:
    """Reads a tile's levels part by part, as their tables become known; `failed` once the stream makes no sense."""

    def __init__(self, payload: Payload, coding: CodingTables) -> None:
        self._coding = coding
        self._machine = QUANTIZERS[payload.profile].machine
        self.failed = False
        self._words = payload.words if payload.words is not None else np.zeros(2, np.uint32)
        self._progress = np.array([(int(self._words[0]) << 32) | int(self._words[1]), 2, 0], np.uint64)
        self._escapes = np.zeros(0, np.int64)
        try:
            self._escapes = np.array(unpack_escapes(payload.escapes), np.int64)
        except DamagedFileError:
            self.failed = True

    def next_side(self, tables: NDArray[np.uint8]) -> NDArray[np.int16]:
        """Return the next levels, which are of z and always scalar, shaped as their tables; zeros once failed."""
        return self._next(tables, SCALAR.machine)

    def next(self, tables: NDArray[np.uint8]) -> NDArray[np.int16]:
        """Return the next levels, of the payload's own quantizer, shaped as their tables; zeros once failed."""
        return self._next(tables, self._machine)

    def _next(self, tables: NDArray[np.uint8], machine: NDArray[np.int64]) -> NDArray[np.int16]:
        levels, coding = np.zeros(tables.shape, np.int16), self._coding
        if not self.failed:
            self.failed = not rans.decode(
                self._words,
                self._escapes,
                self._progress,
                tables.reshape(-1),
                machine,
                coding.start,
                coding.half,
                coding.cumulative,
                levels.reshape(-1),
            )
        return np.zeros_like(levels) if self.failed else levels
