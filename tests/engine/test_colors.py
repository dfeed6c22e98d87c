"""Colors of the report's pictures."""

import numpy as np
import pytest

from sargui.engine.colors import DIVERGING, EMPTY_STRETCH, GRAY, error_limit_of, levels, round_up, stretch_of


def test_the_ends_of_a_range_have_the_ends_of_the_table_and_what_is_void_has_none():
    values = np.array([[-3.0, -1.0, 0.0, 1.0, 7.0, np.nan, np.inf]], np.float32)
    assert levels(values, -1.0, 1.0).tolist() == [[1, 1, 128, 255, 255, 0, 0]]


def test_both_tables_are_what_they_are_called():
    np.testing.assert_array_equal(GRAY[1:, :3], np.rint(np.linspace(0, 255, 255))[:, None].repeat(3, axis=1))
    assert DIVERGING[1].tolist() == [5, 48, 97, 255]  # RdBu's darkest blue
    assert DIVERGING[128].tolist() == [247, 247, 247, 255]  # nearly white in the middle
    assert DIVERGING[255].tolist() == [103, 0, 31, 255]  # and red
    assert GRAY[0, 3] == DIVERGING[0, 3] == 0


def test_a_stretch_leaves_out_two_percent_at_both_ends():
    ramp = np.linspace(0, 100, 10_001, dtype=np.float32).reshape(73, 137)
    assert stretch_of(ramp) == pytest.approx((2, 98), abs=0.02)
    assert stretch_of(np.full((5, 5), 7, np.float32)) == (6.5, 7.5)
    assert stretch_of(np.full((5, 5), np.nan, np.float32)) == EMPTY_STRETCH
    assert stretch_of(None) == EMPTY_STRETCH


@pytest.mark.parametrize(
    ("value", "rounded"), [(0.0, 0.01), (0.011, 0.02), (1.0, 1.0), (2.1, 3.0), (3.1, 5.0), (6, 10)]
)
def test_ranges_are_round(value, rounded):
    assert round_up(value) == pytest.approx(rounded)
    assert error_limit_of(np.full((3, 3), -value, np.float32)) == pytest.approx(rounded)
