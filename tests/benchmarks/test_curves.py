"""Points of rate and error."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.curves import at_rate, in_range, is_monotone, moves, rms, saving


def test_rms_is_in_db_and_leaves_out_what_was_not_measured() -> None:
    original = np.zeros((4, 4), np.float32)
    decoded = np.full((4, 4), 0.1, np.float32)  # one unit is 10 dB
    decoded[0, 0] = 99
    valid = np.ones((4, 4), bool)
    valid[0, 0] = False
    assert rms(decoded, original, valid) == pytest.approx(1.0)


def test_points_out_of_range_do_not_count() -> None:
    points = [(0.039, 4.0), (0.04, 3.0), (3.5, 0.2), (3.6, 0.1)]
    assert in_range(points) == points[1:3]
    assert in_range(points, (0.05, 3.6)) == points[2:]


def test_a_curve_on_which_more_bits_do_not_help_is_noticed() -> None:
    assert is_monotone([(1.0, 1.0), (0.5, 2.0), (2.0, 0.5)])
    assert not is_monotone([(0.5, 2.0), (1.0, 1.0), (2.0, 1.0)])


def test_a_codec_that_ignores_its_setting_is_noticed() -> None:
    assert moves([(0.5, 2.0), (1.0, 1.0), (2.0, 0.5)])
    assert not moves([(11.79, 0.002)] * 4)


def test_three_quarters_of_the_bytes_at_every_error_is_a_saving_of_a_quarter() -> None:
    theirs = [(3.0 * 2.0**-error, error) for error in (0.5, 1.0, 2.0, 3.0)]
    ours = [(0.75 * rate, error) for rate, error in theirs]
    assert saving(ours, theirs) == pytest.approx(-25.0)
    assert saving(ours, theirs, (0.5, 2.5)) == pytest.approx(-25.0, abs=1)  # on fewer points


def test_a_figure_at_a_rate_lies_on_the_curve_through_the_points() -> None:
    points = [(2.0**step, 3.0 - step) for step in (-2, -1, 0, 1)]  # a line over log rate
    assert at_rate(points, 0.7) == pytest.approx(3 - math.log2(0.7))
    assert at_rate([*points, (8.0, math.nan), (16.0, math.inf)], 0.7) == pytest.approx(3 - math.log2(0.7))


def test_beyond_the_ends_of_a_curve_nothing_is_known() -> None:
    points = [(0.25, 3.0), (1.0, 1.0)]
    assert math.isnan(at_rate(points, 0.2))
    assert math.isnan(at_rate(points, 1.1))
    assert math.isnan(at_rate(points[:1], 0.25))
