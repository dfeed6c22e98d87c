"""Helpers of the speed benchmark."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("imagecodecs")
from benchmarks import speed  # needs imagecodecs


def test_shares_of_the_stages_make_up_the_whole() -> None:
    found = speed.shares({"read": 1.0, "transform": 5.0, "total": 8.0}, wall_s=10.0)
    assert found == {"transform": 0.5, "other": 0.2, "start": 0.2, "read": 0.1}


@pytest.mark.parametrize("shape", [(10_000, 23_000), (600, 512), (100, 300)])
def test_windows_lie_inside_the_scene(shape: tuple[int, int]) -> None:
    for window in speed.spread(*shape):
        assert window.row >= 0
        assert window.col >= 0
        assert window.row + window.rows <= shape[0]
        assert window.col + window.cols <= shape[1]


def test_windows_of_a_large_scene_share_no_tile() -> None:
    rows = [window.row for window in speed.spread(10_000, 23_000)]
    assert all(second - first > 2 * speed.WINDOW_SIDE for first, second in pairwise(rows))


def test_the_sample_is_as_full_as_the_scene() -> None:
    valid = np.zeros((40, 40), bool)
    valid[20:, :] = True  # the upper half was not measured
    valid[30:, :20] = False  # three quarters of the left half neither: 15 of 40 rows
    row, col = speed.typical(valid, 10)
    share = valid[row : row + 10, col : col + 10].mean()
    assert abs(share - valid.mean()) == min(
        abs(valid[r : r + 10, c : c + 10].mean() - valid.mean()) for r in range(0, 31, 5) for c in range(0, 31, 5)
    )


def test_a_scene_smaller_than_the_sample_is_the_sample() -> None:
    assert speed.typical(np.ones((5, 7), bool), 10) == (0, 0)
