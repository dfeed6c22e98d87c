"""Tests of sargui.engine.evaluate: its numbers are those that numpy finds in the two rasters."""

from threading import Event

import numpy as np
import pytest

from sargui.core.errors import MismatchError, RequestError
from sargui.core.types import BandInfo, Kind, Pixels, ProductInfo, Window
from sargui.engine import api
from sargui.engine.evaluate import compare
from sargui.quality.bias import BiasSums
from sargui.quality.edges import EdgeSums
from sargui.quality.looks import LooksSums
from sargui.quality.multiscale_ssim import MultiscaleSsim
from sargui.quality.point_targets import PointTargetSums
from sargui.quality.ratio import RatioSums


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
    pack(source, tmp_path / "scene.sarz", 90, kind=Kind.AMPLITUDE, keep_power=False)
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


class Scene:
    """A raster of one band of power in memory; NaN is void."""

    def __init__(self, values):
        self.values = values.astype(np.float32)
        self.info = ProductInfo("scene", *values.shape, (BandInfo("float32", Kind.POWER),))

    def read(self, band, window):
        values = self.values[window.row : window.row + window.rows, window.col : window.col + window.cols]
        return Pixels(values, np.where(np.isnan(values), 2, 0).astype(np.uint8))


def compared(original, decoded, regions=()):
    return compare(Scene(original), Scene(decoded), lambda progress: None, Event(), regions).bands[0]


@pytest.fixture(scope="module")
def pair(power_of):
    """Two pictures of four windows with targets on their seams and holes, one of them a noisy copy of the other."""
    original = power_of(1100, 1300, looks=4)
    for row, col in ((1023, 600), (1024, 1024), (500, 1020), (1060, 1210), (300, 300)):
        original[row, col] = 1e4 * original[row - 20 : row + 21, col - 20 : col + 21].mean()
    original[700:900, 900:1200] = np.nan
    rng = np.random.default_rng(7)
    decoded = original * np.exp(0.2 * rng.standard_normal(original.shape))
    decoded[:250][rng.random((250, 1300)) < 1e-3] = np.nan
    return original.astype(np.float32).astype(float), decoded.astype(np.float32).astype(float)


def test_details_of_four_windows_are_those_of_the_whole_scene_at_once(pair):
    original, decoded = pair
    band = compared(original, decoded)
    found, valid = band.details, np.isfinite(original) & np.isfinite(decoded)
    floor = found.floor
    before_db, after_db = (10 * np.log10(power + floor) for power in pair)
    whole, middle = Window(0, 0, *original.shape), found.structure.display_middle_db
    bias, looks, ratio, edges, targets = BiasSums(), LooksSums(), RatioSums(), EdgeSums(), PointTargetSums()
    similarity = MultiscaleSsim(middle)
    for sums in (bias, looks, targets):
        sums.add(whole, original, decoded, valid)
    ratio.add(whole, before_db - after_db, valid)
    for sums in (edges, similarity):
        sums.add(whole, before_db, after_db, valid)
    assert middle == pytest.approx(before_db[np.isfinite(original)].mean(), abs=0.05)
    assert band.bias_db == pytest.approx(bias.bias_db, abs=1e-6)
    assert found.cell_bias.cells == bias.cells.cells > 300
    assert found.cell_bias.p95_db == pytest.approx(bias.cells.p95_db, abs=1e-6)
    assert found.looks.blocks == looks.looks.blocks
    assert found.looks.decoded == pytest.approx(looks.looks.decoded, rel=1e-6)
    assert found.ratio.variance == pytest.approx(ratio.ratio.variance, rel=1e-6)
    assert found.ratio.structure_percent == pytest.approx(ratio.ratio.structure_percent, abs=1e-3)
    assert found.structure.ssim == pytest.approx(similarity.ssim, abs=1e-5)
    assert found.structure.ms_ssim == pytest.approx(similarity.ms_ssim, abs=1e-5)
    assert found.structure.edge_preservation == pytest.approx(edges.index, abs=1e-5)
    assert found.point_targets.count == targets.targets.count == 5
    assert [each.row for each in found.point_targets.each] == [each.row for each in targets.targets.each]
    assert found.point_targets.peak_change_db == pytest.approx(targets.targets.peak_change_db, abs=1e-4)
    amplitude = np.sqrt(decoded[valid]) - np.sqrt(original[valid])
    assert found.amplitude.rmse == pytest.approx(np.sqrt(np.mean(amplitude**2)), rel=1e-6)
    assert found.amplitude.max_error == pytest.approx(np.abs(amplitude).max(), rel=1e-6)


