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


def measured(original, decoded, original_valid=None, decoded_valid=None) -> Distortion:
    everywhere = np.ones(original.shape, bool)
    distortion = Distortion()
    distortion.add(
        original,
        decoded,
        everywhere if original_valid is None else original_valid,
        everywhere if decoded_valid is None else decoded_valid,
    )
    return distortion


def test_every_figure_equals_numpy_on_the_whole_picture():
    original, decoded, here, there = picture(1), picture(2), mask(3, 0.8), mask(4, 0.9)
    distortion = measured(original, decoded, here, there)
    a, b = original[here & there].astype(float), decoded[here & there].astype(float)
    assert distortion.count == np.sum(here & there)
    assert distortion.rmse_db == pytest.approx(np.sqrt(np.mean((a - b) ** 2)), rel=1e-12)
    assert distortion.largest == pytest.approx(np.max(np.abs(a - b)), rel=1e-12)
    assert distortion.psnr_db == pytest.approx(10 * np.log10(np.ptp(a) ** 2 / np.mean((a - b) ** 2)), rel=1e-12)


def test_windows_add_up_to_the_whole_picture():
    original, decoded, here, there = picture(1), picture(2), mask(3, 0.8), mask(4, 0.9)
    here[:32, :32] = False  # a window without a valid pixel adds its mismatches alone
    whole, parts = measured(original, decoded, here, there), Distortion()
    for row in range(0, SHAPE[0], 32):
        for col in range(0, SHAPE[1], 32):
            window = np.s_[row : row + 32, col : col + 32]
            parts.add(original[window], decoded[window], here[window], there[window])
    for name in ("count", "void_mismatches", "largest", "lowest", "highest"):
        assert getattr(parts, name) == getattr(whole, name), name
    for name in ("rmse_db", "psnr_db"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), rel=1e-12), name


def test_a_pixel_void_in_one_picture_alone_is_a_mismatch_and_is_not_measured():
    original, here, there = picture(1), np.ones(SHAPE, bool), np.ones(SHAPE, bool)
    decoded = original.copy()
    decoded[0, :3] += 100
    here[0, :2], there[0, 1:3] = False, False  # void here, in both, there
    distortion = measured(original, decoded, here, there)
    assert distortion.void_mismatches == 2
    assert distortion.count == original.size - 3
    assert distortion.largest == 0


def test_void_pixels_may_hold_anything():
    original, decoded, valid = picture(1), picture(2), mask(3, 0.5)
    clean = measured(original, decoded, valid, valid)
    original[~valid], decoded[~valid] = np.nan, -np.inf
    assert measured(original, decoded, valid, valid) == clean


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
    assert distortion.rmse_db == distortion.largest == 0
    assert distortion.psnr_db == math.inf


@pytest.mark.parametrize("valid", [np.zeros(SHAPE, bool), np.zeros((0, 0), bool)], ids=["all void", "no pixel"])
def test_nothing_to_compare_is_no_error(valid):
    pixels = np.full(valid.shape, np.nan, np.float32)
    distortion = measured(pixels, pixels, valid, valid)
    assert (distortion.count, distortion.rmse_db) == (0, 0)
    assert distortion.psnr_db == math.inf


def test_a_million_equal_errors_keep_their_size():
    flat = np.zeros((1000, 1000), np.float32)
    assert measured(flat, flat + np.float32(0.125)).rmse_db == pytest.approx(0.125, rel=1e-12)
