"""The layer of the radiometric correction: gains come back to a step, and what is none is refused."""

import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from sargui.container import LayerKind, Reader, correction_to_bytes
from sargui.container.checked import DamageError
from sargui.container.correction import correction_from_bytes
from sargui.core.errors import DamagedFileError

from . import handmade

STEP_DB = 1 / 16


@pytest.mark.parametrize("spread_db", [0, 0.02, 0.3, 2])
def test_gains_come_back_to_half_a_step(spread_db):
    gains = np.random.default_rng(0).normal(0.4, spread_db, (13, 7)).clip(-6, 6)
    (found,) = correction_from_bytes(correction_to_bytes([gains]), [gains.shape])
    assert np.abs(found - gains).max() <= STEP_DB / 2 + 1e-6
    assert found.mean() == pytest.approx(gains.mean(), abs=0.01)


def test_gains_of_usual_spread_take_three_bits():
    gains = np.random.default_rng(1).normal(0.2, 0.1, (100, 100))
    assert 8 * len(correction_to_bytes([gains])) < 3.2 * gains.size


def test_equal_gains_take_a_bit_and_are_exact():
    gains = np.full((64, 64), -0.25)
    content = correction_to_bytes([gains])
    assert len(content) == 5 + 64 * 64 // 8
    assert (correction_from_bytes(content, [gains.shape])[0] == gains).all()


def test_bands_follow_each_other():
    bands = [np.random.default_rng(band).normal(0, 0.2, (3, 5)) for band in range(3)]
    content = correction_to_bytes(bands)
    for found, gains in zip(correction_from_bytes(content, [(3, 5)] * 3), bands, strict=True):
        assert np.abs(found - gains).max() <= STEP_DB / 2 + 1e-6


def test_the_bits_are_those_of_the_document():
    # center 0.5 dB, shift 1; numbers 3, 0, 2: upper parts 10 0 10, lower parts 1 0 0
    content = struct.pack("<fB", 0.5, 1) + bytes([0b10010100])
    (gains,) = correction_from_bytes(content, [(1, 3)])
    assert gains.tolist() == [[0.5 - 2 / 16, 0.5, 0.5 + 1 / 16]]


GOOD = correction_to_bytes([np.random.default_rng(2).normal(0, 0.2, (3, 5))])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        GOOD[:-1],
        GOOD + b"\0",
        struct.pack("<fB", float("nan"), 0) + bytes(2),
        struct.pack("<fB", 12.5, 0) + bytes(2),
        struct.pack("<fB", 0.0, 8) + bytes(20),
        struct.pack("<fB", 0.0, 0) + b"\xff" * 100,  # never ends
        struct.pack("<fB", 11.99, 0) + bytes([0b11011111]) + b"\xff" * 4 + bytes(2),  # beyond the limit
    ],
)
def test_what_is_none_is_refused(content):
    with pytest.raises(DamageError):
        correction_from_bytes(content, [(3, 5)])


def test_what_follows_a_band_is_not_unpacked_for_it():
    rubbish = bytes(1 << 20)
    tracemalloc.start()
    with pytest.raises(DamageError, match="another length"):
        correction_from_bytes(struct.pack("<fB", 0.0, 0) + rubbish, [(1, 1)])
    assert tracemalloc.get_traced_memory()[1] < 3 * len(rubbish)
    tracemalloc.stop()


def container_with(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "a.sarz"
    path.write_bytes(handmade.container(layers=[(LayerKind.CORRECTION, 0, content)]))
    return path


def test_a_file_gives_them_by_band_and_counts_them_with_the_pixels(tmp_path):
    with Reader(container_with(tmp_path, b"")) as plain:
        grid = -(-plain.header.rows // 64), -(-plain.header.cols // 64)
        bands, pixels = len(plain.header.bands), plain.sizes()["pixels"]
    content = correction_to_bytes([np.full(grid, 0.125)] * bands)
    with Reader(container_with(tmp_path, content)) as reader:
        assert {band: gains.tolist() for band, gains in reader.correction().items()} == dict.fromkeys(
            range(bands), np.full(grid, 0.125).tolist()
        )
        assert reader.sizes()["pixels"] == pixels + len(content)
        assert not reader.damaged_layers()


def test_a_damaged_one_is_named(tmp_path):
    with Reader(container_with(tmp_path, b"nonsense")) as reader:
        assert reader.damaged_layers() == [4]
        with pytest.raises(DamagedFileError, match="radiometric correction"):
            reader.correction()
