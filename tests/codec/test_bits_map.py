"""Tests of the bits map: it adds up to what the tables foretell, and says where the bits are."""

import numpy as np
import pytest
import torch

from sargui.codec.bits_map import cell_bits
from sargui.codec.stream import symbol_bits
from sargui.codec.tables import CodingTables
from sargui.codec.tile_codec import TileFrame, full_cells
from sargui.core.tiling import CELL


@pytest.fixture(scope="module")
def coded(tiny):
    """Two tiles: noise in the left half of the first, and everywhere in the second."""
    rng = np.random.default_rng(5)
    halo = tiny.analysis_halo
    tiles = []
    for busy in (256, 512):
        x = np.zeros((512 + 2 * halo, 512 + 2 * halo), np.float32)
        x[:, : halo + busy] = rng.standard_normal((512 + 2 * halo, halo + busy))
        tiles.append(tiny.analyze(x, 7000))
    frames = [TileFrame(full_cells((32, 32)), (32, 32))] * 2
    return tiny.quantize(torch.stack(tiles), frames, 7000)[0]


def by_hand(symbol: int, table: int, coding: CodingTables) -> float:
    """Return the bits of one symbol straight from the frequencies."""
    if table == 0:
        return 0.0
    half, start = int(coding.half[table]), int(coding.start[table])
    inside = abs(symbol) <= half
    slot = start + (symbol + half if inside else 2 * half + 1)
    share = (int(coding.cumulative[slot + 1]) - int(coding.cumulative[slot])) / 65536
    return -np.log2(share) + (0 if inside else 8 * max(1, -(-(2 * (abs(symbol) - half - 1)).bit_length() // 7)))


def test_the_cells_add_up_to_the_stream(coded, tiny):
    bits = cell_bits(coded, tiny.tables)
    assert bits.shape == (2, 32, 32)
    for tile in range(2):
        assert bits[tile].sum() == pytest.approx(symbol_bits(*coded.flat(tile), tiny.tables), rel=1e-6)


@pytest.mark.parametrize(("row", "col"), [(0, 0), (0, 1), (7, 12), (31, 30), (31, 31)])
def test_a_cell_has_the_bits_of_its_own_symbols_and_a_sixteenth_of_its_side_information(coded, tiny, row, col):
    side, *halves = coded.parts
    cells = {0: [], 1: []}
    for place in range(32 * 32):
        at = divmod(place, 32)
        cells[sum(at) % 2].append(at)
    place = cells[(row + col) % 2].index((row, col))
    own = [half for number, half in enumerate(halves) if number % 2 == (row + col) % 2]
    total = sum(
        by_hand(int(symbol), int(table), tiny.tables)
        for half in own
        for symbol, table in zip(half.symbols[0, :, place], half.tables[0, :, place], strict=True)
    )
    about = (row // 4) * 8 + col // 4
    for symbol, table in zip(side.symbols[0, :, about], side.tables[0, :, about], strict=True):
        total += by_hand(int(symbol), int(table), tiny.tables) / 16
    assert cell_bits(coded, tiny.tables)[0, row, col] == pytest.approx(total, rel=1e-5, abs=1e-6)


def test_the_bits_are_where_the_noise_is(coded, tiny):
    bits = cell_bits(coded, tiny.tables)
    middle = 256 // CELL
    assert bits[0, :, : middle - 1].mean() > 5 * bits[0, :, middle + 3 :].mean()
    assert bits[1, :, middle + 3 :].mean() == pytest.approx(bits[1, :, : middle - 1].mean(), rel=0.2)
