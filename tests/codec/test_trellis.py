"""Tests of the search of dependent quantization: all paths tried one by one, and the gain that theory promises."""

import itertools

import numpy as np
import pytest

from sargui.codec import rans, trellis
from sargui.codec.payload import Payload
from sargui.codec.stream import SymbolReader, write_symbols
from sargui.codec.tables import CodingTables, empty_counts, fit, scales

CODING = fit(empty_counts(8))
LEVEL = 0.9  # steps
SLOPE = 0.65 * 12 / (2 * np.log(2))  # bits per step²


def searched(values: np.ndarray, index: np.ndarray, coding: CodingTables = CODING) -> tuple[np.ndarray, ...]:
    """Return symbols, tables and levels."""
    found = [np.full(len(values), 77, kind) for kind in (np.int16, np.uint8, np.int16)]
    given = values.astype(np.float32), index.astype(np.uint8)
    trellis.search(*given, coding.start, coding.half, coding.cost, *found)
    return tuple(found)


def drawn(seed: int, count: int, lowest: int = 1, highest: int = 50) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    index = rng.integers(lowest, highest, count)
    return (rng.standard_normal(count) * scales()[index] * 1.2).astype(np.float32), index.astype(np.uint8)


def bits(symbol: int, table: int) -> float:
    """Return the bits of a symbol: by its frequency, or by the escape's and the bytes of the excess."""
    half, start = int(CODING.half[table]), int(CODING.start[table])
    slot = half + symbol if abs(symbol) <= half else 2 * half + 1
    frequency = int(CODING.cumulative[start + slot + 1]) - int(CODING.cumulative[start + slot])
    size = 0 if abs(symbol) <= half else 8 * (1 + (2 * (abs(symbol) - half - 1) >= 128))
    return size - np.log2(frequency / 65536)


def step_cost(value: float, index: int, state: int, symbol: int) -> float:
    odd = state % 2
    level = 2 * symbol - odd * int(np.sign(symbol))
    return bits(symbol, index + 64 * (1 + odd)) + SLOPE * (value - LEVEL * level) ** 2


