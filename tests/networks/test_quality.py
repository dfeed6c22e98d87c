"""Tests of the quality scale against the formulas that the design states."""

import numpy as np
import pytest
import torch

from sargui.networks.quality import EMBEDDING_UNIT, KNOTS, QUALITY_MAX, embedding, multiplier, step

ALL = torch.arange(QUALITY_MAX + 1)


def test_lambda_runs_from_0_02_to_20_exponentially():
    found = multiplier(torch.tensor([0, 5000, 10000])).tolist()
    assert found == pytest.approx([0.02, 0.02 * np.sqrt(1000), 20], rel=1e-5)


def test_the_step_is_the_one_at_which_uniform_quantization_costs_what_lambda_says():
    # D = Δ²/12 and R = −log2 Δ + const, so dD/dR = −Δ²·ln 2 / 6 dB² per bit, which must be −1/λ; Δ in dB.
    quality = ALL[::37]
    step_db = 10 * step(quality).double()
    torch.testing.assert_close(
        multiplier(quality).double() * step_db**2 * np.log(2) / 6, torch.ones(len(quality)).double(), rtol=1e-5, atol=0
    )


def test_embeddings_are_integers_that_sum_to_64_with_at_most_two_neighbors_at_work():
    found = embedding(ALL)
    assert found.shape == (QUALITY_MAX + 1, KNOTS)
    assert torch.equal(found, found.round())
    assert (found >= 0).all()
    assert (found.sum(1) == EMBEDDING_UNIT).all()
    assert ((found > 0).sum(1) <= 2).all()
    first = (found > 0).float().argmax(1)
    last = KNOTS - 1 - (found.flip(1) > 0).float().argmax(1)
    assert (last - first <= 1).all()


def test_embeddings_are_continuous():
    # 7 intervals of 64 units over 10000 qualities: a neighbor is at most one unit away in each of two knots.
    assert (embedding(ALL).diff(dim=0).abs().sum(1) <= 2).all()


def test_the_ends_are_the_first_and_the_last_knot():
    assert embedding(torch.tensor([0]))[0].tolist() == [64, 0, 0, 0, 0, 0, 0, 0]
    assert embedding(torch.tensor([QUALITY_MAX]))[0].tolist() == [0, 0, 0, 0, 0, 0, 0, 64]


def test_embeddings_follow_the_linear_interpolation_within_half_a_unit():
    exact = np.array(
        [
            np.interp(np.arange(KNOTS), [q * 7 / 1e4 - 1, q * 7 / 1e4, q * 7 / 1e4 + 1], [0, 64, 0])
            for q in range(0, 10001, 97)
        ]
    )
    assert np.abs(embedding(ALL[::97]).numpy() - exact).max() <= 0.5 + 1e-9
