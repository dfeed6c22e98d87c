"""Tests of the compiled sums over pixels, against sums over each neighborhood and each cell."""

import numpy as np
import pytest

from sargui.codec.pixel_loops import local_means, sums_by_class


@pytest.fixture
def rng():
    return np.random.default_rng(3)


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (40, 3), (30, 37)])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.02], ids=["all valid", "half valid", "hardly any valid"])
def test_a_local_mean_is_that_of_the_valid_pixels_around(rng, shape, share):
    x, valid = rng.normal(size=shape).astype(np.float32), rng.random(shape) < share
    x[~valid] = np.nan  # what is not valid has no meaning
    expected = x.copy()
    for row, col in np.ndindex(shape):
        near = np.s_[max(row - 8, 0) : row + 9, max(col - 8, 0) : col + 9]
        if valid[near].any():
            expected[row, col] = x[near][valid[near]].mean(dtype=np.float64)

    found = local_means(x, valid, 8)

    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("shape", [(64, 64), (65, 130), (1, 70)])
def test_sums_by_class_are_those_of_the_valid_pixels_of_each_cell(rng, shape):
    values, valid = rng.normal(size=shape).astype(np.float32), rng.random(shape) < 0.7
    values[~valid] = np.inf
    kinds = rng.integers(0, 5, shape).astype(np.uint8)
    down, across = -(-shape[0] // 64), -(-shape[1] // 64)

    sums = sums_by_class(values, valid, kinds, 5, 64)

    assert sums.shape == (3, down, across, 5)
    for row, col, kind in np.ndindex(down, across, 5):
        cell = np.s_[64 * row : 64 * row + 64, 64 * col : 64 * col + 64]
        chosen = values[cell][valid[cell] & (kinds[cell] == kind)].astype(np.float64)
        assert sums[0, row, col, kind] == pytest.approx(chosen.sum(), abs=1e-3)
        assert sums[1, row, col, kind] == pytest.approx(np.square(chosen).sum(), rel=1e-5)
        assert sums[2, row, col, kind] == len(chosen)
