"""Tests of sargui.quality.histograms: counts are NumPy's, bins are common, few, and hold nearly everything."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from sargui.quality.histograms import HistogramSums, common_histogram, kolmogorov_distance


def sums_of(values, pieces=1):
    sums = HistogramSums()
    for piece in np.array_split(values, pieces):
        sums.add(piece)
    return sums


@pytest.fixture
def pictures():
    rng = np.random.default_rng(0)
    return 10 * np.log10(rng.gamma(1, 1e-3, (300, 400))), (10 * np.log10(rng.gamma(3, 1e-3, (300, 400)))).astype(
        np.float32
    )


@pytest.mark.parametrize("most_bins", [256, 64, 1])
def test_counts_are_those_of_numpy_over_common_bins(pictures, most_bins):
    found = common_histogram([sums_of(picture, 5) for picture in pictures], most_bins)
    assert 0.5 * most_bins < found.edges_db.size - 1 <= most_bins
    np.testing.assert_allclose(np.diff(found.edges_db), np.diff(found.edges_db)[0], rtol=1e-9)
    for counts, picture in zip(found.counts, pictures, strict=True):
        inside = picture[(picture >= found.edges_db[0]) & (picture < found.edges_db[-1])]
        truth = np.histogram(inside.astype(np.float64), found.edges_db)[0]
        assert np.abs(counts - truth).sum() <= 4  # at an edge to the last digit
        assert 0.998 * picture.size <= counts.sum() <= picture.size


def test_the_range_is_that_of_percentiles():
    values = np.linspace(-40, 10, 100_001)
    edges = common_histogram([sums_of(values)]).edges_db
    assert edges[0] == pytest.approx(-39.95, abs=0.06)
    assert edges[-1] == pytest.approx(9.95, abs=0.25)  # a bin of 0.2 dB more at the most


def test_a_few_wild_values_do_not_widen_the_bins(pictures):
    wild = pictures[0].copy()
    wild[0, :20], wild[1, :20], wild[2, :5] = 200, -300, -np.inf
    edges = common_histogram([sums_of(wild)]).edges_db
    assert -75 < edges[0] < edges[-1] < 0


def test_values_beyond_all_decibels_are_counted_at_the_ends():
    found = common_histogram([sums_of(np.array([-1e30, 0.0, 1e30]))])
    assert found.counts[0].sum() == 3
    assert (found.edges_db[0], found.edges_db[-1]) == (-450, pytest.approx(450, abs=4))


def test_equal_values_are_one_bin():
    found = common_histogram([sums_of(np.full(9, -12.34)), sums_of(np.full(4, -12.34))])
    assert [counts.tolist() for counts in found.counts] == [[9], [4]]
    assert found.edges_db[0] <= -12.34 < found.edges_db[1]


def test_without_values_there_are_no_bins():
    found = common_histogram([sums_of(np.full(5, np.nan)), sums_of(np.zeros(0))])
    assert found.edges_db.size == 0
    assert [counts.size for counts in found.counts] == [0, 0]
    one = common_histogram([sums_of(np.full(5, -np.inf)), sums_of(np.zeros(3))])
    assert [counts.tolist() for counts in one.counts] == [[0], [3]]


@pytest.mark.parametrize("factor", [1.01, 1.2, 3.0])
def test_the_kolmogorov_distance_is_that_of_scipy(pictures, factor):
    first = pictures[0].ravel()
    second = np.random.default_rng(1).permutation(first[:70_000]) + 10 * np.log10(factor)
    found = kolmogorov_distance(sums_of(first, 7), sums_of(second, 3))
    assert found == pytest.approx(ks_2samp(first, second).statistic, abs=1e-3)


def test_of_single_look_power_and_a_gain_it_is_known():
    power = np.random.default_rng(1).exponential(1, 1_000_000)
    gain = 1.5
    at = np.log(gain) / (1 - 1 / gain)  # where exp(−x) and exp(−x / gain) are furthest apart
    truth = np.exp(-at / gain) - np.exp(-at)
    found = kolmogorov_distance(sums_of(10 * np.log10(power)), sums_of(10 * np.log10(gain * power)))
    assert found == pytest.approx(truth, abs=2e-3)


def test_a_scene_that_is_shifted_has_the_same_distribution(pictures):
    assert kolmogorov_distance(sums_of(pictures[0]), sums_of(np.roll(pictures[0], 5))) == 0


def test_distributions_without_overlap_are_1_apart_and_without_values_nothing_is_known():
    assert kolmogorov_distance(sums_of(np.zeros(3)), sums_of(np.ones(4))) == 1
    assert np.isnan(kolmogorov_distance(sums_of(np.zeros(3)), sums_of(np.zeros(0))))
