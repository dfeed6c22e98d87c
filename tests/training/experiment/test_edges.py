"""Tests of edge strength and its correlations, with pictures and gates that are made for them."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from sargui.training.experiment.edges import (
    channel_correlations,
    correlation,
    edge_response,
    edge_strength,
    rank_correlation,
)


def step_picture() -> np.ndarray:
    """Return dB: 0 on the left, 10 on the right of column 40."""
    return np.where(np.arange(64) < 40, 0.0, 10.0) * np.ones((64, 1))


def test_a_ramp_is_as_steep_everywhere_as_it_is():
    ramp = 0.25 * np.arange(256) * np.ones((256, 1))
    assert edge_strength(ramp, (16, 16))[4:12, 4:12] == pytest.approx(0.25)


def test_a_step_is_an_edge_where_it_is():
    strength = edge_strength(step_picture(), (8, 8))
    assert strength.shape == (8, 8)
    assert set(strength[:, 3:7].argmax(1)) <= {1, 2}  # columns 32..47 around the step
    assert strength[:, 0] == pytest.approx(0, abs=1e-6)


def test_a_gate_that_is_the_edge_strength_correlates_perfectly(make_image):
    edges = edge_strength(10 * make_image(128, 128, 3), (8, 8))
    assert correlation(0.5 + 0.1 * edges, edges) == pytest.approx(1)
    assert rank_correlation(np.exp(edges), edges) == pytest.approx(1)
    assert correlation(-edges, edges) == pytest.approx(-1)


def test_rank_correlation_is_spearmans():
    a, b = np.random.default_rng(1).standard_normal((2, 9, 9))
    assert rank_correlation(a, b) == pytest.approx(spearmanr(a.ravel(), b.ravel()).statistic)


def test_a_gate_at_rest_has_no_correlation():
    assert correlation(np.ones((8, 8)), np.random.default_rng(0).random((8, 8))) is None


def test_a_channel_responds_to_edges_by_its_size_there():
    edges = np.zeros((10, 10))
    edges[3] = 1 + np.arange(10)  # a tenth of the positions
    features = np.stack([np.where(edges > 0, -5.0, 2.0), np.ones((10, 10))])
    assert edge_response(features, edges) == pytest.approx([3, 0])


def test_channels_that_open_with_their_response_are_found():
    rng = np.random.default_rng(4)
    responses = rng.standard_normal((40, 3))
    gates = np.stack([1 + responses[:, 0], 1 - responses[:, 1], np.ones(40)], 1)
    mean, share = channel_correlations(gates, responses)
    assert mean == pytest.approx((1 - 1 + 0) / 3)
    assert share == pytest.approx(1 / 3)


def test_of_channels_that_do_not_care_a_twentieth_looks_as_if_it_did():
    gates, responses = np.random.default_rng(5).standard_normal((2, 60, 2000))
    mean, share = channel_correlations(gates, responses)
    assert mean == pytest.approx(0, abs=0.02)
    assert share == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 2000))
