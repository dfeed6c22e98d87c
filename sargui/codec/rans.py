"""Range asymmetric numeral systems (Duda 2013, arXiv:1311.2540): 64-bit state, 32-bit words, 16-bit frequencies.

Compiled with numba; the interpreter lock is released, so that tiles are coded in parallel and a window stays
alive. A table is a slice of one flat array of cumulative frequencies, 2·half + 3 entries long: symbols
−half..half, then the escape. Symbols of table 0 are always 0 and are not coded.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sargui.codec.compiled import compiled

PRECISION = 16
TOTAL = 1 << PRECISION
_LOWER = np.uint64(1 << 31)
_WORD = np.uint64(32)
_MASK = np.uint64(0xFFFFFFFF)
_SLOT = np.uint64(TOTAL - 1)
_RENORMALIZE = np.uint64(63 - PRECISION)
_PRECISION = np.uint64(PRECISION)

LEVEL_LIMIT = 2**15 - 1


@compiled()
def encode(
    symbols: NDArray[np.int16],
    tables: NDArray[np.uint8],
    start: NDArray[np.int64],
    half: NDArray[np.int64],
    cumulative: NDArray[np.uint32],
    words: NDArray[np.uint32],
) -> int:
    """Fill `words` from its end; return where they begin. It must hold a word per coded symbol and two more."""
    state = _LOWER
    place = len(words)
    for number in range(len(symbols) - 1, -1, -1):
        table = tables[number]
        if table == 0:
            continue
        reach = half[table]
        symbol = np.int64(symbols[number])
        slot = symbol + reach if -reach <= symbol <= reach else 2 * reach + 1
        low = np.uint64(cumulative[start[table] + slot])
        frequency = np.uint64(cumulative[start[table] + slot + 1]) - low
        if state >= frequency << _RENORMALIZE:
            place -= 1
            words[place] = np.uint32(state & _MASK)
            state >>= _WORD
        state = ((state // frequency) << _PRECISION) + state % frequency + low
    words[place - 1] = np.uint32(state & _MASK)
    words[place - 2] = np.uint32(state >> _WORD)
    return place - 2


@compiled(inline="always")
def _slot(cumulative: NDArray[np.uint32], base: int, reach: int, target: int) -> int:
    """Return the slot of a table whose share of the range holds `target`; 0, the most frequent, is tried first."""
    if cumulative[base + reach] <= target < cumulative[base + reach + 1]:
        return reach
    left, right = 0, 2 * reach + 2
    while right - left > 1:
        middle = (left + right) >> 1
        if cumulative[base + middle] <= target:
            left = middle
        else:
            right = middle
    return left


@compiled()
def decode(
    words: NDArray[np.uint32],
    escapes: NDArray[np.int64],
    progress: NDArray[np.uint64],
    tables: NDArray[np.uint8],
    machine: NDArray[np.int64],
    start: NDArray[np.int64],
    half: NDArray[np.int64],
    cumulative: NDArray[np.uint32],
    levels: NDArray[np.int16],
) -> bool:
    """Fill `levels` from their tables, walking a quantizer's machine from state 0; return whether all went well.

    `progress` is (coder state, next word, next escape) and goes on where the last call stopped.
    """
    x, place, escape = progress[0], np.int64(progress[1]), np.int64(progress[2])
    state = 0
    for number in range(len(levels)):
        if tables[number] == 0:
            levels[number] = 0
            continue
        table = tables[number] + machine[state, 2]
        reach, base = half[table], start[table]
        target = np.uint32(x & _SLOT)
        slot = _slot(cumulative, base, reach, target)
        low = np.uint64(cumulative[base + slot])
        frequency = np.uint64(cumulative[base + slot + 1]) - low
        x = frequency * (x >> _PRECISION) + np.uint64(target) - low
        if x < _LOWER:
            if place >= len(words):
                return False
            x = (x << _WORD) | np.uint64(words[place])
            place += 1
        symbol = slot - reach
        if slot == 2 * reach + 1:
            if escape >= len(escapes):
                return False
            excess = escapes[escape]
            escape += 1
            symbol = excess + reach + 1 if excess >= 0 else excess - reach
        level = machine[state, 3] * symbol - machine[state, 4] * ((symbol > 0) - (symbol < 0))
        if abs(level) > LEVEL_LIMIT:
            return False
        levels[number] = level
        state = machine[state, symbol & 1]
    progress[0], progress[1], progress[2] = x, np.uint64(place), np.uint64(escape)
    return True


@compiled()
def count(symbols: NDArray[np.int16], tables: NDArray[np.uint8], counts: NDArray[np.int64]) -> None:
    """Add each symbol to counts[table, symbol + middle], the ends standing for all beyond."""
    middle = counts.shape[1] // 2
    for number in range(len(symbols)):
        symbol = min(max(np.int64(symbols[number]), -middle), middle)
        counts[tables[number], symbol + middle] += 1


@compiled(inline="always")
def _cost(symbol: int, base: int, reach: int, cost: NDArray[np.float32]) -> float:
    """Return the bits of a symbol by the table at `base`; beyond its alphabet those of the escape and its bytes."""
    if -reach <= symbol <= reach:
        return float(cost[base + symbol + reach])
    beyond = 2 * (abs(symbol) - reach - 1)
    total = float(cost[base + 2 * reach + 1]) + 8.0
    while beyond >= 128:
        beyond >>= 7
        total += 8.0
    return total


@compiled()
def bits(
    symbols: NDArray[np.int16],
    tables: NDArray[np.uint8],
    start: NDArray[np.int64],
    half: NDArray[np.int64],
    cost: NDArray[np.float32],
) -> float:
    """Return the bits that the tables ask for these symbols; `cost` is laid out as the cumulative frequencies."""
    total = 0.0
    for number in range(len(symbols)):
        table = tables[number]
        if table:
            total += _cost(np.int64(symbols[number]), start[table], half[table], cost)
    return total


@compiled()
def add_bits(
    symbols: NDArray[np.int16],
    tables: NDArray[np.uint8],
    start: NDArray[np.int64],
    half: NDArray[np.int64],
    cost: NDArray[np.float32],
    totals: NDArray[np.float64],
) -> None:
    """Add the bits of symbols (channels, places) to `totals` (places)."""
    for channel in range(symbols.shape[0]):
        for place in range(symbols.shape[1]):
            table = tables[channel, place]
            if table:
                totals[place] += _cost(np.int64(symbols[channel, place]), start[table], half[table], cost)
