"""Tests of the entropy coder: Shannon's bound by NumPy from the frequencies alone, and a second decoder of states."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sargui.codec import rans
from sargui.codec.quantizers import SCALAR
from sargui.codec.tables import CodingTables

TOTAL = 65536
NO_ESCAPES = np.zeros(0, np.int64)
STATES = 8


def tables_of(rng: np.random.Generator, count: int, largest: int = 60) -> CodingTables:
    """Return random tables: frequencies of at least one that sum to 65536, the escape last."""
    half = rng.integers(1, largest + 1, count)
    cumulative = []
    for reach in half:
        symbols = 2 * reach + 2
        shares = rng.dirichlet(np.full(symbols, rng.choice([0.05, 0.5, 5.0])))
        frequency = 1 + rng.multinomial(TOTAL - symbols, shares)
        cumulative.append(np.concatenate([[0], np.cumsum(frequency)]))
    return CodingTables(half.astype(np.int64), np.concatenate(cumulative).astype(np.uint32))


def frequencies(coding: CodingTables, table: int) -> np.ndarray:
    start, size = int(coding.start[table]), int(2 * coding.half[table] + 3)
    return np.diff(coding.cumulative[start : start + size].astype(np.int64))


def drawn(rng: np.random.Generator, coding: CodingTables, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return tables and symbols that follow them, those beyond an alphabet as half + 1; symbols of table 0 are 0."""
    tables = rng.integers(0, len(coding.half), count).astype(np.uint8)
    symbols = np.zeros(count, np.int16)
    for table in range(1, len(coding.half)):
        chosen, frequency = tables == table, frequencies(coding, table)
        slots = rng.choice(len(frequency), chosen.sum(), p=frequency / TOTAL)
        symbols[chosen] = slots - coding.half[table]
    return symbols, tables


def information(coding: CodingTables, symbols: np.ndarray, tables: np.ndarray) -> float:
    """Return Shannon's bits of the symbols."""
    bits = 0.0
    for table in range(1, len(coding.half)):
        slots = symbols[tables == table].astype(int) + coding.half[table]
        bits -= np.log2(frequencies(coding, table)[slots] / TOTAL).sum()
    return bits


def encoded(coding: CodingTables, symbols: np.ndarray, tables: np.ndarray) -> np.ndarray:
    words = np.empty(len(symbols) + 2, np.uint32)
    return words[rans.encode(symbols, tables, coding.start, coding.half, coding.cumulative, words) :].copy()


def excess(coding: CodingTables, symbols: np.ndarray, tables: np.ndarray) -> np.ndarray:
    """Return what of each symbol lies beyond its alphabet, of those that do; counted from 0 above, from −1 below."""
    values, half = symbols.astype(np.int64), coding.half[tables]
    out = (np.abs(values) > half) & (tables > 0)
    return np.array([s - h - 1 if s > 0 else s + h for s, h in zip(values[out], half[out], strict=True)], np.int64)


def decoded(
    coding: CodingTables,
    words: np.ndarray,
    escapes: np.ndarray,
    *parts: np.ndarray,
    machine: np.ndarray = SCALAR.machine,
) -> tuple[list[np.ndarray], bool]:
    """Return the levels of each part, and whether all went well."""
    progress = np.array([(int(words[0]) << 32) | int(words[1]), 2, 0], np.uint64)
    results, well = [], True
    for tables in parts:
        levels = np.zeros(len(tables), np.int16)
        well &= rans.decode(
            words, escapes, progress, tables, machine, coding.start, coding.half, coding.cumulative, levels
        )
        results.append(levels)
    return results, well


def any_machine(rng: np.random.Generator) -> np.ndarray:
    """Return a machine of 8 states at random, whose tables come in four sets of six."""
    state = np.arange(STATES)
    scale = 1 + state % 3
    return np.stack(
        [rng.permutation(STATES), rng.permutation(STATES), 6 * rng.integers(0, 4, STATES), scale, state % scale], axis=1
    )


