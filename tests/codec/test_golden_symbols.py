"""Golden files pin symbols and bytes: what was written once is read, and would be written again, symbol for symbol.

tests/data/make_tiny_model.py made them, with the symbols that the encoder chose.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from sargui.codec.payload import Payload
from sargui.codec.quantizers import QUANTIZERS
from sargui.codec.stream import SymbolReader, write_symbols
from sargui.codec.symbols import checksum, dequantize, z_table_map
from sargui.codec.tile_codec import coded_cells
from sargui.container import Reader, TileKey

DATA = Path(__file__).parents[1] / "data"
EXTENT = (7, 9)  # cells of 100 × 130 pixels


@pytest.fixture(params=["golden", "golden_fast"])
def golden(request) -> tuple[Payload, np.ndarray, np.ndarray]:
    """The payload of a golden file's tile, its symbols in coding order, and their tables."""
    reader = Reader(DATA / f"{request.param}.sarz")
    try:
        payload = Payload.unpack(reader.payload(TileKey(0, 0, 0, 0)))
    finally:
        reader.close()
    with np.load(DATA / f"{request.param}.npz") as stored:
        return payload, stored["symbols"], stored["tables"]


def test_the_golden_files_are_of_both_profiles():
    profiles = set()
    for name in ("golden", "golden_fast"):
        with np.load(DATA / f"{name}.npz") as stored:
            profiles.add(bool((stored["tables"] // 64 == 1).any()))
    assert profiles == {True, False}


def test_the_golden_symbols_are_written_as_the_golden_bytes(golden, tiny):
    payload, symbols, tables = golden
    words, escapes = write_symbols(symbols, tables, tiny.tables)
    np.testing.assert_array_equal(words, payload.words)
    assert escapes == payload.escapes


def test_the_golden_bytes_are_read_as_the_golden_symbols_by_the_golden_tables(golden, tiny):
    payload, symbols, tables = golden
    chosen, reader = [], SymbolReader(payload, tiny.tables)
    cells = torch.from_numpy(coded_cells(payload, EXTENT)[None]).float()

    def read(index: np.ndarray) -> np.ndarray:
        chosen.append(index)
        return reader.next(index[0])[None]

    with torch.inference_mode():
        z_tables = z_table_map(tiny.network, cells).flatten(2).to(torch.uint8).numpy()
        z = reader.next_side(z_tables[0])[None]
        found, _ = dequantize(tiny.network, cells, payload.quality, QUANTIZERS[payload.profile], z, read)
    places = z.size
    np.testing.assert_array_equal(tables[:places], z_tables.ravel())
    np.testing.assert_array_equal(tables[places:] % 64, np.concatenate([index.ravel() for index in chosen]))
    levels = symbols.astype(np.int64)
    if (
        payload.profile == 1
    ):  # docs/format.md: 2·s in even states, 2·s − sign(s) in odd ones, whose tables are 128 to 191
        levels[places:] = 2 * levels[places:] - np.sign(levels[places:]) * (tables[places:] >= 128)
    np.testing.assert_array_equal(np.concatenate([part.ravel() for part in found]), levels)
    assert checksum(found, 0) == payload.checksum
    assert np.count_nonzero(levels) > 500
