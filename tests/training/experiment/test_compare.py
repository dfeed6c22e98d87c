"""Tests of comparisons: known differences come out, intervals are those of scipy's t test."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from sargui.training.experiment.compare import Interval, Point, bd_rates, interval, mean_of_seeds, ssim_gains


def curve(factor: float = 1.0, gain: float = 0.0) -> list[Point]:
    return [Point(0.1 * 2**k * factor, 3 / 1.5**k, 0.5 + 0.06 * k + gain) for k in range(7)]


def test_the_interval_is_that_of_a_paired_t_test():
    values = np.random.default_rng(0).normal(-2, 1.5, 23)
    found, truth = interval(list(values)), ttest_1samp(values, 0).confidence_interval(0.95)
    assert (found.mean - found.half, found.mean + found.half) == pytest.approx((truth.low, truth.high))
    assert found.count == 23


def test_a_single_value_has_no_interval():
    assert interval([3.0]) == Interval(3.0, None, 1)
    assert not interval([3.0]).excludes_zero


@pytest.mark.parametrize(("values", "excluded"), [([1.0, 1.1, 0.9], True), ([-1.0, 1.1, 0.9], False)])
def test_zero_is_excluded_if_it_lies_outside(values, excluded):
    assert interval(values).excludes_zero is excluded


def test_a_curve_compared_with_itself_gains_exactly_nothing():
    curves = {"one": curve(), "two": curve(1.3)}
    assert bd_rates(curves, curves) == {"one": 0, "two": 0}
    assert ssim_gains(curves, curves) == {"one": 0, "two": 0}


def test_a_known_share_of_the_rate_is_found():
    assert bd_rates({"one": curve(0.9)}, {"one": curve()})["one"] == pytest.approx(-10)


def test_a_known_gain_of_similarity_is_found():
    assert ssim_gains({"one": curve(gain=0.02)}, {"one": curve()})["one"] == pytest.approx(0.02)


def test_similarity_is_compared_at_equal_rate():
    found = ssim_gains({"one": curve(0.5)}, {"one": curve()})["one"]  # half the rate: one step of the curve, 0.06
    assert found == pytest.approx(0.06, abs=1e-9)


def test_only_what_both_have_and_can_be_compared_is_compared():
    far = [Point(point.rate, point.error_db * 1000, point.ssim) for point in curve()]
    curves = {"both": curve(), "mine": curve(), "far": far}
    assert list(bd_rates(curves, {"both": curve(), "theirs": curve(), "far": curve()})) == ["both"]


def test_seeds_are_averaged_image_by_image():
    assert mean_of_seeds([{"a": 1.0, "b": 4.0}, {"a": 3.0}]) == {"a": 2.0}
