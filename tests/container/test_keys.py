"""Naming and numbering tiles."""

import pytest

from sargui.container import TileGrid, TileKey


def test_numbers_count_up_in_canonical_order_over_all_levels():
    grid = TileGrid(600 * 16, 1000 * 16, 2)  # 19 × 32 tiles; the overview has 2 × 2, the next 1
    assert [grid.shape(level) for level in range(4)] == [(19, 32), (2, 2), (1, 1), (1, 1)]
    keys = [key for level in range(4) for key in grid.keys(level)]
    assert [grid.number(key) for key in keys] == list(range(2 * (19 * 32 + 4 + 1 + 1)))
    assert keys == sorted(keys)


def test_a_single_pixel_has_one_tile_on_every_level():
    grid = TileGrid(1, 1, 1)
    assert [grid.count(level) for level in range(8)] == [1] * 8


@pytest.mark.parametrize("key", [TileKey(0, 1, 0, 0), TileKey(0, 0, 2, 0), TileKey(0, 0, 0, -1), TileKey(8, 0, 0, 0)])
def test_a_tile_outside_the_scene_has_no_number(key):
    with pytest.raises(ValueError, match="there is no tile"):
        TileGrid(600, 1000, 1).number(key)


def test_a_tile_is_named_in_words_with_bands_from_one():
    assert str(TileKey(0, 0, 3, 4)) == "tile (3, 4) of band 1"
    assert str(TileKey(1, 1, 0, 2)) == "tile (0, 2) of band 2 in overview 1"