def following(state: int, symbol: int) -> int:
    return (state // 2) ^ (78 * (state % 2)) ^ (43 * (symbol % 2))


def cost(values: np.ndarray, index: np.ndarray, symbols: np.ndarray | tuple[int, ...]) -> float:
    """Return bits plus SLOPE times the squared error, walking the machine by its documented rules."""
    state, total = 0, 0.0
    for value, table, symbol in zip(values.tolist(), index.tolist(), map(int, symbols), strict=True):
        total += step_cost(value, table, state, symbol)
        state = following(state, symbol)
    return total


@pytest.mark.parametrize("count", [1, 4, 5])
@pytest.mark.parametrize("seed", range(4))
def test_no_sequence_of_symbols_costs_less(seed, count):
    values, index = drawn(seed, count, 10, 34)
    values = np.clip(values, -4, 4)  # so that the best symbols are among those tried
    least = min(cost(values, index, symbols) for symbols in itertools.product(range(-3, 4), repeat=count))
    assert cost(values, index, searched(values, index)[0]) == pytest.approx(least, abs=1e-3)


@pytest.mark.parametrize("seed", range(4))
def test_no_path_costs_less_where_paths_meet(seed):
    # Paths through 128 states meet after 7 symbols. The parities decide the path; along it each symbol is free.
    count = 12
    values, index = drawn(100 + seed, count, 10, 40)
    cheapest = np.empty((count, 2, 2))
    for place, odd, parity in np.ndindex(cheapest.shape):
        symbols = range(-40 + parity, 41, 2)
        cheapest[place, odd, parity] = min(step_cost(float(values[place]), int(index[place]), odd, s) for s in symbols)
    least = np.inf
    for parities in itertools.product(range(2), repeat=count):
        state, total = 0, 0.0
        for place, parity in enumerate(parities):
            total += cheapest[place, state % 2, parity]
            state = following(state, parity)
        least = min(least, total)
    assert cost(values, index, searched(values, index)[0]) == pytest.approx(least, abs=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_levels_and_tables_are_those_that_walking_the_machine_gives(seed):
    values, index = drawn(200 + seed, 3000, 0)
    symbols, tables, levels = searched(values, index)
    state = 0
    for place in np.flatnonzero(index).tolist():
        symbol, odd = int(symbols[place]), state % 2
        assert levels[place] == 2 * symbol - odd * np.sign(symbol)
        assert tables[place] == index[place] + 64 * (1 + odd)
        state = following(state, symbol)
    assert len(np.unique(levels)) > 20


def test_uncoded_places_are_zero_and_change_nothing():
    values, index = drawn(5, 500)
    alone = searched(values, index)
    places = np.sort(np.random.default_rng(6).choice(800, 500, replace=False))
    spread_values, spread_index = np.full(800, 123.4, np.float32), np.zeros(800, np.uint8)
    spread_values[places], spread_index[places] = values, index
    for among, found in zip(searched(spread_values, spread_index), alone, strict=True):
        np.testing.assert_array_equal(among[places], found)
        assert not among[spread_index == 0].any()


def test_nothing_coded_is_nothing_found():
    for count in (0, 40):
        assert not any(part.any() for part in searched(np.ones(count), np.zeros(count)))


def test_the_same_values_give_the_same_symbols_and_the_opposite_ones_the_opposite():
    values, index = drawn(7, 4000)
    symbols, tables, levels = searched(values, index)
    for sign in (1, -1):
        again = searched(sign * values, index)
        for found, expected in zip(again, (sign * symbols, tables, sign * levels), strict=True):
            np.testing.assert_array_equal(found, expected)


def decoded(symbols: np.ndarray, tables: np.ndarray, index: np.ndarray) -> np.ndarray:
    words, escapes = write_symbols(symbols, tables, CODING)
    reader = SymbolReader(Payload(1, 0, 0, b"", None, words, escapes), CODING)
    levels = reader.next(index)
    assert not reader.failed
    return levels


@pytest.mark.parametrize("seed", range(3))
def test_what_is_found_is_decoded(seed):
    values, index = drawn(300 + seed, 5000, 0, 64)
    symbols, tables, levels = searched(values, index)
    np.testing.assert_array_equal(decoded(symbols, tables, index), levels)


@pytest.mark.parametrize("size", [29_480.0, 29_490.3, 29_491.2, 3e4, 1e6, 1e30, np.inf])
@pytest.mark.parametrize("table", [1, 30, 63])
def test_values_beyond_16_bits_become_the_largest_levels_and_are_decoded(size, table):
    values = np.tile(np.array([size, -size, size, 0.0, 3.0, -size], np.float32), 40)
    index = np.full(len(values), table, np.uint8)
    symbols, tables, levels = searched(values, index)
    large = np.abs(values) > 100
    assert (np.abs(levels[large].astype(int)) >= 32_750).all()
    np.testing.assert_array_equal(np.sign(levels[large]), np.sign(values[large]))
    np.testing.assert_array_equal(decoded(symbols, tables, index), levels)


def test_only_zero_is_off_by_more_than_two_levels():
    # The levels of a set and a parity lie 4 apart, so that the nearest is off by at most 2.
    values, index = drawn(8, 20_000, 1, 64)
    levels = searched(values, index)[2]
    error = np.abs(values / LEVEL - levels)
    assert error[levels != 0].max() <= 2 + 1e-3


@pytest.mark.parametrize("index", [24, 30, 36])
def test_gaussian_values_need_at_least_4_percent_fewer_bits_than_rounded_ones_of_the_same_error(index):
    # High-rate theory allows 0.254 bit (Zador); 128 states reach about 0.2, a tenth to a twentieth of what is needed.
    count = 20_000
    unit = np.random.default_rng(9).standard_normal(count)

    def rate(symbols: np.ndarray, tables: np.ndarray) -> float:
        return rans.bits(symbols, tables.astype(np.uint8), CODING.start, CODING.half, CODING.cost) / count

    values = unit * scales()[index]
    symbols, tables, levels = searched(values, np.full(count, index))
    error = np.mean((LEVEL * levels - values) ** 2)
    curve = []
    for coarser in range(-8, 9):  # steps from exp(−1) to e: the same values, their tables that much further
        step = np.exp(coarser / 8)
        rounded = np.floor(values / step + 0.5)
        curve.append(
            (
                np.log(np.mean((step * rounded - values) ** 2)),
                rate(rounded.astype(np.int16), np.full(count, index - coarser)),
            )
        )
    scalar = np.interp(np.log(error), *zip(*curve, strict=True))
    found = rate(symbols, tables)
    assert found < 0.96 * scalar
    assert scalar - found < 0.254 + 0.03  # not better than is possible
