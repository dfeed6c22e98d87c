"""Tests of sargui.quality.looks: gamma speckle has the number of looks that it was made with."""

import math

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from sargui.core.types import Window
from sargui.quality.looks import LooksSums

EVERYWHERE = np.ones((448, 448), bool)


@pytest.mark.parametrize("looks", [1, 4, 16])
def test_speckle_has_the_looks_it_was_made_with(feed, speckle, looks):
    found = feed(LooksSums(), 448, 1e4 * speckle(looks), 1e4 * speckle(4 * looks, seed=1), EVERYWHERE).looks
    assert found.blocks >= 16
    assert found.original == pytest.approx(looks, rel=0.05)
    assert found.decoded == pytest.approx(4 * looks, rel=0.05)


def test_they_are_counted_where_the_ground_is_homogeneous(feed, speckle):
    ground = np.exp(3 * gaussian_filter(np.random.default_rng(5).standard_normal((448, 448)), 6))
    ground[:224, :224] = 0.1  # a lake
    power = ground * speckle(4)
    found = feed(LooksSums(), 448, power, power, EVERYWHERE).looks
    assert found.original == found.decoded == pytest.approx(4, rel=0.05)
    everywhere = power.mean() ** 2 / power.var()
    assert everywhere < 2  # of the scene as a whole


def test_it_does_not_depend_on_the_windows(feed, speckle, side):
    valid = np.random.default_rng(3).random((443, 421)) > 1e-4
    first, second = (np.where(valid, speckle(4, valid.shape, seed), np.nan) for seed in (1, 2))
    found, truth = (feed(LooksSums(), each, first, second, valid).looks for each in (side, 448))
    assert found.blocks == truth.blocks
    assert found.original == pytest.approx(truth.original, rel=1e-12)
    assert found.decoded == pytest.approx(truth.decoded, rel=1e-12)


def test_blocks_with_a_void_pixel_do_not_count(feed, speckle):
    valid = EVERYWHERE.copy()
    valid[::32, ::32] = False
    found = feed(LooksSums(), 448, speckle(1), speckle(1), valid).looks
    assert found.blocks == 0
    assert math.isnan(found.original)


def test_where_nothing_varies_there_are_no_looks_and_saturation_is_no_speckle(feed, speckle):
    constant = np.full((448, 448), 7.0)
    assert feed(LooksSums(), 448, constant, constant, EVERYWHERE).looks.blocks == 0
    assert feed(LooksSums(), 448, 0 * constant, constant, EVERYWHERE).looks.blocks == 0
    half = speckle(4)
    half[:, :224] = 9
    assert feed(LooksSums(), 448, half, constant, EVERYWHERE).looks.original == pytest.approx(4, rel=0.08)
    assert feed(LooksSums(), 448, half, constant, EVERYWHERE).looks.decoded == math.inf


def test_windows_that_cut_blocks_are_refused():
    picture = np.ones((16, 16))
    with pytest.raises(ValueError, match="blocks"):
        LooksSums().add(Window(16, 0, 16, 16), picture, picture, picture > 0)
