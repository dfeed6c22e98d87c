"""Tests of the search for a quality, on curves whose answer is known."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sargui.codec.rate_control import AROUND, TOLERANCE, WAVE, solve
from sargui.core.errors import InfeasibleRateError


class Curve:
    """A curve that counts how often it is asked."""

    def __init__(self, function):
        self.function, self.trials = function, 0

    def __call__(self, quality: int) -> float:
        assert isinstance(quality, int)
        assert 0 <= quality <= 10_000
        self.trials += 1
        return self.function(quality)


@given(st.floats(0.5, 9), st.floats(1e-3, 1e6), st.floats(0.001, 0.999))
@settings(max_examples=200, deadline=None)
def test_on_exponentials_the_answer_comes_from_below_in_few_trials(steepness, start, place):
    curve = Curve(lambda quality: start * math.exp(steepness * quality / 10_000))
    target = start * math.exp(steepness * place)
    quality = solve(curve, target, rising=True)
    assert target * (1 - TOLERANCE) <= curve.function(quality) <= target * (1 + 1e-9)
    assert curve.trials <= 5


@given(st.floats(0.5, 9), st.floats(1e-3, 1e3), st.floats(0.001, 0.999))
@settings(max_examples=200, deadline=None)
def test_falling_curves_are_met_from_below_as_well(steepness, end, place):
    curve = Curve(lambda quality: end * math.exp(steepness * (1 - quality / 10_000)))
    target = end * math.exp(steepness * place)
    quality = solve(curve, target, rising=False)
    assert target * (1 - TOLERANCE) <= curve.function(quality) <= target * (1 + 1e-9)
    assert curve.trials <= 5


@given(st.floats(0.2, 5), st.floats(0.02, 0.98), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_bent_curves_with_a_floor_take_at_most_fourteen_trials_and_a_look_around(bend, place, floor):
    # As file sizes are: an exponential of a bent scale over a fixed part. The two ends and twelve between.
    curve = Curve(lambda quality: floor + math.exp(6 * (quality / 10_000) ** bend) - 1 + 1e-6)
    target = curve.function(round(10_000 * place)) * 1.0001
    quality = solve(curve, target, rising=True)
    assert curve.trials <= (14 if curve.function(quality) >= (1 - WAVE) * target else 14 + len(AROUND))
    assert curve.function(quality) <= target
    assert curve.function(quality) >= 0.97 * target or curve.function(quality + 1) > target


def test_of_coarse_steps_the_highest_that_fits_is_chosen():
    curve = Curve(lambda quality: 1 + quality // 2500)
    assert curve.function(solve(curve, 3.5, rising=True)) == 3


def test_a_target_that_the_best_quality_meets_gives_the_best_quality():
    assert solve(lambda quality: 1 + quality, 1e9, rising=True) == 10_000
    assert solve(lambda quality: 10_001 - quality, 1e9, rising=False) == 0


def test_a_target_exactly_at_the_limit_is_feasible():
    assert solve(lambda quality: 1.0 + quality, 1.0, rising=True) == 0
    assert solve(lambda quality: 10_001.0 - quality, 1.0, rising=False) == 10_000


@pytest.mark.parametrize("rising", [True, False])
def test_an_infeasible_target_says_what_is_reached(rising):
    measure = (lambda quality: 50.0 + quality) if rising else (lambda quality: 50.0 + 10_000 - quality)
    with pytest.raises(InfeasibleRateError) as error:
        solve(measure, 10.0, rising=rising)
    assert error.value.args[0] == pytest.approx(50)


def test_an_error_of_zero_is_no_error():
    assert solve(lambda _: 0.0, 0.5, rising=False) == 0


def test_where_a_curve_steps_over_the_target_what_lies_around_is_tried():
    def stepping(quality):
        if 5004 <= quality <= 5012:
            return 99.8
        return (96 if quality < 5000 else 101) * math.exp((quality - 5000) / 2500)

    assert 5004 <= solve(stepping, 100.0, rising=True) <= 5012


def test_what_is_known_is_not_measured_again():
    curve, known = Curve(lambda quality: math.exp(quality / 2000)), {}
    solve(curve, 20.0, rising=True, known=known)
    before = curve.trials
    quality = solve(curve, 20.5, rising=True, known=known)
    assert 20.5 * (1 - TOLERANCE) <= curve.function(quality) <= 20.5
    assert curve.trials - before <= 3
    assert len(known) == curve.trials


@given(st.integers(0, 1000), st.floats(0.05, 0.95))
@settings(max_examples=100, deadline=None)
def test_a_curve_that_wavers_is_met_by_the_best_that_was_seen(seed, place):
    def wavering(quality):
        return math.exp(quality / 2500) * (1 + 0.01 * math.sin(quality * 7.3 + seed))

    target, known = math.exp(4 * place), {}
    quality = solve(wavering, target, rising=True, known=known)
    assert known[quality] == max(value for value in known.values() if value <= target)
    assert known[quality] >= 0.97 * target
