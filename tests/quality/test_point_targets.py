"""Tests of sargui.quality.point_targets: planted scatterers are found, measured, and no others."""

import math

import numpy as np
import pytest

from sargui.quality.point_targets import PointTargetSums

SHAPE = (301, 448)
PLACES = [(64, 64), (63, 200), (127, 255), (130, 400), (200, 30), (250, 192), (284, 320), (16, 16)]  # some on seams


def scene(places, level=1e5, seed=0, shape=SHAPE):
    """Return four-look clutter of mean 1 with sinc² targets at places, each a bit darker than the one before."""
    power = np.random.default_rng(seed).gamma(4, 1 / 4, shape)
    rows, cols = np.ogrid[: shape[0], : shape[1]]
    for number, (row, col) in enumerate(places):
        power += level * 0.9**number * (np.sinc((rows - row) / 2.5) * np.sinc((cols - col) / 2.5)) ** 2
    return power


def near(places, power):
    """Blank the far side lobes, which would cover each other's neighborhoods."""
    mask = np.zeros(power.shape, bool)
    for row, col in places:
        mask[max(row - 20, 0) : row + 21, max(col - 20, 0) : col + 21] = True
    return np.where(mask, power, np.random.default_rng(9).gamma(4, 1 / 4, power.shape))


def targets(feed, original, decoded, valid=None, side=448, most=32):
    valid = np.ones(original.shape, bool) if valid is None else valid
    return feed(PointTargetSums(most), side, original, decoded, valid).targets


def test_planted_targets_are_found_in_the_order_of_their_brightness(feed, side):
    power = near(PLACES, scene(PLACES))
    found = targets(feed, power, power, side=side)
    assert [(each.row, each.col) for each in found.each] == PLACES
    assert (found.count, found.peak_change_db, found.peak_change_max_db) == (8, 0, 0)
    assert found.width_rows_original_px == found.width_rows_decoded_px == pytest.approx(0.8859 * 2.5, rel=0.02)
    assert found.sidelobe_original_db == pytest.approx(-13.26, abs=0.3)
    assert [(each.row, each.col) for each in targets(feed, power, power, side=side, most=3).each] == PLACES[:3]


def test_what_a_codec_does_to_them_is_measured(feed, side):
    power = near(PLACES, scene(PLACES))
    dimmed = power / 2
    dimmed[:, 100:] = power[:, 100:]  # three of the eight
    found = targets(feed, power, dimmed, side=side)
    half_db = 10 * math.log10(2)
    changes = {(each.row, each.col): each.peak_change_db for each in found.each}
    assert changes[200, 30] == pytest.approx(-half_db, abs=1e-6)
    assert changes[250, 192] == 0
    assert found.peak_change_db == pytest.approx(-3 / 8 * half_db, abs=1e-6)
    assert found.peak_change_max_db == pytest.approx(half_db, abs=1e-6)
    smoothed = sum(np.roll(power, step, 1) for step in (-1, 0, 1)) / 3
    found = targets(feed, power, smoothed, side=side)
    assert found.width_cols_decoded_px > 1.15 * found.width_cols_original_px
    assert found.width_rows_decoded_px == pytest.approx(found.width_rows_original_px, rel=0.02)
    assert found.peak_change_db < -0.5


def test_a_target_that_is_gone_has_changed_without_end(feed):
    power = near(PLACES[:1], scene(PLACES[:1]))
    found = targets(feed, power, np.zeros(SHAPE))
    assert (found.count, found.peak_change_db) == (1, -math.inf)
    assert math.isnan(found.width_rows_decoded_px)


@pytest.mark.parametrize(
    ("second", "level"), [((100, 112), 0.5), ((100, 100), 1.0)], ids=["a neighbor", "a saturated peak"]
)
def test_what_is_not_isolated_is_no_target(feed, second, level):
    power = np.random.default_rng(0).gamma(4, 1 / 4, (200, 200))
    power[100, 101] = 1e5
    power[second] = level * 1e5
    assert targets(feed, power, power).count == 0
    power[second] = 1
    assert targets(feed, power, power).count == 1


def test_what_is_too_near_to_the_border_or_to_void_pixels_is_no_target(feed):
    power = np.random.default_rng(0).gamma(4, 1 / 4, (200, 200))
    power[15, 100] = power[100, 184] = 1e5
    assert targets(feed, power, power).count == 0
    power[100, 100] = 1e5
    valid = np.ones(power.shape, bool)
    assert targets(feed, power, power, valid).count == 1
    valid[84, 116] = False
    assert targets(feed, np.where(valid, power, np.nan), power, valid).count == 0


@pytest.mark.parametrize("looks", [1, 4])
def test_speckle_has_no_targets(feed, looks):
    power = np.random.default_rng(0).gamma(looks, 1 / looks, (448, 448))
    found = targets(feed, power, power)
    assert found.count == 0
    assert math.isnan(found.peak_change_db)
    assert math.isnan(found.sidelobe_decoded_db)


def test_a_scene_smaller_than_a_chip_has_none(feed):
    power = np.ones((32, 500))
    power[16, 250] = 1e5
    assert targets(feed, power, power).count == 0
