"""The encoder's side of dependent quantization: the cheapest path through the states, by Viterbi's algorithm (1967).

Cost is bits, by the very tables that code, plus SLOPE times the squared error in steps². Compiled with numba; the
interpreter lock is released. What is decoded does not depend on anything here (quantizers.py).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sargui.codec.compiled import compiled
from sargui.codec.quantizers import STATES
from sargui.codec.trellis_step import BEFORE, advance
from sargui.networks.entropy import HALF_STEP, TABLES
from sargui.networks.quality import STEP_SQUARED_TIMES_LAMBDA

SLOPE = 0.65 * STEP_SQUARED_TIMES_LAMBDA  # bits per step²; the factor by measurement (docs/decisions)
MOST = 2.0**15 - 5  # levels; the nearest of either parity still fits 16 bits
RENORMALIZE = 128  # places after which the least cost is taken from all, so that float32 stays exact enough
_INFINITE = np.float32(1e30)


@compiled(inline="always")
def _bits(
    symbol: int, table: int, start: NDArray[np.int64], half: NDArray[np.int64], cost: NDArray[np.float32]
) -> float:
    """Return the bits of a symbol that is not negative."""
    reach = half[table]
    if symbol <= reach:
        bits = cost[start[table] + reach + symbol]
    else:
        bits = cost[start[table] + 2 * reach + 1] + 8.0 * (1 + (symbol > reach + 64))
    return float(bits)


@compiled(inline="always")
def _symbol(size: float, levelset: int, parity: int) -> int:
    """Return the symbol of a parity whose level is nearest to `size`, in levels and not negative."""
    middle = 0.25 * (size + levelset)
    return 2 * int(middle) + 1 if parity else 2 * int(middle + 0.5)


@compiled()
def _prices(
    size: float,
    index: int,
    start: NDArray[np.int64],
    half: NDArray[np.int64],
    cost: NDArray[np.float32],
    price: NDArray[np.float32],
) -> int:
    """Fill price[level set, parity] with the least cost; return bit s: the best even symbol of level set s is 0."""
    weight = SLOPE * HALF_STEP**2
    zeros = 0
    for levelset in range(2):
        table = index + TABLES * (1 + levelset)
        odd, even = _symbol(size, levelset, 1), _symbol(size, levelset, 0)
        error = size - (2 * odd - levelset)
        price[levelset, 1] = _bits(odd, table, start, half, cost) + weight * error * error
        best = _bits(0, table, start, half, cost) + weight * size * size
        error = size - (2 * even - levelset)
        other = _bits(even, table, start, half, cost) + weight * error * error
        zero = even == 0 or best <= other
        price[levelset, 0] = best if zero else other
        zeros |= zero << levelset
    return zeros


@compiled()
def search(
    values: NDArray[np.float32],
    index: NDArray[np.uint8],
    start: NDArray[np.int64],
    half: NDArray[np.int64],
    cost: NDArray[np.float32],
    symbols: NDArray[np.int16],
    tables: NDArray[np.uint8],
    levels: NDArray[np.int16],
) -> None:
    """Choose symbols, their tables and levels for values in steps, in coding order; index 0 stays 0, uncoded."""
    places = np.flatnonzero(index)
    odd = np.empty((len(places), STATES), np.uint8)
    zeros = np.empty(len(places), np.uint8)
    total, after = np.full(STATES, _INFINITE, np.float32), np.empty(STATES, np.float32)
    total[0] = 0
    price = np.empty((2, 2), np.float32)
    for number, place in enumerate(places):
        size = min(abs(values[place]) / HALF_STEP, MOST)
        zeros[number] = _prices(size, index[place], start, half, cost, price)
        advance(total, price, after, odd[number])
        total, after = after, total
        if number % RENORMALIZE == 0:
            total -= total.min()
    symbols[:], tables[:], levels[:] = 0, 0, 0
    state = np.int64(np.argmin(total))
    for number in range(len(places) - 1, -1, -1):
        place = places[number]
        parity = np.int64(odd[number, state])
        state = BEFORE[parity, state]
        levelset = state & 1
        symbol = 0
        if parity or not (zeros[number] >> levelset) & 1:
            symbol = _symbol(min(abs(values[place]) / HALF_STEP, MOST), levelset, parity)
        sign = -1 if values[place] < 0 else 1
        symbols[place] = sign * symbol
        levels[place] = sign * (2 * symbol - levelset * (symbol > 0))
        tables[place] = index[place] + TABLES * (1 + levelset)
