"""Tests of sargui.quality.bias: the bias is that of whole-image sums, and of cells cut out one by one."""

import math

import numpy as np
import pytest

from sargui.core.types import Window
from sargui.quality.bias import BiasSums

SHAPE = (301, 450)


@pytest.fixture
def scene(speckle):
    """Return speckle of four looks, the same with a bias that grows across it, and holes."""
    original = 0.3 * speckle(4, SHAPE)
    decoded = original * speckle(40, SHAPE, 1) * np.linspace(0.9, 1.2, SHAPE[1])
    valid = np.random.default_rng(2).random(SHAPE) > 0.1
    valid[100:230, 60:210] = False
    return original, decoded, valid


def test_it_is_that_of_sums_over_the_scene_and_over_each_cell(feed, side, scene):
    original, decoded, valid = scene
    sums = feed(BiasSums(), side, *(np.where(valid, each, np.nan) for each in scene[:2]), valid)
    assert sums.bias_db == pytest.approx(10 * np.log10(decoded[valid].sum() / original[valid].sum()), abs=1e-9)
    truth = []
    for row in range(0, SHAPE[0], 64):
        for col in range(0, SHAPE[1], 64):
            cell = np.s_[row : row + 64, col : col + 64]
            if valid[cell].sum() >= 2048:
                inside = valid[cell]
                truth.append(10 * np.log10(decoded[cell][inside].sum() / original[cell][inside].sum()))
    found = sums.cells
    assert found.cells == len(truth) < 5 * 8
    assert found.mean_db == pytest.approx(np.mean(truth), abs=1e-9)
    assert found.p95_db == pytest.approx(np.percentile(np.abs(truth), 95), abs=1e-9)


@pytest.mark.parametrize("gain_db", [-0.16, 0.0, 3.0])
def test_a_gain_is_found_as_it_is(feed, speckle, gain_db):
    original = speckle(1, (128, 128))
    sums = feed(BiasSums(), 64, original, original * 10 ** (gain_db / 10), np.ones((128, 128), bool))
    assert sums.bias_db == pytest.approx(gain_db, abs=1e-12)
    assert (sums.cells.cells, sums.cells.mean_db) == (4, pytest.approx(gain_db, abs=1e-12))
    assert sums.cells.p95_db == pytest.approx(abs(gain_db), abs=1e-12)


def test_signs_count_and_a_mean_that_is_not_positive_has_no_bias(feed):
    original = np.ones((64, 128))
    original[:, :64] = np.where(np.arange(64) % 2, 3, -1)  # mean 1
    sums = feed(BiasSums(), 64, original, np.ones((64, 128)), np.ones((64, 128), bool))
    assert sums.bias_db == pytest.approx(0, abs=1e-12)
    sums = feed(BiasSums(), 64, original - 1.5, np.ones((64, 128)), np.ones((64, 128), bool))
    assert math.isnan(sums.bias_db)
    assert sums.cells.cells == 0
    assert math.isnan(sums.cells.p95_db)


def test_without_valid_pixels_there_is_none(feed):
    void = np.full((64, 64), np.nan)
    sums = feed(BiasSums(), 64, void, void, np.zeros((64, 64), bool))
    assert math.isnan(sums.bias_db)
    assert sums.cells.cells == 0


def test_windows_that_cut_cells_are_refused():
    picture = np.ones((32, 32))
    with pytest.raises(ValueError, match="cells"):
        BiasSums().add(Window(0, 32, 32, 32), picture, picture, picture > 0)
