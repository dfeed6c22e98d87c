"""Tests of the entropy coder against Shannon's bound, computed by NumPy from the frequencies alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sargui.codec import rans
from sargui.codec.tables import CodingTables

TOTAL = 65536


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
    """Return tables and symbols that follow them, escapes as half + 1; symbols of table 0 are 0."""
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


def decoded(coding: CodingTables, words: np.ndarray, *parts: np.ndarray) -> tuple[list[np.ndarray], list[int]]:
    state = np.array([(int(words[0]) << 32) | int(words[1]), 2], np.uint64)
    results, escapes = [], []
    for tables in parts:
        symbols = np.zeros(len(tables), np.int16)
        escapes.append(rans.decode(words, state, tables, coding.start, coding.half, coding.cumulative, symbols))
        results.append(symbols)
    return results, escapes


@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(0, 3000))
@settings(max_examples=40, deadline=None)
def test_symbols_come_back_whatever_the_tables(seed, count, length):
    rng = np.random.default_rng(seed)
    coding = tables_of(rng, count)
    symbols, tables = drawn(rng, coding, length)
    words = encoded(coding, symbols, tables)
    (first, second), escapes = decoded(coding, words, tables[: length // 3], tables[length // 3 :])
    np.testing.assert_array_equal(np.concatenate([first, second]), symbols)
    assert sum(escapes) == int(((symbols > coding.half[tables]) & (tables > 0)).sum())


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
    np.testing.assert_array_equal(decoded(coding, words, tables)[0][0], symbols)


def test_an_exhausted_stream_says_so():
    rng = np.random.default_rng(2)
    coding = tables_of(rng, 6)
    symbols, tables = drawn(rng, coding, 5000)
    words = encoded(coding, symbols, tables)
    assert decoded(coding, words[:-20].copy(), tables)[1] == [rans.EXHAUSTED]


@given(st.binary(min_size=8, max_size=400), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_any_bytes_decode_to_symbols_of_the_alphabets_or_to_exhaustion(data, seed):
    rng = np.random.default_rng(seed)
    coding = tables_of(rng, 6)
    words = np.frombuffer(data[: len(data) // 4 * 4], "<u4").astype(np.uint32)
    tables = rng.integers(0, 6, 2000).astype(np.uint8)
    (symbols,), _ = decoded(coding, words, tables)
    half = np.where(tables > 0, coding.half[tables], 0)
    assert (symbols >= -half).all()
    assert (symbols <= half + 1).all()


def test_counting_puts_the_far_ends_into_the_last_bins():
    counts = np.zeros((3, 5), np.int64)
    symbols = np.array([-900, -2, -1, 0, 0, 1, 2, 3, 32767, -32768], np.int16)
    rans.count(symbols, np.full(10, 2, np.uint8), counts)
    assert counts[2].tolist() == [3, 1, 2, 1, 3]
    assert counts[:2].sum() == 0
