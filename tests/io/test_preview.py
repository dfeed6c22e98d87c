"""Tests of sargui.io.preview: means of power, computed here block by block in the plainest way."""

import numpy as np
import pytest

from sargui.core.types import Kind
from sargui.io import open_product


def preview(path, side, kind=None):
    with open_product(path, kind) as source:
        return source.preview(0, side)


def test_power_is_averaged_and_not_db(make_raster):
    values = np.array([[1, 1], [1, 97]], np.float32)  # mean 25
    np.testing.assert_allclose(preview(make_raster(values), 1), [[10 * np.log10(25)]], rtol=1e-6)


@pytest.mark.parametrize(
    ("kind", "values"),
    [(Kind.AMPLITUDE, [[3, 4]]), (Kind.POWER, [[9, 16]]), (Kind.DB, 10 * np.log10([[9, 16]]))],
)
def test_each_kind_gives_the_same_power(make_raster, kind, values):
    path = make_raster(np.asarray(values, np.float32))
    np.testing.assert_allclose(preview(path, 1, kind), [[10 * np.log10(12.5)]], rtol=1e-6)


def test_blocks_are_the_mean_of_their_pixels(make_raster, rng):
    values = rng.exponential(1.0, (48, 60)).astype(np.float32)
    expected = 10 * np.log10(values.astype(np.float64).reshape(16, 3, 20, 3).mean(axis=(1, 3)))
    np.testing.assert_allclose(preview(make_raster(values), 20), expected, rtol=1e-5)


def test_a_raster_smaller_than_the_preview_is_shown_as_it_is(make_raster, rng):
    values = rng.integers(1, 255, (7, 5)).astype(np.uint8)
    np.testing.assert_allclose(preview(make_raster(values), 512), 20 * np.log10(values.astype(np.float64)), rtol=1e-6)


@pytest.mark.parametrize(
    ("shape", "expected"), [((1, 1), (1, 1)), ((1, 999), (1, 64)), ((999, 3), (64, 1)), ((100, 50), (64, 32))]
)
def test_the_aspect_is_kept_and_no_side_is_lost(make_raster, shape, expected):
    assert preview(make_raster(np.ones(shape, np.uint8)), 64).shape == expected


def test_void_pixels_neither_count_nor_show(make_raster):
    values = np.array([[4, -1, -1, -1], [np.nan, np.inf, -1, np.nan]], np.float32)
    result = preview(make_raster(values, nodata=-1), 2)
    np.testing.assert_allclose(result, [[10 * np.log10(4), np.nan]], rtol=1e-6)


def test_a_block_of_zeros_has_no_db(make_raster):
    assert np.isnan(preview(make_raster(np.zeros((9, 9), np.uint8)), 3)).all()


def test_of_high_blocks_the_middle_is_read_the_same_way_twice(make_raster):
    values = np.ones((40, 20), np.float32)
    values[16:24] = 100  # the eight middle rows of the one block
    path = make_raster(values)
    first, second = preview(path, 1), preview(path, 1)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(first, [[20.0]], rtol=1e-6)
