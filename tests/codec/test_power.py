"""The radiometric correction: what makes the mean power of every cell that of the original, without seams."""

import numpy as np
import pytest

from sargui.codec.power import (
    AROUND,
    CLASSES,
    GAINS_DB,
    SIDE,
    added_by_class,
    classes,
    contrast,
    correction,
    gains_db,
    node_sums,
)
from sargui.core.radiometry import block_sums
from sargui.core.tiling import grid_shape
from sargui.core.types import Window


def speckle(shape, seed, looks=4):
    """Return power with the statistics of multi-look speckle over ground that changes by some dB."""
    return (ground_of(shape) * np.random.default_rng(seed).gamma(looks, 1 / looks, shape)).astype(np.float32)


def ground_of(shape):
    rows, cols = np.indices(shape)
    return 10 ** (0.5 * np.sin(rows / 90) * np.cos(cols / 70))


def cell_sums(values):
    return block_sums(values, SIDE, np.float64)


def contrasts(power):
    x = np.log10(power)
    return contrast(x, np.ones(x.shape, bool))


def corrected(power, gains):
    rows, cols = power.shape
    return power * 10 ** correction(gains, Window(0, 0, rows, cols), contrasts(power))


def found(original, decoded):
    return gains_db(cell_sums(original) - cell_sums(decoded), node_sums(decoded * contrasts(decoded)))


def test_contrast_is_amplitude_over_the_geometric_mean_of_what_is_around():
    power = speckle((60, 70), 10)
    row, col = 30, 35
    around = power[row - AROUND : row + AROUND + 1, col - AROUND : col + AROUND + 1]
    expected = np.sqrt(power[row, col] / np.exp(np.log(around).mean()))
    assert contrasts(power)[row, col] == pytest.approx(expected, rel=1e-4)
    assert contrasts(power)[0, 69] == pytest.approx(
        np.sqrt(power[0, 69] / np.exp(np.log(power[: AROUND + 1, 69 - AROUND :]).mean())), rel=1e-4
    )


def test_contrast_has_a_limit_and_is_1_where_nothing_stands_out():
    power = np.full((50, 50), 3, np.float32)
    assert contrasts(power) == pytest.approx(np.ones((50, 50)), abs=1e-5)
    power[20, 20] = 3e9
    assert contrasts(power)[20, 20] == pytest.approx(8)


def test_pixels_that_are_not_valid_have_no_say_in_contrast():
    x, valid = np.zeros((40, 40), np.float32), np.ones((40, 40), bool)
    x[:, 20:], valid[:, 20:] = 5, False
    result = contrast(x, valid)
    assert result[:, :20] == pytest.approx(np.ones((40, 20)), abs=1e-5)
    assert np.isfinite(contrast(x, np.zeros_like(valid))).all()


def test_the_shares_of_a_cells_power_sum_to_it():
    power = speckle((150, 200), 0)
    assert node_sums(power).sum(axis=(2, 3)) == pytest.approx(cell_sums(power), rel=1e-6)


