"""Tests of the variants that mix positions, against torch's own attention and formulas written in NumPy."""

import numpy as np
import pytest
import torch
from scipy.special import softmax
from torch import nn
from torch.nn import functional as F

from sargui.attention import create

X = np.random.default_rng(5).standard_normal((16, 6, 9))
POSITIONS = 54


def run(module):
    """Return what the module adds to X, without its γ."""
    x = torch.from_numpy(X)[None]
    return ((module.double()(x) - x) / module.gamma)[0].numpy()


def project(conv):
    """Return a 1×1 convolution of X as (positions, channels)."""
    flat = conv.weight.double().numpy()[:, :, 0, 0] @ X.reshape(16, -1)
    return (flat if conv.bias is None else flat + conv.bias.double().numpy()[:, None]).T


def as_map(tokens):
    return tokens.T.reshape(-1, 6, 9)


def test_self_attention_is_a_softmax_over_unscaled_products(shaken):
    module = shaken("self")
    weights = softmax(project(module.query) @ project(module.key).T, axis=1)
    np.testing.assert_allclose(run(module), as_map(weights @ project(module.value)), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("heads", [1, 2, 8])
def test_multihead_attention_is_that_of_torch(shaken, heads):
    module = shaken("multihead", heads=heads).double()
    theirs = nn.MultiheadAttention(16, heads, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(
            torch.cat([part.weight[:, :, 0, 0] for part in (module.query, module.key, module.value)])
        )
        bias = torch.randn(16, dtype=torch.float64)  # of the keys: whatever it is, softmax cancels it
        theirs.in_proj_bias.copy_(torch.cat([module.query.bias, bias, module.value.bias]))
        theirs.out_proj.weight.copy_(module.project.weight[:, :, 0, 0])
        theirs.out_proj.bias.copy_(module.project.bias)
        tokens = torch.from_numpy(X.reshape(16, -1).T)[None]
        expected, weights = theirs(tokens, tokens, tokens, average_attn_weights=False)
    np.testing.assert_allclose(run(module), as_map(expected[0].numpy()), rtol=1e-5, atol=1e-7)
    row = module.attended(torch.from_numpy(X)[None]).query(4, 7)
    np.testing.assert_allclose(row.flatten(1).numpy(), weights[0, :, 4 * 9 + 7].numpy(), rtol=1e-5, atol=1e-7)


def test_local_attention_is_full_attention_masked_to_7_by_7(shaken):
    module = shaken("local").double()
    query, key, value = (torch.from_numpy(project(part)) for part in (module.query, module.key, module.value))
    rows, cols = np.divmod(np.arange(POSITIONS), 9)
    down, across = rows[None] - rows[:, None], cols[None] - cols[:, None]  # from each position to each other
    near = (abs(down) <= 3) & (abs(across) <= 3)
    place = module.place.numpy()[np.where(near, 7 * (down + 3) + across + 3, 0)]  # (positions, positions, inner)
    bias = np.where(near, np.einsum("qd,qpd->qp", query.numpy(), place), -np.inf)
    expected = F.scaled_dot_product_attention(query, key, value, attn_mask=torch.from_numpy(bias), scale=1.0)
    np.testing.assert_allclose(run(module), as_map(expected.numpy()), rtol=1e-5, atol=1e-7)


def test_axial_attention_reads_rows_then_columns(shaken):
    module = shaken("axial")

    def weights(axis):
        query, key = project(axis.query), project(axis.key)
        return query @ key.T / np.sqrt(query.shape[1])

    rows, cols = np.divmod(np.arange(POSITIONS), 9)
    along_rows = softmax(np.where(rows[:, None] == rows, weights(module.rows), -np.inf), axis=1)
    along_cols = softmax(np.where(cols[:, None] == cols, weights(module.cols), -np.inf), axis=1)
    expected = along_cols @ (along_rows @ project(module.value))
    np.testing.assert_allclose(run(module), as_map(expected), rtol=1e-5, atol=1e-7)


def test_linear_attention_is_attention_with_products_of_features(shaken):
    module = shaken("linear")

    def feature(x):
        return np.where(x > 0, x + 1, np.exp(x))

    weights = feature(project(module.query)) @ feature(project(module.key)).T
    expected = weights / weights.sum(1, keepdims=True) @ project(module.value)
    np.testing.assert_allclose(run(module), as_map(expected), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", ["self", "multihead"])
def test_more_than_1024_positions_at_once_are_refused(name):
    module = create(name, 8)
    module(torch.zeros(1, 8, 32, 32))
    with pytest.raises(ValueError, match="at most 1024"):
        module(torch.zeros(1, 8, 32, 33))
