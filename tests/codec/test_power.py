"""The radiometric correction: gains that make the mean power of every cell that of the original, without seams."""

import numpy as np
import pytest

from sargui.codec.power import SIDE, correction, gains_db, mean_gains, node_sums
from sargui.core.radiometry import block_sums
from sargui.core.tiling import grid_shape
from sargui.core.types import Window


def speckle(shape, seed, looks=4):
    """Return power with the statistics of multi-look speckle over ground that changes by some dB."""
    rng = np.random.default_rng(seed)
    rows, cols = np.indices(shape)
    ground = 10 ** (0.5 * np.sin(rows / 90) * np.cos(cols / 70))
    return (ground * rng.gamma(looks, 1 / looks, shape)).astype(np.float32)


def cell_sums(values):
    return block_sums(values, SIDE, np.float64)


def corrected(power, gains):
    rows, cols = power.shape
    return power * 10 ** correction(gains, Window(0, 0, rows, cols))


def test_the_shares_of_a_cells_power_sum_to_it():
    power = speckle((150, 200), 0)
    assert node_sums(power).sum(axis=(2, 3)) == pytest.approx(cell_sums(power), rel=1e-6)


def test_gains_multiply_a_cells_power_as_its_shares_say():
    power, gains = speckle((192, 256), 1), np.random.default_rng(2).normal(0, 1, (3, 4))
    factors = np.pad(10 ** (gains / 10), 1, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(factors, (3, 3))
    foretold = (node_sums(power) * around).sum(axis=(2, 3))
    assert cell_sums(corrected(power, gains)) == pytest.approx(foretold, rel=1e-5)


def test_smoothed_speckle_gets_its_mean_power_back():
    original = speckle((640, 704), 3)
    decoded = (10 ** (0.3 * np.log10(original))) * original.mean()  # the mean logarithm is far below the original's
    gains = gains_db(cell_sums(original), node_sums(decoded))
    after = corrected(decoded, gains)
    bias_db = 10 * np.log10(cell_sums(after) / cell_sums(original))
    before_db = 10 * np.log10(cell_sums(decoded) / cell_sums(original))
    assert np.quantile(np.abs(before_db), 0.95) > 1
    assert np.quantile(np.abs(bias_db), 0.95) < 0.1 * np.quantile(np.abs(before_db), 0.95)
    assert abs(10 * np.log10(after.sum() / original.sum())) < 0.02


def test_a_common_factor_is_found_exactly():
    original = speckle((130, 70), 4)
    gains = gains_db(cell_sums(original), node_sums(original * np.float32(0.8)))
    assert gains == pytest.approx(np.full(grid_shape(130, 70, SIDE), -10 * np.log10(0.8)), abs=1e-5)


def test_between_cells_the_correction_is_smooth():
    gains = np.random.default_rng(5).normal(0, 0.3, (4, 4))
    added_db = 10 * correction(gains, Window(0, 0, 256, 256))
    steepest = np.abs(np.diff(gains, axis=0)).max() / SIDE
    assert np.abs(np.diff(added_db, axis=0)).max() < 1.1 * steepest
    at = SIDE // 2
    center = added_db[at - 1 : at + 1, at - 1 : at + 1].mean()
    assert center == pytest.approx(gains[0, 0], abs=0.01)


def test_a_part_is_corrected_as_in_the_whole():
    gains = np.random.default_rng(6).normal(0, 0.3, (5, 6))
    whole = correction(gains, Window(0, 0, 300, 350))
    assert correction(gains, Window(70, 101, 150, 33)) == pytest.approx(whole[70:220, 101:134], abs=1e-6)


def test_where_nothing_is_measured_nothing_is_changed():
    original = speckle((64, 192), 7)
    original[:, 64:128] = 0
    gains = gains_db(cell_sums(original), node_sums(original * np.float32(0.9)))
    assert gains[0, 1] == 0
    assert np.isfinite(gains).all()
    assert gains_db(np.zeros((1, 1)), np.ones((1, 1, 3, 3))) == 0  # no power to be reached


def test_gains_have_a_limit():
    gains = gains_db(np.full((1, 1), 1e9), node_sums(speckle((64, 64), 8)))
    assert gains == 6


def test_the_mean_gain_of_a_cell_is_that_of_its_pixels():
    gains = np.random.default_rng(9).normal(0, 0.2, (3, 5))
    added_db = 10 * correction(gains, Window(0, 0, 3 * SIDE, 5 * SIDE))
    assert mean_gains(gains) == pytest.approx(cell_sums(added_db) / SIDE**2, abs=0.01)
