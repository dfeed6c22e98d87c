"""Tests of sargui.quality.edges: the correlation of Laplacians, as SciPy and NumPy find it, and closed forms."""

import math

import numpy as np
import pytest
from scipy.ndimage import binary_erosion, laplace

from sargui.quality.edges import EdgeSums


def picture(seed, shape=(203, 301)):
    return np.random.default_rng(seed).normal(-12, 5, shape).astype(np.float32)


def index(feed, original, decoded, valid=None, side=448):
    return feed(EdgeSums(), side, original, decoded, np.ones(original.shape, bool) if valid is None else valid).index


def test_it_is_the_correlation_of_the_laplacians_over_all_that_is_valid(feed, side):
    x = picture(1)
    y = (x + picture(2) / 2).astype(np.float32)
    valid = np.random.default_rng(3).random(x.shape) > 0.05
    valid[50:120, 100:230] = False
    crosses = binary_erosion(valid)[1:-1, 1:-1]  # with their four neighbors
    truth = np.corrcoef(*(laplace(each.astype(float))[1:-1, 1:-1][crosses] for each in (x, y)))[0, 1]
    holed = [np.where(valid, each, np.float32(np.nan)) for each in (x, y)]
    assert index(feed, *holed, valid, side) == pytest.approx(truth, abs=1e-6)


def test_a_gain_keeps_all_edges_and_another_picture_none(feed):
    assert index(feed, picture(1), picture(1) + np.float32(3)) == pytest.approx(1, abs=1e-6)
    assert index(feed, picture(1), picture(2)) == pytest.approx(0, abs=0.02)
    assert index(feed, picture(1), -picture(1)) == pytest.approx(-1, abs=1e-6)


def test_of_white_noise_that_is_shifted_by_a_pixel_it_is_that_of_the_laplacian_with_itself(feed):
    white = picture(1, (400, 400))
    assert index(feed, white[:, 1:], white[:, :-1]) == pytest.approx(-8 / 20, abs=0.01)  # −4·1 twice over 4² + 4·1²


@pytest.mark.parametrize("valid", [np.ones((2, 300), bool), np.zeros((30, 30), bool)], ids=["no inside", "all void"])
def test_without_a_neighborhood_there_is_none(feed, valid):
    assert math.isnan(index(feed, picture(1, valid.shape), picture(2, valid.shape), valid))


def test_a_constant_scene_has_no_edges(feed):
    flat = np.full((64, 64), -3, np.float32)
    assert math.isnan(index(feed, flat, picture(1, (64, 64))))
