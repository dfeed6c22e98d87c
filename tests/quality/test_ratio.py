"""Tests of sargui.quality.ratio: closed forms for gamma speckle, and the shuffled pixels of the paper."""

import math

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from sargui.quality.ratio import RatioSums

EVERYWHERE = np.ones((448, 448), bool)


def ratio_of(feed, original, decoded, valid=EVERYWHERE, side=448):
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio_db = 10 * np.log10(original / decoded)
    return feed(RatioSums(), side, ratio_db, valid).ratio


@pytest.mark.parametrize("looks", [1, 4, 16])
def test_where_exactly_the_speckle_was_removed_the_ratio_is_speckle_without_structure(feed, speckle, looks):
    ground = np.exp(gaussian_filter(np.random.default_rng(5).standard_normal((448, 448)), 6))
    found = ratio_of(feed, ground * speckle(looks), ground)
    assert found.mean == pytest.approx(1, abs=0.01)
    assert found.variance == pytest.approx(1 / looks, rel=0.03)
    assert found.structure_percent < 0.5


def test_structure_that_was_lost_is_left_in_it(feed, speckle):
    ground = np.exp(2 * gaussian_filter(np.random.default_rng(5).standard_normal((448, 448)), 2))
    kept, lost = ratio_of(feed, ground * speckle(4), ground), ratio_of(feed, ground * speckle(4), np.ones((448, 448)))
    assert lost.structure_percent > 5 > 10 * kept.structure_percent


def test_structure_is_that_of_the_levels_against_the_same_shuffled(feed):
    rng = np.random.default_rng(1)
    ratio_db = gaussian_filter(rng.standard_normal((448, 448)), 0.7)
    ratio_db *= 2 / ratio_db.std()  # levels of half a dB
    levels = np.floor(np.rint(8 * ratio_db) / 4)

    def homogeneity(picture):
        beside, below = picture[:, 1:] - picture[:, :-1], picture[1:] - picture[:-1]
        return np.mean(np.concatenate([1 / (1 + step.ravel() ** 2) for step in (beside, below)]))

    shuffled = np.mean([homogeneity(rng.permuted(levels.ravel()).reshape(levels.shape)) for _ in range(30)])
    truth = 100 * abs(homogeneity(levels) - shuffled) / homogeneity(levels)
    found = feed(RatioSums(), 128, ratio_db, EVERYWHERE).ratio.structure_percent
    assert found == pytest.approx(truth, rel=0.02)
    assert found > 10


@pytest.mark.parametrize("factor", [0.25, 4.0])
def test_structure_does_not_depend_on_how_large_the_errors_are(feed, factor):
    ratio_db = gaussian_filter(np.random.default_rng(1).standard_normal((448, 448)), 0.7)
    ratio_db *= 2 / ratio_db.std()
    found = [feed(RatioSums(), 448, each, EVERYWHERE).ratio.structure_percent for each in (ratio_db, factor * ratio_db)]
    assert found[1] == pytest.approx(found[0], rel=0.1)


def test_it_does_not_depend_on_the_windows_nor_on_what_void_pixels_hold(feed, speckle, side):
    shape = (203, 301)
    valid = np.random.default_rng(3).random(shape) > 0.2
    first, second = speckle(4, shape), speckle(4, shape, 1)
    holed = [np.where(valid, each, np.nan) for each in (first, second)]
    found, truth = ratio_of(feed, *holed, valid, side), ratio_of(feed, first, second, valid)
    assert found.mean == pytest.approx(truth.mean, rel=1e-12) == pytest.approx((first / second)[valid].mean(), rel=1e-9)
    assert found.variance == pytest.approx((first / second)[valid].var(), rel=1e-9)
    assert found.structure_percent == truth.structure_percent


def test_equal_pictures_have_the_ratio_1_and_nothing_left(feed, speckle):
    found = ratio_of(feed, speckle(1), speckle(1))
    assert (found.mean, found.variance, found.structure_percent) == (1, 0, 0)


def test_without_pixels_there_is_none(feed):
    nothing = np.full((64, 64), np.nan)
    found = feed(RatioSums(), 64, nothing, np.zeros((64, 64), bool)).ratio
    assert all(map(math.isnan, (found.mean, found.variance, found.structure_percent)))
