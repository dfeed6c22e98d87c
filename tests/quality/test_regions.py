"""Tests of sargui.quality.regions against gamma statistics of speckle and formulas over whole arrays."""

import math

import numpy as np
import pytest
from scipy.special import polygamma

from sargui.core.types import Window
from sargui.quality.regions import Moments, RegionSums, polygon_mask

DB = 10 / np.log(10)


def speckle(looks, shape=(400, 500), seed=0, mean=3e-4):
    return np.random.default_rng(seed).gamma(looks, mean / looks, shape)


def sums_of(*pictures, pieces=1):
    sums = RegionSums(len(pictures))
    for parts in zip(*(np.array_split(picture, pieces) for picture in pictures), strict=True):
        sums.add(parts)
    return sums


@pytest.mark.parametrize("looks", [1, 4.4, 100])
def test_the_looks_of_speckle_are_its_looks_and_its_deviation_is_that_of_the_log(looks):
    (found,) = sums_of(speckle(looks)).statistics()
    assert found.pixels == 200_000
    assert found.mean_db == pytest.approx(10 * math.log10(3e-4), abs=0.02)
    assert found.looks == pytest.approx(looks, rel=0.02)
    assert found.deviation_db == pytest.approx(
        DB * math.sqrt(polygamma(1, looks)), rel=0.01
    )  # Oliver and Quegan, ch. 4


@pytest.mark.parametrize("pieces", [1, 7])
def test_all_numbers_are_those_of_formulas_over_the_whole(pieces):
    first, second = speckle(2, (90, 70), 1), speckle(5, (90, 70), 2) * 1.3
    first[3, 4:9], second[80:, 60:] = np.nan, np.nan
    sums = sums_of(first, second, pieces=pieces)
    valid = np.isfinite(first) & np.isfinite(second)
    for found, power in zip(sums.statistics(), (first[valid], second[valid]), strict=True):
        assert found.pixels == valid.sum() == 90 * 70 - 105
        assert found.mean_db == pytest.approx(10 * np.log10(power.mean()), rel=1e-12)
        assert found.looks == pytest.approx(power.mean() ** 2 / power.var(), rel=1e-10)
        assert found.deviation_db == pytest.approx(np.std(10 * np.log10(power)), rel=1e-10)
    change, ratio = sums.comparison(), first[valid] / second[valid]
    assert change.bias_db == pytest.approx(10 * np.log10(second[valid].mean() / first[valid].mean()), rel=1e-10)
    assert (change.ratio_mean, change.ratio_variance) == pytest.approx((ratio.mean(), ratio.var()), rel=1e-10)


def test_a_picture_without_its_speckle_leaves_the_speckle_in_the_ratio():
    change = sums_of(speckle(4), np.full((400, 500), 3e-4)).comparison()
    assert change.bias_db == pytest.approx(0, abs=0.02)
    assert (change.ratio_mean, change.ratio_variance) == pytest.approx((1, 1 / 4), rel=0.02)


def test_equal_pictures_differ_by_nothing():
    change = sums_of(speckle(1), speckle(1), pieces=3).comparison()
    assert (change.bias_db, change.ratio_mean, change.ratio_variance) == (0, 1, 0)


def test_a_small_contrast_on_a_large_level_is_not_lost():
    offset = np.random.default_rng(3).normal(size=(200, 50))
    (found,) = sums_of(1e8 + offset, pieces=13).statistics()
    assert found.looks == pytest.approx((1e8 + offset.mean()) ** 2 / offset.var(), rel=1e-6)


def test_a_constant_region_has_endlessly_many_looks():
    (found,) = sums_of(np.full((30, 7), 0.1), pieces=4).statistics()
    assert (found.mean_db, found.looks, found.deviation_db) == (pytest.approx(-10), math.inf, 0)


@pytest.mark.parametrize("empty", [np.zeros((0, 5)), np.full((4, 5), np.nan)])
def test_an_empty_region_has_no_numbers(empty):
    sums = sums_of(empty, np.ones(empty.shape))
    for found in sums.statistics():
        assert found.pixels == 0
        assert np.isnan([found.mean_db, found.looks, found.deviation_db]).all()
    change = sums.comparison()
    assert np.isnan([change.bias_db, change.ratio_mean, change.ratio_variance]).all()


