"""Tests of the measure of seams: what it finds is what was put there."""

import numpy as np
import pytest

from benchmarks.seams import MARGIN, near_joints, seam_db

SIDE = 2048


def test_pixels_near_joints_lie_within_16_of_a_multiple_of_the_period():
    near = near_joints(SIDE, 512)
    row = near[MARGIN + 200]
    assert np.flatnonzero(row).tolist() == [*range(512, 528), *range(1008, 1040), *range(1520, 1536)]
    assert not near[: MARGIN - 1].any()


@pytest.mark.parametrize(("period", "shift"), [(512, 256), (128, 64)])
def test_an_error_at_the_joints_of_one_grid_is_found(period, shift):
    first, second = np.ones((SIDE, SIDE)), np.ones((SIDE - shift, SIDE - shift))
    assert seam_db(first, second, period, shift) == 0
    first[near_joints(SIDE, period)] = 1.44
    assert seam_db(first, second, period, shift) == pytest.approx(0.2)


def test_an_error_that_stays_where_it_is_in_the_scene_is_no_seam():
    first = np.random.default_rng(0).random((SIDE, SIDE))
    assert seam_db(first, first[256:, 256:], 512, 256) == pytest.approx(0)
