"""Tests of simulated speckle against its statistics: Goodman 1976; Oliver and Quegan 2004, ch. 4."""

import numpy as np
import pytest
import torch
from scipy.stats import gamma, kstest

from sargui.training.speckle import FLOOR_DB, LOOKS, respeckle, speckle_field

SIDE = 256
WHITE = (0.05, 0.05)  # a point-spread function far narrower than a pixel


def field(looks: int, spread_px=WHITE, seed: int = 0, side: int = SIDE) -> np.ndarray:
    return speckle_field(side, side, looks, spread_px, torch.Generator().manual_seed(seed)).double().numpy()


def correlation(values: np.ndarray, axis: int) -> float:
    """Return the correlation of neighbors along an axis."""
    values = np.moveaxis(values, axis, 0)
    return float(np.corrcoef(values[:-1].ravel(), values[1:].ravel())[0, 1])


def expected_correlation(spread: float) -> float:
    """Return |ρ|² of a complex Gaussian field smoothed by a sampled Gaussian (Siegert's relation)."""
    kernel = np.exp(-0.5 * (np.arange(-3, 4) / spread) ** 2)
    return float((kernel[1:] @ kernel[:-1] / (kernel @ kernel)) ** 2)


@pytest.mark.parametrize("looks", sorted(set(LOOKS)))
def test_intensity_has_mean_1_and_variance_1_over_looks(looks):
    intensity = field(looks)
    # The variance of a sample variance of n values: (2 + excess kurtosis)/n of its square; 6/L for a gamma law.
    error = np.sqrt((2 + 6 / looks) / intensity.size)
    assert intensity.mean() == pytest.approx(1, abs=1e-5)
    assert intensity.var() * looks == pytest.approx(1, abs=4 * error)


@pytest.mark.parametrize("looks", [1, 4, 16])
def test_intensity_follows_the_gamma_law(looks):
    assert kstest(field(looks).ravel()[::16], gamma(looks, scale=1 / looks).cdf).pvalue > 1e-3


def test_a_narrow_point_spread_function_leaves_pixels_uncorrelated():
    assert abs(correlation(field(1), 0)) < 4 / SIDE
    assert abs(correlation(field(1), 1)) < 4 / SIDE


@pytest.mark.parametrize("spread", [0.5, 0.7, 0.9])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_wide_point_spread_function_correlates_along_its_axis_alone(spread, axis):
    spreads = (spread, 0.05) if axis == 0 else (0.05, spread)
    intensity = field(1, spreads)
    assert correlation(intensity, axis) == pytest.approx(expected_correlation(spread), abs=0.03)
    assert abs(correlation(intensity, 1 - axis)) < 0.03


def test_correlation_keeps_the_variance():
    assert field(4, (0.9, 0.9), side=512).var() * 4 == pytest.approx(1, abs=0.05)


def test_the_generator_decides():
    assert np.array_equal(field(2, seed=3), field(2, seed=3))
    assert not np.array_equal(field(2, seed=3), field(2, seed=4))


@pytest.mark.parametrize("seed", range(6))
def test_respeckling_keeps_the_mean_and_the_coarse_structure(seed, make_image):
    x = make_image(128, 128, 3) + np.float32(0.7)
    result = respeckle(torch.from_numpy(x), np.random.default_rng(seed), torch.Generator().manual_seed(seed)).numpy()
    assert result.shape == x.shape
    assert result.mean() == pytest.approx(x.mean(), abs=1e-5)
    blocks = [np.log10((10.0**part).reshape(8, 16, 8, 16).mean((1, 3))) for part in (x, result)]
    assert np.corrcoef(blocks[0].ravel(), blocks[1].ravel())[0, 1] > 0.9


@pytest.mark.parametrize("seed", range(6))
def test_respeckling_a_flat_picture_gives_speckle_above_the_floor(seed):
    flat = torch.full((128, 128), 0.4)
    result = respeckle(flat, np.random.default_rng(seed), torch.Generator().manual_seed(seed)).numpy()
    power = 10.0 ** (result - np.log10((10.0**result).mean()))  # mean 1, of which the floor is 1/101
    floor = 10 ** (FLOOR_DB / 10)
    assert power.min() >= floor / (1 + floor) * 0.999
    looks = (1 / (1 + floor)) ** 2 / power.var()
    assert min(abs(looks / known - 1) for known in LOOKS) < 0.15
