"""Rates of Gaussian sources that are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import convolve1d

from benchmarks.bound import rate_at, rate_distortion, speckle_spectrum


def test_a_white_source_takes_the_logarithm_of_deviation_over_error() -> None:
    points = rate_distortion(np.full((32, 32), 4.0))
    for error in (1.0, 0.5, 0.1):
        assert rate_at(points, error) == pytest.approx(np.log2(2 / error), abs=0.02)
    assert rate_at(points, 2.5) == 0  # coarser than the source
    assert np.isnan(rate_at(points, 1e-4))


def test_water_covers_what_lies_below_it() -> None:
    spectrum = np.repeat([9.0, 1.0], 512)  # at an error² of 1 + ½·(9 − 1)·0 the weak half costs nothing
    points = rate_distortion(spectrum)
    assert rate_at(points, np.sqrt(1.5)) == pytest.approx(0.5 * 0.5 * np.log2(9 / 2), abs=0.02)


def test_the_spectrum_of_homogeneous_speckle_is_found() -> None:
    """Of Gaussian noise with a known correlation, at high rate: ½·mean log2 of the spectrum over the error²."""
    taps = np.array([0.25, 0.5, 0.25])
    white = np.random.default_rng(4).normal(size=(512, 512))
    db = convolve1d(convolve1d(white, taps, axis=0, mode="wrap"), taps, axis=1, mode="wrap") + 0.3 * white[::-1, ::-1]
    spectrum = speckle_spectrum(10 ** (db / 10), db, np.ones(db.shape, bool))
    assert spectrum is not None
    response = np.abs(np.fft.fft(taps, 32)) ** 2
    true = np.outer(response, response) + 0.09
    assert spectrum.mean() == pytest.approx(true.mean(), rel=0.1)
    error = 0.2
    assert rate_at(rate_distortion(spectrum), error) == pytest.approx(0.5 * np.log2(true / error**2).mean(), abs=0.06)


def test_the_calm_part_of_a_scene_is_what_is_measured() -> None:
    random = np.random.default_rng(5)
    db = random.normal(0, 2, (512, 512))
    db[:, 256:] += 15 * random.normal(size=(16, 8)).repeat(32, 0).repeat(32, 1)[:512, :256]
    db[:, 256:] += np.linspace(0, 60, 256)  # so that no block is flat
    valid = np.ones(db.shape, bool)
    spectrum = speckle_spectrum(10 ** (db / 10), db, valid)
    assert spectrum is not None
    assert np.sqrt(spectrum.mean()) == pytest.approx(2, rel=0.05)
    assert speckle_spectrum(10 ** (db / 10), db, np.zeros(db.shape, bool)) is None
    assert speckle_spectrum(np.ones((20, 20)), np.ones((20, 20)), np.ones((20, 20), bool)) is None
