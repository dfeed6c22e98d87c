"""Tests of sargui.core.tiling: covers by counting, mirrors by numpy's own padding."""

import numpy as np
import pytest

from sargui.core.tiling import CELL, TILE, Tile, ceil_div, extended, grid_shape, reflect, tile_window, tiles_in, windows
from sargui.core.types import Window

SCENES = [(1, 1), (1, 513), (512, 512), (511, 513), (1024, 1537), (1300, 40)]


@pytest.mark.parametrize("scene", SCENES)
def test_tiles_cover_every_pixel_once(scene):
    seen = np.zeros(scene, int)
    down, across = grid_shape(*scene)
    for tile in (Tile(row, col) for row in range(down) for col in range(across)):
        window = tile_window(tile, *scene)
        assert window.rows > 0
        assert window.cols > 0
        seen[window.row : window.row + window.rows, window.col : window.col + window.cols] += 1
    assert (seen == 1).all()


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("side", [TILE, 2 * TILE])
def test_windows_cover_every_pixel_once_in_reading_order(scene, side):
    seen = np.zeros(scene, int)
    order = []
    for window in windows(*scene, side):
        seen[window.row : window.row + window.rows, window.col : window.col + window.cols] += 1
        order.append((window.row, window.col))
    assert (seen == 1).all()
    assert order == sorted(order)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("side", [TILE, 2 * TILE])
def test_every_tile_lies_in_one_network_window(scene, side):
    down, across = grid_shape(*scene)
    found = [tile for window in windows(*scene, side) for tile in tiles_in(window)]
    assert sorted(found) == [Tile(row, col) for row in range(down) for col in range(across)]


def test_a_window_across_borders_touches_all_its_tiles():
    assert tiles_in(Window(511, 500, 2, 13)) == [Tile(0, 0), Tile(0, 1), Tile(1, 0), Tile(1, 1)]
    assert tiles_in(Window(0, 0, 512, 512)) == [Tile(0, 0)]


@pytest.mark.parametrize(("number", "divisor", "quotient"), [(0, 5, 0), (1, 5, 1), (5, 5, 1), (6, 5, 2)])
def test_quotients_round_up(number, divisor, quotient):
    assert ceil_div(number, divisor) == quotient


@pytest.mark.parametrize("length", [1, 2, 5, 16])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (3, 4), (40, 33)])
def test_reflection_is_the_symmetric_padding_of_numpy(length, before, after):
    place, _ = reflect(-before, length + after, length)
    np.testing.assert_array_equal(place, np.pad(np.arange(length), (before, after), mode="symmetric"))


def test_a_position_is_mirrored_if_its_neighbor_lies_the_other_way():
    place, mirrored = reflect(-20, 30, 7)
    steps = np.diff(place)
    inside = mirrored[1:] == mirrored[:-1]
    assert (steps[inside] == np.where(mirrored[1:][inside], -1, 1)).all()
    assert (steps[~inside] == 0).all()  # the edge itself is seen twice


@pytest.mark.parametrize("length", [1, 15, 16, 17, 40, 512, 513])
@pytest.mark.parametrize("margin", [0, 16, 64])
def test_the_extent_is_filled_to_the_cell_and_then_mirrored_whole(length, margin):
    cells = -(-length // CELL) * CELL
    filled = np.pad(np.arange(length), (0, cells - length), mode="symmetric")
    expected = np.pad(filled, margin, mode="symmetric")
    np.testing.assert_array_equal(extended(-margin, cells + margin, length), expected)


def test_a_piece_of_the_extent_is_that_piece_of_the_whole():
    np.testing.assert_array_equal(extended(-5, 30, 21), extended(-64, 64, 21)[59:94])
