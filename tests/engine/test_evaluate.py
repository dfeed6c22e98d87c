"""Tests of sargui.engine.evaluate: its numbers are those that numpy finds in the two rasters."""

import numpy as np
import pytest

from sargui.core.errors import MismatchError
from sargui.core.types import Kind
from sargui.engine import api


def test_rms_bias_and_largest_error_are_those_of_the_decompressed_pixels(pack, unpack, write, read, power_of, tmp_path):
    bands = np.stack([power_of(90, 120, seed) for seed in (1, 2)]).astype(np.float32)
    bands[0, :30, :40] = np.nan
    source = write(tmp_path / "scene.tif", bands)
    pack(source, tmp_path / "scene.sarz", 40)
    unpack(tmp_path / "scene.sarz", tmp_path / "back.tif")
    found = api.evaluate(source, tmp_path / "scene.sarz", device="cpu")
    for before, after, quality in zip(bands, read(tmp_path / "back.tif"), found.bands, strict=True):
        valid = np.isfinite(before)
        first, second = before[valid].astype(float), after[valid].astype(float)
        floor = 0.1 * np.quantile(first, 0.02)  # errors are in dB of power + floor
        error = 10 * np.log10((second + floor) / (first + floor))
        assert quality.valid_pixels == valid.sum()
        assert quality.void_mismatches == 0
        assert quality.rmse_db == pytest.approx(np.sqrt(np.mean(error**2)), rel=1e-3)
        assert quality.max_error_db == pytest.approx(np.abs(error).max(), rel=1e-3)
        bias = 10 * np.log10(second.mean() / first.mean())
        assert quality.bias_db == pytest.approx(bias, abs=1e-3)
    squares = [band.rmse_db**2 * band.valid_pixels for band in found.bands]
    assert found.rmse_db == pytest.approx(np.sqrt(sum(squares) / np.isfinite(bands).sum()))


def test_two_rasters_are_compared_as_well_and_a_raster_is_equal_to_itself(write, power_of, tmp_path):
    power = power_of(40, 50).astype(np.float32)
    source = write(tmp_path / "scene.tif", power)
    same = api.evaluate(source, source).bands[0]
    assert (same.rmse_db, same.bias_db, same.max_error_db, same.psnr_db) == (0, 0, 0, np.inf)
    doubled = api.evaluate(source, write(tmp_path / "double.tif", 2 * power)).bands[0]
    assert doubled.bias_db == pytest.approx(10 * np.log10(2), abs=0.1)
    assert doubled.max_error_db <= 10 * np.log10(2) + 1e-3


def test_pixels_valid_in_one_and_void_in_the_other_are_counted(write, power_of, tmp_path):
    power = power_of(40, 50).astype(np.float32)
    source = write(tmp_path / "scene.tif", power)
    power[3, 4:9] = np.nan
    found = api.evaluate(source, write(tmp_path / "holes.tif", power)).bands[0]
    assert (found.void_mismatches, found.valid_pixels) == (5, 1995)


def test_a_kind_given_once_is_remembered_by_the_container(pack, write, power_of, tmp_path):
    decibels = (10 * np.log10(power_of(60, 70)) - 40).astype(np.float32)
    source = write(tmp_path / "scene.tif", decibels)
    pack(source, tmp_path / "scene.sarz", 90, kind=Kind.DB)
    assert api.evaluate(source, tmp_path / "scene.sarz", device="cpu").rmse_db < 0.6


def test_two_sizes_do_not_match(pack, write, power_of, tmp_path):
    pack(write(tmp_path / "a.tif", power_of(30, 20).astype(np.float32)), tmp_path / "a.sarz")
    other = write(tmp_path / "b.tif", power_of(20, 30).astype(np.float32))
    with pytest.raises(MismatchError, match="20 × 30 × 1 and 30 × 20 × 1"):
        api.evaluate(other, tmp_path / "a.sarz", device="cpu")


def test_negative_power_counts_in_the_bias_with_its_sign(pack, unpack, write, read, power_of, tmp_path):
    power = power_of(60, 70).astype(np.float32)
    power[:6] -= 400
    source = write(tmp_path / "scene.tif", power)
    pack(source, tmp_path / "scene.sarz", 90, kind=Kind.POWER)
    unpack(tmp_path / "scene.sarz", tmp_path / "back.tif")
    found = api.evaluate(source, tmp_path / "scene.sarz", device="cpu").bands[0]
    assert found.unkept_pixels == np.count_nonzero(power < 0) > 0
    after = read(tmp_path / "back.tif").astype(float)
    assert found.bias_db == pytest.approx(10 * np.log10(after.mean() / power.astype(float).mean()), abs=1e-3)


