"""Tests of a tile's symbol stream: symbols in the alphabets and far beyond them, and streams that were cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sargui.codec.payload import Payload
from sargui.codec.quantizers import DEPENDENT
from sargui.codec.stream import SymbolReader, symbol_bits, write_symbols
from sargui.codec.tables import empty_counts, fit

CODING = fit(empty_counts(8))
LIMIT = 32767  # of a symbol: 16 bits, symmetric


def payload(words: np.ndarray, escapes: bytes, profile: int = 0) -> Payload:
    return Payload(profile, 0, 0, b"", None, words, escapes)


def read(words: np.ndarray, escapes: bytes, tables: np.ndarray) -> tuple[np.ndarray, bool]:
    reader = SymbolReader(payload(words, escapes), CODING)
    return reader.next(tables), reader.failed


def drawn(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    tables = rng.integers(0, 200, count).astype(np.uint8)
    sigma = np.where(tables < 192, 0.06 * np.exp(tables % 64 / 8), 2.0)
    symbols = np.clip(np.rint(rng.standard_normal(count) * sigma * 1.5), -LIMIT, LIMIT).astype(np.int16)
    symbols[tables == 0] = 0
    return symbols, tables


@given(st.integers(0, 2**32), st.integers(0, 2000))
@settings(max_examples=30, deadline=None)
def test_symbols_come_back_with_and_without_escapes(seed, count):
    symbols, tables = drawn(seed, count)
    found, failed = read(*write_symbols(symbols, tables, CODING), tables)
    assert not failed
    np.testing.assert_array_equal(found, symbols)


@pytest.mark.parametrize("table", [1, 20, 45, 63, 64, 71, 191, 192, 199])
def test_values_at_both_ends_and_on_both_sides_of_the_alphabet_come_back(table):
    half = int(CODING.half[table])
    symbols = np.array([-LIMIT, 1 - LIMIT, -half - 2, -half - 1, -half, 0, half, half + 1, half + 2, LIMIT - 1, LIMIT])
    tables = np.full(len(symbols), table, np.uint8)
    found, failed = read(*write_symbols(symbols.astype(np.int16), tables, CODING), tables)
    assert not failed
    np.testing.assert_array_equal(found, symbols)


def test_parts_of_any_shape_are_read_one_after_another():
    symbols, tables = drawn(1, 600)
    reader = SymbolReader(payload(*write_symbols(symbols, tables, CODING)), CODING)
    found = [reader.next(part) for part in (tables[:200].reshape(2, 10, 10), tables[200:].reshape(4, 100))]
    assert [part.shape for part in found] == [(2, 10, 10), (4, 100)]
    np.testing.assert_array_equal(np.concatenate([part.ravel() for part in found]), symbols)


def test_side_information_is_scalar_whatever_the_profile_and_the_rest_is_of_the_profile():
    # From state 0 of dependent quantization, tables 64 + i and even levels; two even symbols more stay there.
    side, symbols = np.array([3, -4, 0], np.int16), np.array([2, -4, 6], np.int16)
    index = np.full(3, 20, np.uint8)
    assert DEPENDENT.machine[0].tolist()[0] == 0
    words, escapes = write_symbols(
        np.concatenate([side, symbols]), np.concatenate([np.full(3, 195), 64 + index]).astype(np.uint8), CODING
    )
    reader = SymbolReader(payload(words, escapes, 1), CODING)
    assert reader.next_side(np.full((1, 3), 195, np.uint8)).tolist() == [[3, -4, 0]]
    assert reader.next(index).tolist() == [4, -8, 12]
    assert not reader.failed


def test_the_estimate_agrees_with_the_bytes_to_a_thousandth():
    symbols, tables = drawn(2, 100_000)
    words, escapes = write_symbols(symbols, tables, CODING)
    assert escapes
    assert words.nbytes + len(escapes) == pytest.approx(symbol_bits(symbols, tables, CODING) / 8, rel=1e-3)


def test_a_stream_that_ends_too_early_fails_and_gives_zeros_from_then_on():
    symbols, tables = drawn(3, 4000)
    words, escapes = write_symbols(symbols, tables, CODING)
    reader = SymbolReader(payload(words[:-30], escapes), CODING)
    assert not reader.next(tables).any()
    assert reader.failed
    assert not reader.next(tables).any()


@pytest.mark.parametrize("escapes", [b"", b"\x80", b"\xff\xff\xff\x7f"])
def test_missing_unfinished_and_impossible_escapes_fail(escapes):
    symbols, tables = np.array([0, 500, 0], np.int16), np.full(3, 20, np.uint8)
    words, _ = write_symbols(symbols, tables, CODING)
    assert read(words, escapes, tables)[1]


@given(st.binary(min_size=8, max_size=200), st.binary(max_size=20))
@settings(max_examples=100, deadline=None)
def test_any_bytes_give_symbols_of_16_bits_or_fail(data, escapes):
    words = np.frombuffer(data[: len(data) // 4 * 4], "<u4").astype(np.uint32)
    tables = np.random.default_rng(0).integers(0, 200, (3, 50)).astype(np.uint8)
    found, failed = read(words, escapes, tables)
    assert found.shape == tables.shape
    assert found.dtype == np.int16
    assert not failed or not found.any()
