"""Tests of the error measures against plain NumPy on whole arrays, and against scikit-image."""

import math

import numpy as np
import pytest

from sargui.quality.distortion import Distortion

SHAPE = (90, 70)


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(-12, 6, SHAPE).astype(np.float32)


def mask(seed: int, share: float) -> np.ndarray:
    return np.random.default_rng(seed).random(SHAPE) < share


def measured(original, decoded, valid=None) -> Distortion:
    distortion = Distortion()
    distortion.add(original, decoded, np.ones(original.shape, bool) if valid is None else valid)
    return distortion


def test_every_figure_equals_numpy_on_the_whole_picture():
    original, decoded, valid = picture(1), picture(2), mask(3, 0.8)
    distortion = measured(original, decoded, valid)
    a, b = original[valid].astype(float), decoded[valid].astype(float)
    assert distortion.count == np.sum(valid)
    assert distortion.rmse == pytest.approx(np.sqrt(np.mean((a - b) ** 2)), rel=1e-12)
    assert distortion.largest == pytest.approx(np.max(np.abs(a - b)), rel=1e-12)
    assert distortion.psnr_db == pytest.approx(10 * np.log10(np.ptp(a) ** 2 / np.mean((a - b) ** 2)), rel=1e-12)


def test_windows_add_up_to_the_whole_picture():
    original, decoded, valid = picture(1), picture(2), mask(3, 0.8)
    valid[:32, :32] = False  # a window without a valid pixel
    whole, parts = measured(original, decoded, valid), Distortion()
    for row in range(0, SHAPE[0], 32):
        for col in range(0, SHAPE[1], 32):
            window = np.s_[row : row + 32, col : col + 32]
            parts.add(original[window], decoded[window], valid[window])
    for name in ("count", "largest", "lowest", "highest"):
        assert getattr(parts, name) == getattr(whole, name), name
    for name in ("rmse", "psnr_db"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), rel=1e-12), name


@pytest.mark.parametrize("error", [-7.0, 7.0])
def test_the_largest_error_has_no_sign(error):
    decoded = picture(1)
    decoded[3, 4] += error
    assert measured(picture(1), decoded).largest == pytest.approx(7, abs=1e-5)


def test_void_pixels_may_hold_anything():
    original, decoded, valid = picture(1), picture(2), mask(3, 0.5)
    clean = measured(original, decoded, valid)
    original[~valid], decoded[~valid] = np.nan, -np.inf
    assert measured(original, decoded, valid) == clean


@pytest.mark.parametrize("noise_db", [0.01, 0.5, 3.0])
def test_psnr_is_that_of_scikit_image(noise_db):
    metrics = pytest.importorskip("skimage.metrics")
    original = picture(1)
    decoded = (original + noise_db * picture(2)).astype(np.float32)
    reference = metrics.peak_signal_noise_ratio(
        original.astype(float), decoded.astype(float), data_range=float(original.max()) - float(original.min())
    )
    assert measured(original, decoded).psnr_db == pytest.approx(reference, abs=1e-9)


def test_identical_pictures_differ_by_0_db_and_their_psnr_is_infinite():
    distortion = measured(picture(1), picture(1))
    assert distortion.rmse == distortion.largest == 0
    assert distortion.psnr_db == math.inf


@pytest.mark.parametrize("valid", [np.zeros(SHAPE, bool), np.zeros((0, 0), bool)], ids=["all void", "no pixel"])
def test_nothing_to_compare_is_no_error(valid):
    pixels = np.full(valid.shape, np.nan, np.float32)
    distortion = measured(pixels, pixels, valid)
    assert (distortion.count, distortion.rmse) == (0, 0)
    assert distortion.psnr_db == math.inf


def test_a_million_equal_errors_keep_their_size():
    flat = np.zeros((1000, 1000), np.float32)
    assert measured(flat, flat + np.float32(0.125)).rmse == pytest.approx(0.125, rel=1e-12)
