"""The symbol stream of one tile: rANS words, and the values that lie beyond the tables' alphabets as plain bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sargui.codec import rans
from sargui.codec.payload import Payload, pack_escapes, unpack_escapes
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
    """Reads a tile's symbols part by part, as their tables become known; `failed` once the stream makes no sense."""

    def __init__(self, payload: Payload, coding: CodingTables) -> None:
        self._coding = coding
        self.failed = False
        self._words = payload.words if payload.words is not None else np.zeros(2, np.uint32)
        self._state = np.array([(int(self._words[0]) << 32) | int(self._words[1]), 2], np.uint64)
        try:
            self._escapes = iter(unpack_escapes(payload.escapes))
        except DamagedFileError:
            self.failed = True
            self._escapes = iter(())

    def next(self, tables: NDArray[np.uint8]) -> NDArray[np.int16]:
        """Return the next symbols, shaped as their tables; zeros once the stream has failed."""
        symbols = np.zeros(tables.shape, np.int16)
        if not self.failed:
            coding, flat, chosen = self._coding, symbols.reshape(-1), tables.reshape(-1)
            escapes = rans.decode(self._words, self._state, chosen, coding.start, coding.half, coding.cumulative, flat)
            self.failed = escapes == rans.EXHAUSTED or (escapes > 0 and not self._replace_escapes(flat, chosen))
        return np.zeros_like(symbols) if self.failed else symbols

    def _replace_escapes(self, symbols: NDArray[np.int16], tables: NDArray[np.uint8]) -> bool:
        """Put the values of escapes in their places; say whether they were there and fit."""
        half = self._coding.half[tables]
        for place in np.flatnonzero((symbols > half) & (tables > 0)):
            excess, reach = next(self._escapes, None), int(half[place])
            if excess is None:
                return False
            value = excess + reach + 1 if excess >= 0 else excess - reach
            if abs(value) > np.iinfo(np.int16).max:
                return False
            symbols[place] = value
        return True