def test_negative_amplitude_counts_as_none(pack, write, power_of, tmp_path):
    amplitude = np.sqrt(power_of(60, 70)).astype(np.float32)
    amplitude[:30] = -9999
    source = write(tmp_path / "scene.tif", amplitude)
    pack(source, tmp_path / "scene.sarz", 90, kind=Kind.AMPLITUDE)
    found = api.evaluate(source, tmp_path / "scene.sarz", device="cpu").bands[0]
    assert found.unkept_pixels == 30 * 70
    assert abs(found.bias_db) < 0.2


def test_power_that_is_lost_altogether_is_in_the_bias(pack, write, power_of, tmp_path):
    amplitude = np.sqrt(power_of(60, 70)).astype(np.float32)
    amplitude[:6] = 9.96921e36  # what netCDF fills with
    source = write(tmp_path / "scene.tif", amplitude)
    pack(source, tmp_path / "scene.sarz", 90, kind=Kind.AMPLITUDE)
    found = api.evaluate(source, tmp_path / "scene.sarz", device="cpu").bands[0]
    assert found.unkept_pixels == 6 * 70
    assert found.bias_db == pytest.approx(385 - 20 * np.log10(9.96921e36), abs=5)  # float32 ends at 385 dB


def test_a_mean_that_is_not_positive_has_no_bias(write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", -power_of(40, 50).astype(np.float32))
    other = write(tmp_path / "other.tif", power_of(40, 50).astype(np.float32), {"SAR_KIND": "power"})
    found = api.evaluate(source, other).bands[0]
    assert np.isnan(found.bias_db)
    assert found.unkept_pixels == found.valid_pixels == 2000


def test_a_raster_with_negative_power_is_equal_to_itself(write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", power_of(40, 50).astype(np.float32) - 300, {"SAR_KIND": "power"})
    found = api.evaluate(source, source).bands[0]
    assert (found.rmse_db, found.bias_db) == (0, 0)
    assert found.unkept_pixels > 0


def test_the_worst_tiles_are_named_with_their_errors_the_worst_first(write, power_of, tmp_path):
    power = np.stack([power_of(1100, 700, seed) for seed in (1, 2)]).astype(np.float32)
    power[0, 0, :5] = np.nan
    source = write(tmp_path / "scene.tif", power)
    factors = {(1, 1024, 512): 1.3, (0, 512, 0): 1.5, (1, 0, 512): 1.1}
    other = power.copy()
    for (band, row, col), factor in factors.items():
        other[band, row : row + 512, col : col + 512] *= factor
    found = api.evaluate(source, write(tmp_path / "other.tif", other)).worst
    assert len(found) == 2 * 3 * 2
    assert [(tile.band, tile.row, tile.col) for tile in found[:3]] == [(0, 512, 0), (1, 1024, 512), (1, 0, 512)]
    for tile, factor in zip(found[:3], (1.5, 1.3, 1.1), strict=True):
        assert tile.rmse_db == pytest.approx(10 * np.log10(factor), rel=0.05)  # less, for the floor
    assert all(tile.rmse_db == 0 for tile in found[3:])


def test_the_error_of_a_scene_of_one_tile_is_that_of_the_tile(pack, write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", power_of(90, 120).astype(np.float32))
    pack(source, tmp_path / "scene.sarz", 40)
    found = api.evaluate(source, tmp_path / "scene.sarz", device="cpu")
    assert [(tile.band, tile.row, tile.col) for tile in found.worst] == [(0, 0, 0)]
    assert found.worst[0].rmse_db == pytest.approx(found.rmse_db)


def test_bands_that_are_no_measurements_have_no_worst_tiles(write, power_of, tmp_path):
    bands = np.stack([power_of(30, 40), np.full((30, 40), 255.0)]).astype(np.uint16)
    source = write(tmp_path / "scene.tif", bands, photometric="MINISBLACK", alpha="YES")
    assert {tile.band for tile in api.evaluate(source, source).worst} == {0}
