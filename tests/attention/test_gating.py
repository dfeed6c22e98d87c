"""Tests of the variants that gate, against their formulas written in NumPy."""

import numpy as np
import pytest
import torch
from scipy.signal import correlate2d
from scipy.special import expit

X = np.random.default_rng(3).standard_normal((16, 7, 9))


def run(module, x=X):
    return module.double()(torch.from_numpy(x)[None])[0].numpy()


def weight(layer):
    return layer.weight.double().numpy()


def channel_gates(module, x, pooled):
    """Hu 2018, equation 3, with 2·sigmoid; the passes added."""
    squeeze, excite = weight(module.squeeze), weight(module.excite)
    return 2 * expit(sum(excite @ np.maximum(squeeze @ values, 0) for values in pooled(x)))


def position_gates(module, x):
    """Woo 2018, equation 3, with 2·sigmoid; beyond the map are zeros."""
    kernel = weight(module.conv)[0]
    pad = kernel.shape[1] // 2
    maps = [np.pad(part, pad) for part in (x.mean(0), x.max(0))]
    return 2 * expit(sum(correlate2d(part, taps, mode="valid") for part, taps in zip(maps, kernel, strict=True)))


def mean(x):
    return x.mean((1, 2))


def largest(x):
    return x.max((1, 2))


POOLED = {
    "avg": lambda x: [mean(x)],
    "max": lambda x: [largest(x)],
    "sum": lambda x: [mean(x) + largest(x)],
    "both": lambda x: [mean(x), largest(x)],
}


@pytest.mark.parametrize("pooling", POOLED)
@pytest.mark.parametrize("reduction", [0, 2, 100])
def test_squeeze_and_excitation(shaken, pooling, reduction):
    module = shaken("se", pooling=pooling, reduction=reduction)
    assert module.squeeze.weight.shape == ({0: 4, 2: 8, 100: 1}[reduction], 16)
    expected = X * channel_gates(module, X, POOLED[pooling])[:, None, None]
    np.testing.assert_allclose(run(module), expected, rtol=1e-6)


def test_efficient_channel_attention(shaken):
    module = shaken("eca")
    taps = weight(module.conv)[0, 0]
    expected = X * 2 * expit(np.correlate(np.pad(mean(X), 1), taps, mode="valid"))[:, None, None]
    np.testing.assert_allclose(run(module), expected, rtol=1e-6)


@pytest.mark.parametrize("kernel", [3, 7])
def test_spatial_attention(shaken, kernel):
    module = shaken("spatial", kernel=kernel)
    np.testing.assert_allclose(run(module), X * position_gates(module, X), rtol=1e-6)


def test_cbam_gates_channels_then_positions(shaken):
    module = shaken("cbam")
    expected = X * channel_gates(module.channel, X, POOLED["both"])[:, None, None]
    expected = expected * position_gates(module.spatial, expected)
    np.testing.assert_allclose(run(module), expected, rtol=1e-6)


def test_the_residual_block_adds_what_cbam_leaves_of_two_convolutions(shaken):
    module = shaken("cbam", block="residual").double()

    def convolved(x, conv, norm):
        rows = [sum(correlate2d(np.pad(x[i], 1), taps[i], mode="valid") for i in range(16)) for taps in weight(conv)]
        scale = weight(norm) / np.sqrt(norm.running_var.numpy() + norm.eps)
        shift = norm.bias.numpy() - norm.running_mean.numpy() * scale
        return np.stack(rows) * scale[:, None, None] + shift[:, None, None]

    first, first_norm, _, second, second_norm = module.residual
    residual = convolved(np.maximum(convolved(X, first, first_norm), 0), second, second_norm)
    residual = residual * channel_gates(module.cbam.channel, residual, POOLED["both"])[:, None, None]
    expected = np.maximum(X + residual * position_gates(module.cbam.spatial, residual), 0)
    np.testing.assert_allclose(run(module), expected, rtol=1e-6)


def test_the_gate_of_a_value_reads_the_features_at_its_position(shaken):
    module = shaken("gate", channels=5, features=16).double()
    x = np.random.default_rng(4).standard_normal((5, 7, 9))
    logits = np.tensordot(weight(module.conv)[:, :, 0, 0], X, 1) + module.conv.bias.numpy()[:, None, None]
    found = module(torch.from_numpy(x)[None], torch.from_numpy(X)[None])[0].numpy()
    np.testing.assert_allclose(found, x * 2 * expit(logits), rtol=1e-6)


def test_the_gate_reads_the_values_themselves_if_nothing_else_is_given(shaken):
    module = shaken("gate").double()
    x = torch.from_numpy(X)[None]
    assert torch.equal(module(x), module(x, x))
