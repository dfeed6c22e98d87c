"""Tests of SSIM against a slow formula, a published implementation, and what the paper says of it."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from sargui.quality.ssim import SsimSums, displayed, ssim


def pictures(rows: int = 40, cols: int = 33, noise_db: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Return two pictures within 0..40 dB, the first of mean 20 dB: a display of 40 dB changes nothing."""
    rng = np.random.default_rng(5)
    x = gaussian_filter(rng.standard_normal((rows, cols)), 2) * 20 + rng.standard_normal((rows, cols))
    x += 20 - x.mean()
    y = x + noise_db * rng.standard_normal((rows, cols))
    assert min(x.min(), y.min()) > 0
    assert max(x.max(), y.max()) < 40
    return x, y


def window() -> np.ndarray:
    place = np.arange(11) - 5
    kernel = np.exp(-(place[:, None] ** 2 + place**2) / (2 * 1.5**2))
    return kernel / kernel.sum()


def slow(x: np.ndarray, y: np.ndarray, usable=None) -> float:
    """Return equation 13 of Wang 2004, window by window, over the given ones."""
    w, c1, c2, values = window(), (0.01 * 40) ** 2, (0.03 * 40) ** 2, []
    for row in range(x.shape[0] - 10):
        for col in range(x.shape[1] - 10):
            if usable is not None and not usable[row : row + 11, col : col + 11].all():
                continue
            a, b = x[row : row + 11, col : col + 11], y[row : row + 11, col : col + 11]
            mean_a, mean_b = (w * a).sum(), (w * b).sum()
            var_a, var_b = (w * (a - mean_a) ** 2).sum(), (w * (b - mean_b) ** 2).sum()
            covariance = (w * (a - mean_a) * (b - mean_b)).sum()
            above = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
            values.append(above / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)))
    return float(np.mean(values))


def test_it_is_the_formula_of_the_paper():
    x, y = pictures()
    assert ssim(x, y) == pytest.approx(slow(x, y), abs=1e-9)


def test_another_implementation_agrees():
    metrics = pytest.importorskip("skimage.metrics")
    x, y = pictures(90, 120)
    theirs = metrics.structural_similarity(
        x, y, data_range=40, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    assert ssim(x, y) == pytest.approx(theirs, abs=1e-9)


def test_a_picture_is_like_itself_and_less_so_with_noise():
    x, slightly = pictures(noise_db=1.0)
    _, strongly = pictures(noise_db=3.0)
    assert ssim(x, x) == pytest.approx(1, abs=1e-12)
    assert 1 > ssim(x, slightly) > ssim(x, strongly) > 0


def test_windows_with_an_invalid_pixel_do_not_count():
    x, y = pictures()
    valid = np.ones(x.shape, bool)
    valid[3:6, 28] = False
    x[~valid], y[~valid] = np.nan, np.inf
    clean = np.where(valid, x, 0) + 20 - x[valid].mean(), np.where(valid, y, 0) + 20 - x[valid].mean()
    assert ssim(x, y, valid) == pytest.approx(slow(*clean, valid), abs=1e-9)


def test_the_level_of_the_pictures_does_not_matter():
    x, y = pictures()
    assert ssim(x - 63, y - 63) == pytest.approx(ssim(x, y), abs=1e-9)


def test_what_lies_beyond_the_display_is_clipped():
    x, y = pictures()
    middle = x[10, 10:12].mean()
    x[10, 10:12], y[10, 10:12] = (middle + 500, middle - 500), (300, -400)  # the mean of the original stays
    assert ssim(x, y) == pytest.approx(slow(np.clip(x, 0, 40), np.clip(y, 0, 40)), abs=1e-6)


@pytest.mark.parametrize("shape", [(10, 40), (11, 11)])
def test_without_a_whole_window_there_is_no_figure(shape):
    x = np.ones(shape)
    with pytest.raises(ValueError, match="no window"):
        ssim(x, x, np.arange(x.size).reshape(shape) > 0)


def test_it_does_not_depend_on_the_windows_nor_on_the_precision(feed, side):
    x, y = pictures(203, 301)
    valid = np.ones(x.shape, bool)
    valid[40:60, 100:130] = False
    shown = [displayed(np.where(valid, each, np.nan), valid, x[valid].mean()) for each in (x, y)]
    whole = ssim(x, y, valid)
    assert feed(SsimSums(), side, *shown, valid).ssim == pytest.approx(whole, abs=1e-12)
    assert feed(SsimSums(), side, *(each.astype(np.float32) for each in shown), valid).ssim == pytest.approx(
        whole, abs=1e-5
    )
