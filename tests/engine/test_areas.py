"""Regions of a scene: what two windows have in common, and what a region covers."""

import numpy as np
import pytest

from sargui.core.errors import RequestError
from sargui.core.tiling import common
from sargui.core.types import Window
from sargui.engine.areas import extent, mask


@pytest.mark.parametrize(
    ("second", "shared"),
    [
        (Window(5, 6, 100, 100), Window(5, 6, 5, 14)),
        (Window(2, 3, 4, 5), Window(2, 3, 4, 5)),
        (Window(10, 0, 5, 5), None),
        (Window(0, 20, 5, 5), None),
    ],
)
def test_what_two_windows_have_in_common(second, shared):
    first = Window(0, 0, 10, 20)
    assert common(first, second) == common(second, first) == shared


@pytest.mark.parametrize(
    ("region", "part"),
    [
        (Window(-5, 10, 10, 100), Window(0, 10, 5, 40)),
        (((1.5, 2.0), (1.5, 7.2), (8.0, 2.0)), Window(2, 2, 6, 6)),
    ],
)
def test_a_region_reaches_into_a_part_of_the_scene(region, part):
    assert extent(region, (30, 50)) == part
    inside = mask(region, part)
    assert inside.shape == part.shape
    assert inside.any(axis=1).all()


@pytest.mark.parametrize("region", [Window(30, 0, 5, 5), ((40.0, 1.0), (45.0, 9.0), (40.0, 9.0)), ()])
def test_a_region_outside_is_refused(region):
    with pytest.raises(RequestError, match="no pixel inside"):
        extent(region, (30, 50))


def test_a_mask_is_that_of_the_polygon():
    square = ((2.0, 3.0), (2.0, 7.0), (6.0, 7.0), (6.0, 3.0))
    truth = np.zeros((10, 10), bool)
    truth[2:6, 3:7] = True
    np.testing.assert_array_equal(mask(square, Window(0, 0, 10, 10)), truth)
