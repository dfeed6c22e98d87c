"""Tests of texture: speckle of known looks, white and correlated, and what counts as unusual."""

import numpy as np
import pytest
from scipy.ndimage import uniform_filter
from scipy.special import polygamma

from sargui.quality.texture import Texture, domain, median, texture, unusual

DB = 10 / np.log(10)


def speckle(looks, side=512, seed=0):
    return 10 * np.log10(np.random.default_rng(seed).gamma(looks, 1 / looks, (side, side)))


@pytest.mark.parametrize("looks", [1, 4, 16])
def test_the_deviation_of_speckle_is_that_of_its_looks(looks):
    found = texture(speckle(looks))
    truth = DB * np.sqrt(polygamma(1, looks))
    assert 0.8 * truth < found.speckle_db < truth  # of the quarter that varies least
    assert abs(found.grain) < 0.05


def test_the_speckle_is_measured_where_the_picture_is_homogeneous():
    picture = speckle(4)
    picture[:256] += 10 * np.random.default_rng(1).normal(size=(256, 512))
    assert texture(picture).speckle_db == pytest.approx(texture(speckle(4)).speckle_db, rel=0.15)


def test_smoothing_widens_the_grain():
    wide = texture(10 * np.log10(uniform_filter(10 ** (speckle(1) / 10), 3)))
    assert 0.3 < wide.grain < 0.8


def test_contrast_is_that_of_the_large_parts():
    picture = np.zeros((64, 64))
    picture[:, 32:] = 6
    assert texture(picture) == Texture(0.0, 1.0, 3.0)


def test_void_pixels_do_not_count():
    picture, valid = speckle(4), np.ones((512, 512), bool)
    picture[:100], valid[:100] = np.nan, False
    picture[200:300], valid[200:300] = 500, False
    assert texture(picture, valid).speckle_db == pytest.approx(texture(speckle(4)).speckle_db, rel=0.05)
    assert texture(picture, np.zeros_like(valid)) is None
    assert texture(np.zeros((8, 8))) is None


def test_what_lies_outside_of_a_domain_is_said():
    seen = [texture(speckle(4, 128, seed)) for seed in range(20)]
    known, usual = domain(seen), median(seen)
    assert unusual(usual, known) == []
    (sentence,) = unusual(usual._replace(speckle_db=9.0), known)
    assert sentence.startswith("speckle of 9.00 dB where")
    assert unusual(Texture(9.0, 9.0, 9.0), {}) == []


def test_the_median_is_of_each_number():
    assert median([Texture(1, 0, 5), Texture(2, 1, 4), Texture(9, 0.5, 3)]) == Texture(2, 0.5, 4)


def test_a_number_that_is_shown_as_the_limit_of_the_domain_lies_in_it():
    known = {"speckle_db": [0.02, 4.977]}
    picture = Texture(4.981, 0.5, 2.0)

    assert unusual(picture, known) == []
    assert unusual(picture._replace(speckle_db=4.986), known) == ["speckle of 4.99 dB where 0.02 to 4.98 were seen"]
