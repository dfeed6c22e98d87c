"""Tests of latents between windows, tiles and mirrors, against NumPy's own padding and the transform of pixels."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sargui.codec.layout import as_batch, cut_tiles, extend_latents, gather_latents, join_tiles
from sargui.networks.lapped import LappedAnalysis


def numbered(rows: int, cols: int, channels: int = 3) -> torch.Tensor:
    return torch.arange(channels * rows * cols, dtype=torch.float32).reshape(channels, rows, cols) + 1


@given(st.integers(1, 70), st.integers(1, 70))
@settings(max_examples=40, deadline=None)
def test_joining_undoes_cutting(rows, cols):
    v = numbered(rows, cols)
    tiles = cut_tiles(v)
    assert tiles.shape == (-(-rows // 32) * -(-cols // 32), 3, 32, 32)
    assert torch.equal(join_tiles(tiles, rows, cols), v)


def test_tiles_come_row_by_row_with_zeros_beyond_the_window():
    v = numbered(40, 70)
    tiles = cut_tiles(v)
    assert torch.equal(tiles[1], v[:, :32, 32:64])
    assert torch.equal(tiles[3, :, :8], v[:, 32:, :32])
    assert not tiles[3, :, 8:].any()
    assert not tiles[2, :, :, 6:].any()


@pytest.mark.parametrize("halo", [0, 1, 3])
@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (2, 3), (7, 4)])
def test_magnitudes_are_mirrored_as_numpy_does(shape, halo):
    # A scene of one cell in a halo of three is reflected back and forth, which numpy does as well.
    v, signs = numbered(*shape), torch.tensor([[1.0, 1], [-1, 1], [1, -1]])
    found, index = extend_latents(v, v, signs, halo)
    expected = np.pad(v.numpy(), ((0, 0), (halo, halo), (halo, halo)), mode="symmetric")
    np.testing.assert_array_equal(index.numpy(), expected)
    np.testing.assert_array_equal(found.abs().numpy(), expected)


@pytest.mark.parametrize("shape", [(16, 16), (16, 48), (64, 32), (80, 112)])
def test_mirrored_latents_are_the_latents_of_the_mirrored_picture(shape):
    # Truth: the transform of the picture that numpy has extended far enough.
    analysis = LappedAnalysis().requires_grad_(False)
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    v = analysis(torch.from_numpy(x)[None, None])[0]
    found, _ = extend_latents(v, v, analysis.signs, 3)
    padded = np.pad(x, 16 * 4, mode="symmetric")
    expected = analysis(torch.from_numpy(padded)[None, None])[0, :, 1:-1, 1:-1]
    torch.testing.assert_close(found, expected, atol=2e-5, rtol=0)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_part_of_the_scene_gives_the_same_as_the_whole(data):
    length = data.draw(st.integers(8, 40))
    start = data.draw(st.integers(-3, length - 1))
    stop = data.draw(st.integers(start + 1, min(start + 12, length + 3)))
    v, signs = numbered(length, length), torch.tensor([[1.0, 1], [-1, 1], [1, -1]])
    whole, _ = extend_latents(v, v, signs, 3)
    places = [
        place if 0 <= place < length else (-1 - place if place < 0 else 2 * length - 1 - place)
        for place in range(start, stop)
    ]
    first, last = min(places), max(places)
    part = v[:, first : last + 1]
    found, index = gather_latents(part, part, signs, (start, stop, first, length), (-3, length + 3, 0, length))
    assert torch.equal(found, whole[:, start + 3 : stop + 3])
    assert torch.equal(index, found.abs())


def test_a_batch_of_one_is_the_same_memory_and_says_how_it_lies():
    latents = join_tiles(torch.rand(2, 256, 32, 32), 20, 64)
    batch = as_batch(latents)
    assert batch.data_ptr() == latents.data_ptr()
    assert torch.equal(batch, latents[None])
    assert batch.stride() == batch.clone(memory_format=torch.channels_last).stride()