def test_zeros_count_as_power_but_have_neither_decibels_nor_ratios():
    original, decoded = np.array([[0.0, 1, 3]]), np.array([[1.0, 1, 0]])
    sums = sums_of(original, decoded)
    first, second = sums.statistics()
    assert (first.mean_db, second.mean_db) == pytest.approx((10 * np.log10(4 / 3), 10 * np.log10(2 / 3)))
    assert (first.deviation_db, second.deviation_db) == pytest.approx((np.std([0, 10 * np.log10(3)]), 0))
    assert (sums.comparison().ratio_mean, sums.comparison().ratio_variance) == (1, 0)
    (dark,) = sums_of(np.zeros((3, 3))).statistics()
    assert dark.mean_db == -math.inf
    assert math.isnan(dark.looks)


def test_moments_in_pieces_are_those_of_the_whole():
    values = speckle(1, (1000,), 5)
    whole, pieces = Moments(), Moments()
    whole.add(values)
    for piece in np.split(values, [0, 1, 2, 500]):
        pieces.add(piece)
    assert pieces.count == 1000
    assert (pieces.mean, pieces.variance) == pytest.approx((whole.mean, whole.variance), rel=1e-12)
    assert (whole.mean, whole.variance) == pytest.approx((values.mean(), values.var()), rel=1e-12)


def by_angles(corners, window):
    """Return which centers a polygon winds around, by the sum of the angles that its edges are seen at."""
    rows, cols = np.mgrid[window.row : window.row + window.rows, window.col : window.col + window.cols]
    seen = np.stack([np.arctan2(row - rows, col - cols) for row, col in [*corners, corners[0]]])
    turns = (np.diff(seen, axis=0) + np.pi) % (2 * np.pi) - np.pi
    return np.abs(turns.sum(axis=0)) > np.pi


@pytest.mark.parametrize("window", [Window(0, 0, 40, 50), Window(13, 17, 9, 21), Window(60, 0, 5, 5)])
@pytest.mark.parametrize(
    "corners", [[(3.3, 4.2), (30.7, 12.9), (11.1, 45.4)], [(5.2, 5.1), (35.3, 9.6), (14.4, 12.2), (20.9, 48.7)]]
)
def test_a_polygon_holds_the_centers_that_it_winds_around(corners, window):
    np.testing.assert_array_equal(polygon_mask(corners, window), by_angles(corners, window))
    np.testing.assert_array_equal(polygon_mask(corners[::-1], window), by_angles(corners, window))


def test_neighboring_polygons_share_no_pixel():
    window = Window(0, 0, 10, 10)
    left = polygon_mask([(2, 1), (2, 5), (8, 5), (8, 1)], window)
    right = polygon_mask([(2, 5), (2, 9), (8, 9), (8, 5)], window)
    assert left.sum() == right.sum() == 24
    assert not (left & right).any()
    assert left[2:8, 1:5].all()


def test_where_a_polygon_covers_itself_twice_there_is_a_hole():
    bow = [(0, 0), (10, 10), (10, 0), (0, 10)]  # crosses itself at (5, 5)
    mask = polygon_mask(bow, Window(0, 0, 10, 10))
    assert not mask[5, 0]
    assert mask[2, 5]
    assert mask[8, 5]
    twice = [(1, 1), (1, 9), (9, 9), (9, 1)] * 2
    assert not polygon_mask(twice, Window(0, 0, 10, 10)).any()


@pytest.mark.parametrize("corners", [[], [(1, 1)], [(1, 1), (8, 8)]])
def test_fewer_than_three_corners_hold_nothing(corners):
    assert not polygon_mask(corners, Window(0, 0, 10, 10)).any()


def test_a_floor_tames_the_ratio_of_pixels_that_decode_to_almost_nothing():
    original, decoded = np.ones(100), np.ones(100)
    decoded[0] = 1e-30
    for floor, mean in ((0.0, (99 + 1e30) / 100), (0.1, (99 + 1.1 / 0.1) / 100)):
        sums = RegionSums(2)
        sums.add([original, decoded], floor)
        assert sums.comparison().ratio_mean == pytest.approx(mean)
        assert sums.comparison().bias_db == pytest.approx(10 * np.log10(0.99))  # which has none
