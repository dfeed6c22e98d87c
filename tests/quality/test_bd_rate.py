"""Tests of the Bjøntegaard rate difference on curves whose difference is known in closed form."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.interpolate import pchip_interpolate

from sargui.quality.bd_rate import bd_rate

CURVE = [(0.1, 4.0), (0.25, 2.9), (0.6, 1.8), (1.3, 1.05), (2.6, 0.45)]
OTHER = [(0.15, 3.5), (0.3, 2.6), (0.7, 1.5), (1.5, 0.8)]


def scaled(curve, factor):
    return [(factor * rate, error) for rate, error in curve]


@pytest.mark.parametrize("factor", [0.8, 0.5, 1.25, 1.0])
def test_a_rate_scaled_everywhere_is_that_difference_exactly(factor):
    assert bd_rate(scaled(CURVE, factor), CURVE) == pytest.approx(100 * (factor - 1), abs=1e-9)


def test_a_curve_against_itself_is_zero():
    assert bd_rate(CURVE, CURVE) == 0


def test_exchanging_the_curves_inverts_the_ratio_of_rates():
    forward, backward = 1 + bd_rate(OTHER, CURVE) / 100, 1 + bd_rate(CURVE, OTHER) / 100
    assert forward * backward == pytest.approx(1, rel=1e-9)
    assert (forward < 1) != (backward < 1)


@pytest.mark.parametrize(("points", "reference"), [(OTHER, CURVE), (CURVE, OTHER), (scaled(OTHER, 3), CURVE)])
def test_the_difference_is_the_integral_between_scipy_curves_over_the_common_errors(points, reference):
    low = np.log(max(min(error for _, error in curve) for curve in (points, reference)))
    high = np.log(min(max(error for _, error in curve) for curve in (points, reference)))

    def log_rate(curve, place):
        rates, errors = np.log(sorted(curve, key=lambda point: point[1])).T
        return pchip_interpolate(errors, rates, place)

    area, _ = quad(lambda place: log_rate(points, place) - log_rate(reference, place), low, high, limit=200)
    assert bd_rate(points, reference) == pytest.approx(100 * np.expm1(area / (high - low)), abs=1e-5)


def test_power_laws_of_one_slope_differ_by_their_factor_wherever_they_were_sampled():
    first = [(3.0 * error**-1.5, error) for error in (0.3, 0.5, 1.1, 2.0)]
    second = [(2.0 * error**-1.5, error) for error in (0.2, 0.7, 1.7, 3.0, 4.0)]
    assert bd_rate(first, second) == pytest.approx(50, abs=1e-9)


def test_the_order_of_the_points_does_not_matter():
    assert bd_rate(OTHER[::-1], [CURVE[i] for i in (3, 0, 4, 1, 2)]) == bd_rate(OTHER, CURVE)


def test_a_point_measured_twice_counts_once():
    assert bd_rate([*OTHER, OTHER[1]], CURVE) == bd_rate(OTHER, CURVE)


def test_curves_without_a_common_error_are_refused():
    far = [(rate, error / 100) for rate, error in CURVE]
    with pytest.raises(ValueError, match="no error in common"):
        bd_rate(far, CURVE)


def test_curves_that_touch_in_one_error_are_refused():
    with pytest.raises(ValueError, match="no error in common"):
        bd_rate([(1.0, 1.0), (0.5, 2.0)], [(0.4, 2.0), (0.2, 4.0)])


@pytest.mark.parametrize("points", [[], [(1.0, 1.0)], [(1.0, 1.0), (1.0, 1.0)]], ids=["none", "one", "one, twice"])
def test_a_curve_of_fewer_than_two_points_is_refused(points):
    with pytest.raises(ValueError, match="two points"):
        bd_rate(points, CURVE)
    with pytest.raises(ValueError, match="two points"):
        bd_rate(CURVE, points)
