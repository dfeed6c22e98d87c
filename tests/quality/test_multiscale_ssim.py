"""Tests of MS-SSIM against the authors' program, written down again with SciPy, and against scikit-image's SSIM."""

import math

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, uniform_filter1d
from scipy.signal import convolve2d

from sargui.core.types import Window
from sargui.quality.multiscale_ssim import MultiscaleSsim

RANGE_DB, MIDDLE_DB = 40, -12.0


def pictures(shape=(203, 301), noise_db=3.0):
    rng = np.random.default_rng(5)
    ground = gaussian_filter(rng.standard_normal(shape), 3)
    x = MIDDLE_DB + 4 * ground / ground.std() + rng.standard_normal(shape)
    return x.astype(np.float32), (x + noise_db * rng.standard_normal(shape)).astype(np.float32)


def measured(feed, x, y, valid=None, side=448):
    return feed(MultiscaleSsim(MIDDLE_DB), side, x, y, np.ones(x.shape, bool) if valid is None else valid)


def terms(x, y):
    """Return the means of SSIM and of its factors of contrast and structure, by two-dimensional convolution."""
    place = np.arange(11) - 5
    window = np.exp(-(place[:, None] ** 2 + place**2) / (2 * 1.5**2))
    window /= window.sum()

    def mean(z):
        return convolve2d(z, window, "valid")

    c1, c2 = (0.01 * RANGE_DB) ** 2, (0.03 * RANGE_DB) ** 2
    mean_x, mean_y = mean(x), mean(y)
    contrast = (2 * (mean(x * y) - mean_x * mean_y) + c2) / (mean(x * x) - mean_x**2 + mean(y * y) - mean_y**2 + c2)
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return (luminance * contrast).mean(), contrast.mean()


def halved(x):
    """Return every second pixel of the mean of a pixel and those after it, mirrored at the borders."""
    for axis in (0, 1):
        x = uniform_filter1d(x, 2, axis=axis, origin=-1, mode="reflect")
    return x[::2, ::2]


def slow(x, y):
    x, y = (np.clip(each.astype(float) - MIDDLE_DB + RANGE_DB / 2, 0, RANGE_DB) for each in (x, y))
    result = 1.0
    for weight in (0.0448, 0.2856, 0.3001, 0.2363):
        result *= terms(x, y)[1] ** weight
        x, y = halved(x), halved(y)
    return result * terms(x, y)[0] ** 0.1333


@pytest.mark.parametrize("shape", [(203, 301), (192, 176), (161, 177)])
def test_it_is_that_of_the_authors_program(feed, shape):
    x, y = pictures(shape)
    found = measured(feed, x, y).ms_ssim
    assert found == pytest.approx(slow(x, y), abs=1e-5)
    assert found < 0.95


def test_it_does_not_depend_on_the_windows(feed, side):
    x, y = pictures((333, 410))
    valid = np.random.default_rng(1).random(x.shape) > 0.02
    valid[:200, 30:90] = False
    holed = [np.where(valid, each, np.float32(np.nan)) for each in (x, y)]
    found, truth = measured(feed, *holed, valid, side), measured(feed, x, y, valid)
    assert found.ms_ssim == pytest.approx(truth.ms_ssim, abs=1e-6)
    assert found.ssim == pytest.approx(truth.ssim, abs=1e-6)


def test_void_pixels_are_left_out_of_the_means_of_the_coarser_scales(feed):
    x, y = pictures((320, 320))
    whole = measured(feed, x, y).ms_ssim
    few = np.random.default_rng(1).random(x.shape) > 0.002
    assert measured(feed, x, y, few).ms_ssim == pytest.approx(whole, abs=0.01)


def test_its_finest_scale_is_the_ssim_of_another_implementation(feed):
    metrics = pytest.importorskip("skimage.metrics")
    x, y = pictures()
    shown = [np.clip(each.astype(float) - MIDDLE_DB + RANGE_DB / 2, 0, RANGE_DB) for each in (x, y)]
    theirs = metrics.structural_similarity(
        *shown, data_range=RANGE_DB, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    assert measured(feed, x, y).ssim == pytest.approx(theirs, abs=1e-5)


def test_a_picture_is_like_itself_whatever_is_in_it(feed):
    flat = np.full((200, 200), 3, np.float32)
    for x in (pictures()[0], flat):
        same = measured(feed, x, x)
        assert (same.ssim, same.ms_ssim) == (pytest.approx(1, abs=1e-6), pytest.approx(1, abs=1e-6))


def test_a_shift_of_a_constant_scene_is_one_of_luminance_alone(feed):
    flat = np.full((200, 200), MIDDLE_DB, np.float32)
    c1 = 0.16
    luminance = (2 * 20 * 22 + c1) / (20**2 + 22**2 + c1)
    found = measured(feed, flat, flat + np.float32(2))
    assert found.ssim == pytest.approx(luminance, abs=1e-6)
    assert found.ms_ssim == pytest.approx(luminance**0.1333, abs=1e-6)


def test_opposite_pictures_are_not_alike(feed):
    x, _ = pictures()
    assert measured(feed, x, 2 * np.float32(MIDDLE_DB) - x).ms_ssim == 0


@pytest.mark.parametrize("shape", [(160, 400), (8, 8)])
def test_without_a_window_at_every_scale_there_is_none(feed, shape):
    x, y = pictures(shape)
    assert math.isnan(measured(feed, x, y).ms_ssim)


def test_windows_that_cut_the_coarsest_pixels_are_refused():
    picture = np.zeros((8, 8), np.float32)
    with pytest.raises(ValueError, match="multiples of 16"):
        MultiscaleSsim(0).add(Window(8, 0, 8, 8), picture, picture, picture == 0)
