"""Tests of sargui.quality.profiles: samples lie on the line, and thinning averages neighbors."""

import numpy as np
import pytest

from sargui.quality.profiles import line_places, thinned


@pytest.mark.parametrize("end", [(2.5, 30.25), (90.0, 7.0), (-3.0, -40.0), (40.0, 45.0)])
def test_samples_lie_on_the_line_no_more_than_a_pixel_apart(end):
    start = (2.5, 7.0)
    rows, cols = line_places(start, end)
    assert (rows[0], cols[0], rows[-1], cols[-1]) == (*start, *end)
    steps = np.hypot(np.diff(rows), np.diff(cols))
    assert 0.9 < steps.min() <= steps.max() <= 1 + 1e-12
    np.testing.assert_allclose(
        (rows - start[0]) * (end[1] - start[1]), (cols - start[1]) * (end[0] - start[0]), atol=1e-9
    )


def test_a_point_is_a_line_of_one_sample():
    assert [places.tolist() for places in line_places((3, 4), (3, 4))] == [[3], [4]]


def test_thinning_averages_neighbors_and_leaves_void_out():
    values = np.array([1.0, 3, np.nan, 5, np.nan, np.nan, 9])
    np.testing.assert_array_equal(thinned(values, 7), values)
    np.testing.assert_array_equal(thinned(values, 4), [2, 5, np.nan, 9])
    np.testing.assert_array_equal(thinned(values, 1), [4.5])


@pytest.mark.parametrize(("count", "length"), [(4096, 4096), (4097, 2049), (30_000, 3750)])
def test_no_more_are_left_than_asked_for(count, length):
    assert thinned(np.ones(count), 4096).size == length
