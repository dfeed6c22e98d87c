"""Tests of sargui.engine.planes: what the network sees is finite, mirrored at the borders, and averaged as power."""

import numpy as np
import pytest
from scipy.integrate import quad

from sargui.core.types import BandInfo, Kind, Pixels, ProductInfo, Radiometry, Void, Window
from sargui.engine import api
from sargui.engine.planes import BandPlane, Overview, read_extended, sample_radiometry

SCALE = Radiometry(Kind.POWER, 0.0, 1e-6)


class Scene:
    """A raster source over an array; NaN is void."""

    def __init__(self, values):
        self.values, self.windows = values, []
        self.info = ProductInfo("scene", *values.shape, (BandInfo(values.dtype.name, Kind.POWER),))

    def read(self, band, window):
        self.windows.append(window)
        part = self.values[window.row : window.row + window.rows, window.col : window.col + window.cols]
        return Pixels(part, np.where(np.isnan(part), np.uint8(Void.NAN), np.uint8(Void.VALID)))


def test_undeclared_fill_values_beyond_reason_do_not_spoil_their_tile(through, power_of, tmp_path):
    # netCDF's default fill value, not declared as nodata: its square is no float32.
    amplitude = np.sqrt(power_of(150, 200)).astype(np.float32)
    amplitude[:40, :40] = 9.96921e36
    back = through(amplitude, quality=80, kind=Kind.AMPLITUDE)[0]
    assert np.isfinite(back).all()
    error = 20 * np.log10(back[100:, 100:] / amplitude[100:, 100:])
    assert np.sqrt(np.mean(error**2)) < 0.8
    assert np.isfinite(api.evaluate(tmp_path / "scene.tif", tmp_path / "scene.sarz", device="cpu").rmse_db)


@pytest.mark.parametrize(
    ("shape", "window"), [((32, 48), (0, 0, 32, 48)), ((16, 16), (0, 0, 16, 16)), ((96, 64), (32, 16, 64, 48))]
)
def test_a_window_is_extended_as_numpy_pads(shape, window):
    power = np.random.default_rng(0).exponential(1.0, shape).astype(np.float32)
    x, void = read_extended(BandPlane(Scene(power), 0, SCALE), Window(*window), 48)
    row, col, rows, cols = window
    padded = np.pad(np.log10(power + 1e-6), 48, mode="symmetric")
    np.testing.assert_allclose(x, padded[row : row + rows + 96, col : col + cols + 96], atol=1e-5)
    assert not void.any()


def test_a_scene_that_ends_within_a_cell_is_mirrored_up_to_its_end_and_then_mirrored_whole():
    power = np.random.default_rng(1).exponential(1.0, (20, 40)).astype(np.float32)
    x, _ = read_extended(BandPlane(Scene(power), 0, SCALE), Window(0, 0, 20, 40), 48)
    coded = np.pad(np.log10(power + 1e-6), ((0, 12), (0, 8)), mode="symmetric")
    np.testing.assert_allclose(x, np.pad(coded, 48, mode="symmetric"), atol=1e-5)


def test_void_pixels_are_finite_input():
    power = np.full((40, 40), np.nan, np.float32)
    power[3, 5] = 7
    x, void = read_extended(BandPlane(Scene(power), 0, SCALE), Window(0, 0, 40, 40), 48)
    np.testing.assert_allclose(x, np.log10(7), rtol=1e-5)
    assert (void[48:88, 48:88] != 0).sum() == 1599


def test_an_overview_averages_the_power_of_valid_pixels():
    power = np.random.default_rng(2).exponential(1.0, (50, 70))
    void = np.zeros((50, 70), np.uint8)
    void[:16, :16], void[20:25, 20:60] = Void.NAN, Void.NODATA
    overview = Overview(50, 70)
    for window in (Window(0, 0, 32, 70), Window(32, 0, 18, 70)):
        place = np.s_[window.row : window.row + window.rows]
        overview.add(window, np.log10(power[place]).astype(np.float32), void[place])
    x, empty = overview.read(Window(0, 0, *overview.shape))
    assert x.shape == (4, 5)
    masked = np.where(void == 0, power, np.nan)
    for row in range(4):
        for col in range(5):
            block = masked[16 * row : 16 * row + 16, 16 * col : 16 * col + 16]
            if np.isnan(block).all():
                assert empty[row, col] == Void.NODATA
            else:
                assert empty[row, col] == Void.VALID
                assert x[row, col] == pytest.approx(np.log10(np.nanmean(block)), abs=1e-4)


def test_the_radiometry_of_a_large_band_is_sampled_evenly_and_the_same_each_time():
    # Of exponential speckle the floor is a tenth of −mean·ln(0.98); the mean of 10·log10(power + floor) by quadrature.
    power = np.random.default_rng(3).exponential(50.0, (1000, 9000)).astype(np.float32)
    scene = Scene(power)
    found = sample_radiometry(scene, 0, Kind.POWER)
    assert found == sample_radiometry(Scene(power), 0, Kind.POWER)
    floor = 0.1 * -50 * np.log(0.98)
    mean_db = quad(lambda t: np.exp(-t) * 10 * np.log10(50 * t + floor), 0, np.inf)[0]
    assert found.floor == pytest.approx(floor, rel=0.02)
    assert found.mean_db == pytest.approx(mean_db, abs=0.01)
    assert len(scene.windows) == 128  # of 144


def test_no_more_than_128_windows_are_sampled():
    scene = Scene(np.ones((260, 256 * 100), np.float32))
    sample_radiometry(scene, 0, Kind.POWER)
    assert len(scene.windows) == 128
    assert {window.row for window in scene.windows} == {0, 256}
    assert max(window.col for window in scene.windows) == 256 * 99
