"""Tests of sargui.quality.point_response on responses whose widths and side lobes are known."""

import math

import numpy as np
import pytest

from sargui.quality.point_response import response

PLACE = np.arange(33) - 16


def sinc_power(null_px, shift=0.0):
    """Return the power of an unweighted response along a line whose first null is so many pixels from its peak."""
    return np.sinc((PLACE - shift) / null_px) ** 2


@pytest.mark.parametrize(("rows_px", "cols_px"), [(3, 3), (2.5, 4)])
def test_an_unweighted_response_has_the_widths_and_side_lobes_of_the_sinc(rows_px, cols_px):
    found = response(1e4 * np.outer(sinc_power(rows_px), sinc_power(cols_px)))
    assert found.peak == pytest.approx(1e4, rel=0.01)
    assert found.width_rows_px == pytest.approx(0.8859 * rows_px, rel=0.01)
    assert found.width_cols_px == pytest.approx(0.8859 * cols_px, rel=0.01)
    assert found.sidelobe_db == pytest.approx(-13.26, abs=0.1)


@pytest.mark.parametrize(("row", "col"), [(0.5, -0.25), (-0.4, 0.5)])
def test_a_peak_between_the_pixels_is_found(row, col):
    chip = np.outer(sinc_power(3, row), sinc_power(3, col))
    found = response(chip)
    assert chip.max() < 0.93
    assert found.peak == pytest.approx(1, rel=0.01)
    assert found.width_cols_px == pytest.approx(0.8859 * 3, rel=0.01)


def test_a_gaussian_has_the_width_of_a_gaussian_and_no_side_lobes_to_speak_of():
    along = np.exp(-(PLACE**2) / (2 * 1.5**2))
    found = response(np.outer(along, along))
    width_px = 2 * math.sqrt(2 * math.log(2)) * 1.5
    assert (found.width_rows_px, found.width_cols_px) == pytest.approx((width_px, width_px), rel=0.005)
    assert found.sidelobe_db < -40


def test_smoothing_widens_and_lowers():
    sharp = np.outer(sinc_power(3), sinc_power(3))
    smooth = sum(np.roll(sharp, step, 0) for step in (-1, 0, 1)) / 3
    found = response(smooth)
    assert found.peak < 0.9
    assert found.width_rows_px > 1.1 * response(sharp).width_rows_px
    assert found.width_cols_px == pytest.approx(response(sharp).width_cols_px, rel=0.01)


@pytest.mark.parametrize("level", [0.0, 7.0])
def test_where_there_is_no_target_there_is_no_width(level):
    found = response(np.full((33, 33), level))
    assert found.peak == pytest.approx(level, abs=1e-9)
    assert math.isnan(found.width_rows_px)
    assert math.isnan(found.width_cols_px)