def walked(machine: np.ndarray, symbols: np.ndarray, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the tables and the levels of symbols, by the machine, in plain Python; an index of 0 is passed over."""
    state, tables, levels = 0, np.zeros(len(symbols), np.uint8), np.zeros(len(symbols), np.int64)
    for place, symbol in enumerate(symbols.tolist()):
        if index[place]:
            after_even, after_odd, first, scale, shift = machine[state].tolist()
            tables[place] = index[place] + first
            levels[place] = scale * symbol - shift * np.sign(symbol)
            state = after_odd if symbol % 2 else after_even
    return tables, levels


@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(0, 3000))
@settings(max_examples=40, deadline=None)
def test_symbols_come_back_whatever_the_tables(seed, count, length):
    rng = np.random.default_rng(seed)
    coding = tables_of(rng, count)
    symbols, tables = drawn(rng, coding, length)
    words, escapes = encoded(coding, symbols, tables), excess(coding, symbols, tables)
    (first, second), well = decoded(coding, words, escapes, tables[: length // 3], tables[length // 3 :])
    assert well
    np.testing.assert_array_equal(np.concatenate([first, second]), symbols)


@given(st.integers(0, 2**32), st.integers(0, 2000))
@settings(max_examples=40, deadline=None)
def test_levels_come_back_whatever_the_machine(seed, length):
    # Far beyond the alphabets, too: there the parity of what was escaped leads on.
    rng = np.random.default_rng(seed)
    coding, machine = tables_of(rng, 24, largest=9), any_machine(rng)
    index = rng.integers(0, 6, length).astype(np.uint8)
    symbols = np.rint(rng.standard_normal(length) * 8).astype(np.int16) * (index > 0)
    tables, levels = walked(machine, symbols, index)
    words, escapes = encoded(coding, symbols, tables), excess(coding, symbols, tables)
    (found,), well = decoded(coding, words, escapes, index, machine=machine)
    assert well
    np.testing.assert_array_equal(found, levels)


def test_a_machine_starts_anew_with_each_part():
    rng = np.random.default_rng(4)
    coding, machine = tables_of(rng, 24), any_machine(rng)
    index, symbols = rng.integers(0, 6, (2, 300)).astype(np.uint8), rng.integers(-9, 10, (2, 300)).astype(np.int16)
    symbols *= index > 0
    parts = [walked(machine, *part) for part in zip(symbols, index, strict=True)]
    tables = np.concatenate([part[0] for part in parts])
    words, escapes = encoded(coding, symbols.ravel(), tables), excess(coding, symbols.ravel(), tables)
    found, well = decoded(coding, words, escapes, *index, machine=machine)
    assert well
    for levels, (_, expected) in zip(found, parts, strict=True):
        np.testing.assert_array_equal(levels, expected)


@pytest.mark.parametrize("symbol", [5, 6, -5, -6])
def test_the_parity_of_an_escaped_symbol_drives_the_machine(symbol):
    # Two states of their own levels, 10·s and 100·s; an odd symbol leads from each to the other.
    machine = np.array([[0, 1, 0, 10, 0], [1, 0, 0, 100, 0]])
    coding = CodingTables(np.array([1, 1]), np.array([0, 1, 2, 3, TOTAL, 0, 20, 40, 60, TOTAL], np.uint32))
    symbols, tables = np.array([symbol, 1], np.int16), np.ones(2, np.uint8)
    words, escapes = encoded(coding, symbols, tables), excess(coding, symbols, tables)
    assert escapes.tolist() == [symbol - 2 if symbol > 0 else symbol + 1]
    (levels,), well = decoded(coding, words, escapes, tables, machine=machine)
    assert well
    assert levels.tolist() == [10 * symbol, 100 if symbol % 2 else 10]


@pytest.mark.parametrize("level", [-32768, 32768, 2**27])
def test_a_level_that_16_bits_do_not_hold_is_a_failure(level):
    coding = CodingTables(np.array([1, 1]), np.array([0, 1, 2, 3, TOTAL, 0, 20, 40, 60, TOTAL], np.uint32))
    tables = np.ones(1, np.uint8)
    words = encoded(coding, np.array([9], np.int16), tables)
    assert decoded(coding, words, np.array([32767 - 2]), tables) == ([np.array([32767])], True)
    assert not decoded(coding, words, np.array([level - 2 if level > 0 else level + 1]), tables)[1]


@pytest.mark.parametrize("seed", range(4))
def test_a_stream_is_as_short_as_shannon_allows(seed):
    rng = np.random.default_rng(seed)
    coding = tables_of(rng, 8)
    symbols, tables = drawn(rng, coding, 100_000)
    bits = information(coding, symbols, tables)
    assert bits / 8 - 1 <= encoded(coding, symbols, tables).nbytes <= bits / 8 * 1.001 + 8


def test_the_estimate_is_shannons_information():
    rng = np.random.default_rng(9)
    coding = tables_of(rng, 8)
    symbols, tables = drawn(rng, coding, 20_000)
    inside = np.abs(symbols.astype(int)) <= coding.half[tables]
    symbols, tables = symbols[inside], tables[inside]
    found = rans.bits(symbols, tables, coding.start, coding.half, coding.cost)
    assert found == pytest.approx(information(coding, symbols, tables), rel=1e-5)


def test_symbols_of_table_0_cost_nothing():
    coding = tables_of(np.random.default_rng(1), 3)
    zeros = np.zeros(5000, np.int16), np.zeros(5000, np.uint8)
    assert encoded(coding, *zeros).nbytes == 8  # the coder's state
    assert rans.bits(*zeros, coding.start, coding.half, coding.cost) == 0


def test_a_symbol_of_frequency_1_costs_16_bits():
    # Two words of state and one symbol in 65536: the dearest there is.
    coding = CodingTables(np.array([1, 1]), np.array([0, 1, 2, 3, TOTAL, 0, 1, 65534, 65535, TOTAL], np.uint32))
    symbols, tables = np.full(1000, -1, np.int16), np.ones(1000, np.uint8)
    words = encoded(coding, symbols, tables)
    assert abs(words.nbytes - 2000) <= 8
    np.testing.assert_array_equal(decoded(coding, words, NO_ESCAPES, tables)[0][0], symbols)


def test_words_or_escapes_that_end_too_early_are_a_failure():
    rng = np.random.default_rng(2)
    coding = tables_of(rng, 6)
    symbols, tables = drawn(rng, coding, 5000)
    words, escapes = encoded(coding, symbols, tables), excess(coding, symbols, tables)
    assert len(escapes) > 0
    assert decoded(coding, words, escapes, tables)[1]
    assert not decoded(coding, words[:-20].copy(), escapes, tables)[1]
    assert not decoded(coding, words, escapes[:-1], tables)[1]


@given(st.binary(min_size=8, max_size=400), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_any_bytes_decode_to_symbols_of_the_alphabets_or_fail(data, seed):
    rng = np.random.default_rng(seed)
    coding = tables_of(rng, 6)
    words = np.frombuffer(data[: len(data) // 4 * 4], "<u4").astype(np.uint32)
    tables = rng.integers(0, 6, 2000).astype(np.uint8)
    (levels,), _ = decoded(coding, words, NO_ESCAPES, tables)
    assert (np.abs(levels) <= np.where(tables > 0, coding.half[tables], 0)).all()


def test_counting_puts_the_far_ends_into_the_last_bins():
    counts = np.zeros((3, 5), np.int64)
    symbols = np.array([-900, -2, -1, 0, 0, 1, 2, 3, 32767, -32768], np.int16)
    rans.count(symbols, np.full(10, 2, np.uint8), counts)
    assert counts[2].tolist() == [3, 1, 2, 1, 3]
    assert counts[:2].sum() == 0
