"""Tests of sargui.quality.overlap: every square of pixels is seen once, in whatever windows they come."""

import numpy as np
import pytest

from sargui.core.tiling import windows
from sargui.quality.overlap import Overlap


@pytest.mark.parametrize("reach", [1, 4, 10])
@pytest.mark.parametrize("side", [3, 8, 50])
def test_every_square_is_seen_once_as_it_is(reach, side):
    scene = np.arange(37 * 29).reshape(37, 29)
    overlap, seen = Overlap(reach), []
    for window in windows(*scene.shape, side):
        place = np.s_[window.row : window.row + window.rows, window.col : window.col + window.cols]
        first, second = overlap.join(window, scene[place], -scene[place])
        assert (first == -second).all()
        top, left = window.row + window.rows - first.shape[0], window.col + window.cols - first.shape[1]
        np.testing.assert_array_equal(first, scene[top : top + first.shape[0], left : left + first.shape[1]])
        if min(first.shape) > reach:
            seen += first[reach:, reach:].ravel().tolist()  # by their lower right corners
    assert sorted(seen) == scene[reach:, reach:].ravel().tolist()


def test_a_scene_can_follow_another():
    overlap = Overlap(2)
    for _ in range(2):
        for window in windows(9, 9, 4):
            joined = overlap.join(window, np.zeros(window.shape))[0]
            assert joined.shape == (window.rows + min(2, window.row), window.cols + min(2, window.col))