def test_regions_are_measured_apart(pair):
    original, decoded = pair
    corners = ((1000.0, 1000.0), (1000.0, 1100.0), (1080.0, 1100.0), (1080.0, 1000.0))  # over four windows
    window = Window(1000, 1000, 80, 100)
    first, second = compared(original, decoded, (window, corners)).details.regions
    place = np.s_[1000:1080, 1000:1100]
    before, after = original[place], decoded[place]
    valid = np.isfinite(before) & np.isfinite(after)
    assert first.region == window
    assert (first.original.pixels, second.original.pixels) == (valid.sum(), valid.sum())
    assert first.original.looks == pytest.approx(before[valid].mean() ** 2 / before[valid].var(), rel=1e-9)
    assert first.decoded == second.decoded
    assert first.comparison.bias_db == pytest.approx(
        10 * np.log10(after[valid].mean() / before[valid].mean()), abs=1e-9
    )
    with pytest.raises(RequestError, match="no pixel inside"):
        compared(original, decoded, (Window(2000, 0, 5, 5),))


def test_a_constant_scene_is_like_itself_and_has_no_speckle():
    band = compared(np.full((200, 200), 5.0), np.full((200, 200), 5.0))
    found = band.details
    assert (band.rmse_db, band.bias_db, found.amplitude.rmse, found.amplitude.psnr_db) == (0, 0, 0, np.inf)
    assert (found.cell_bias.mean_db, found.cell_bias.p95_db) == (0, 0)
    assert (found.looks.blocks, found.point_targets.count) == (0, 0)
    assert (found.ratio.mean, found.ratio.variance, found.ratio.structure_percent) == (1, 0, 0)
    assert (found.structure.ssim, found.structure.ms_ssim) == pytest.approx((1, 1), abs=1e-6)
    assert found.distributions.kolmogorov_distance == 0


def test_a_scene_that_is_shifted_by_a_pixel_keeps_its_statistics_but_not_its_edges():
    power = np.random.default_rng(0).gamma(4, 1 / 4, (512, 512))
    band = compared(power, np.roll(power, 1, axis=1))
    found = band.details
    assert band.bias_db == pytest.approx(0, abs=1e-6)
    assert found.distributions.kolmogorov_distance == 0
    assert found.looks.original == pytest.approx(4, rel=0.05)
    assert found.looks.decoded == pytest.approx(found.looks.original, rel=0.03)
    assert found.ratio.mean == pytest.approx(
        4 / 3, rel=0.04
    )  # E(x) E(1/x) of gamma: looks / (looks − 1), less by the floor
    assert found.structure.edge_preservation == pytest.approx(-0.4, abs=0.02)  # of white noise
    assert found.structure.ssim < 0.2


def test_a_scene_that_is_brighter_by_a_decibel_is_so_in_every_figure():
    power = np.random.default_rng(0).gamma(4, 1 / 4, (512, 512))
    band = compared(power, power * 10**0.1)
    found = band.details
    assert (band.bias_db, found.cell_bias.mean_db, found.cell_bias.p95_db) == pytest.approx((1, 1, 1), abs=1e-5)
    assert found.ratio.mean == pytest.approx(10**-0.1, rel=0.01)  # but for the floor
    assert found.ratio.variance == pytest.approx(0, abs=1e-3)
    assert found.looks.decoded == pytest.approx(found.looks.original, rel=1e-5)
    assert found.structure.edge_preservation == pytest.approx(1, abs=0.01)


def test_one_floor_of_an_image_is_for_all_that_it_is_compared_with(pack, unpack, write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", power_of(200, 300).astype(np.float32))
    pack(source, tmp_path / "scene.sarz", 40)
    unpack(tmp_path / "scene.sarz", tmp_path / "back.tif")
    container, raster = (
        api.evaluate(source, tmp_path / name, device="cpu").bands[0] for name in ("scene.sarz", "back.tif")
    )
    assert container.details.floor == raster.details.floor == compared(*[power_of(200, 300)] * 2).details.floor
    assert container == raster


def test_errors_alone_come_without_details(pair):
    assert compared(*pair, regions=None).details is None
    assert compared(*pair, regions=None).rmse_db == compared(*pair).rmse_db


def test_a_pixel_that_decodes_to_almost_nothing_does_not_decide_the_ratio():
    power = np.random.default_rng(0).gamma(4, 1 / 4, (256, 256))
    decoded = power.copy()
    decoded[7, 7] = 1e-36
    found = compared(power, decoded, (Window(0, 0, 20, 20),)).details
    assert found.ratio.mean == pytest.approx(1, abs=0.01)
    assert found.regions[0].comparison.ratio_mean == pytest.approx(1, abs=0.5)