def test_gains_add_to_a_cells_power_as_its_shares_say():
    power, gains = speckle((192, 256), 1), np.random.default_rng(2).uniform(0, 1, (3, 4))
    excess = np.pad(10 ** (gains / 10) - 1, 1, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(excess, (3, 3))
    foretold = cell_sums(power) + (node_sums(power * contrasts(power)) * around).sum(axis=(2, 3))
    assert cell_sums(corrected(power, gains)) == pytest.approx(foretold, rel=1e-5)


def test_smoothed_speckle_gets_its_mean_power_back():
    original, ground = speckle((640, 704), 3, looks=1), ground_of((640, 704))
    decoded = (original / ground) ** 0.3 * np.exp(0.7 * -0.5772) * ground  # the same mean logarithm
    decoded = decoded.astype(np.float32)
    after = corrected(decoded, found(original, decoded))
    bias_db = 10 * np.log10(cell_sums(after) / cell_sums(original))
    before_db = 10 * np.log10(cell_sums(decoded) / cell_sums(original))
    assert np.quantile(np.abs(before_db), 0.05) > 1
    assert np.quantile(np.abs(bias_db), 0.95) < 0.1 * np.quantile(np.abs(before_db), 0.95)
    assert abs(10 * np.log10(after.sum() / original.sum())) < 0.02


def test_a_bright_point_that_came_out_dark_is_made_up_for_where_it_is():
    original = speckle((192, 192), 4, looks=50)
    original[90:93, 90:93] *= 1000
    decoded = original.copy()
    decoded[90:93, 90:93] /= 2
    added_db = 10 * np.log10(corrected(decoded, found(original, decoded)) / decoded)
    assert added_db[91, 91] > 2
    assert np.median(added_db[64:128, 64:128]) < 0.7


def test_a_common_factor_is_found_where_nothing_stands_out():
    original = np.full((130, 70), 5, np.float32)
    gains = found(original, original * np.float32(0.8))
    assert gains == pytest.approx(np.full(grid_shape(130, 70, SIDE), -10 * np.log10(0.8)), abs=1e-4)


def test_between_cells_the_correction_is_smooth():
    gains = np.random.default_rng(5).uniform(0, 0.6, (4, 4))
    added_db = 10 * correction(gains, Window(0, 0, 256, 256), np.ones((256, 256), np.float32))
    steepest = np.abs(np.diff(gains, axis=0)).max() / SIDE
    assert np.abs(np.diff(added_db, axis=0)).max() < 1.1 * steepest
    at = SIDE // 2
    center = added_db[at - 1 : at + 1, at - 1 : at + 1].mean()
    assert center == pytest.approx(gains[0, 0], abs=0.01)


def test_a_part_is_corrected_as_in_the_whole():
    gains, seen = np.random.default_rng(6).uniform(0, 0.6, (5, 6)), contrasts(speckle((300, 350), 6))
    whole = correction(gains, Window(0, 0, 300, 350), seen)
    part = correction(gains, Window(70, 101, 150, 33), seen[70:220, 101:134])
    assert part == pytest.approx(whole[70:220, 101:134], abs=1e-6)


def test_where_nothing_is_measured_nothing_is_changed():
    lacking, reached = np.ones((1, 3)), np.ones((1, 3, 3, 3))
    lacking[0, 1] = reached[0, 1] = 0
    gains = gains_db(lacking, reached)
    assert gains[0, 1] == 0
    assert np.isfinite(gains).all()


def test_gains_have_limits_and_leave_no_pixel_without_power():
    most = gains_db(np.full((1, 1), 1e9), node_sums(speckle((64, 64), 8)))
    least = gains_db(np.full((1, 1), -1e9), node_sums(speckle((64, 64), 8)))
    assert (least, most) == (pytest.approx(GAINS_DB[0]), pytest.approx(GAINS_DB[1]))
    added = correction(np.full((1, 1), -12.0), Window(0, 0, 1, 1), np.full((1, 1), 8, np.float32))  # of a damaged file
    assert added == pytest.approx(np.log10(1 / 16))


def test_what_is_added_to_the_pixels_of_a_class_is_their_mean():
    gains, seen = np.random.default_rng(9).uniform(0, 0.4, (3, 5)), contrasts(speckle((3 * SIDE, 5 * SIDE), 9, looks=1))
    added, kinds = correction(gains, Window(0, 0, *seen.shape), seen), classes(seen)
    assert CLASSES[kinds[seen > 0.2]] == pytest.approx(seen[seen > 0.2], rel=0.2)
    for kind in (3, 5, 7):  # contrasts of a half, one and two
        chosen = kinds == kind
        means = cell_sums(np.where(chosen, added, 0)) / cell_sums(chosen.astype(float))
        assert added_by_class(gains)[:, :, kind] == pytest.approx(means, rel=0.15)
