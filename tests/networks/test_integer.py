"""Tests of the integer layers against int64 arithmetic written out in NumPy."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sargui.networks.integer import IntegerConv, clamp, rectify, round_half_up


def numpy_integers(layer: IntegerConv) -> tuple[np.ndarray, np.ndarray]:
    """Return weights in units of 1/64 and biases in units of 1/1024, rounded half up, from the float64 values."""
    weight = np.floor(np.clip(layer.weight.detach().double().numpy() * 64, -127, 127) + 0.5).astype(np.int64)
    bias = np.floor(layer.bias.detach().double().numpy() * 1024 + 0.5).astype(np.int64)
    return weight, bias


def half_up_over_64(total: np.ndarray) -> np.ndarray:
    return (total + 32) >> 6


def numpy_pointwise(layer: IntegerConv, x: np.ndarray) -> np.ndarray:
    weight, bias = numpy_integers(layer)
    return half_up_over_64(np.einsum("oi,bihw->bohw", weight[:, :, 0, 0], x) + bias[None, :, None, None])


def numpy_depthwise(layer: IntegerConv, x: np.ndarray) -> np.ndarray:
    weight, bias = numpy_integers(layer)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    rows, cols = x.shape[2:]
    total = sum(
        weight[None, :, 0, i, j, None, None] * padded[:, :, i : i + rows, j : j + cols]
        for i in range(3)
        for j in range(3)
    )
    return half_up_over_64(total + bias[None, :, None, None])


def wild(layer: IntegerConv, seed: int) -> IntegerConv:
    """Return the layer with weights that also reach their limits."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        layer.weight.copy_(torch.randn(layer.weight.shape, generator=generator) * 1.2)
        layer.bias.copy_(torch.randn(layer.bias.shape, generator=generator) * 3)
    return layer


@given(st.integers(0, 2**31), st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_a_pointwise_layer_computes_integers(seed, batch, rows, cols):
    layer = wild(IntegerConv(40, 24), seed)
    x = np.random.default_rng(seed).integers(-255, 256, (batch, 40, rows, cols))
    found = layer(torch.tensor(x, dtype=torch.float32)).detach().numpy()
    np.testing.assert_array_equal(found, numpy_pointwise(layer, x))


@given(st.integers(0, 2**31), st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_a_depthwise_layer_computes_integers(seed, batch, rows, cols):
    layer = wild(IntegerConv(24, 24, depthwise=True), seed)
    x = np.random.default_rng(seed).integers(-255, 256, (batch, 24, rows, cols))
    found = layer(torch.tensor(x, dtype=torch.float32)).detach().numpy()
    np.testing.assert_array_equal(found, numpy_depthwise(layer, x))


def test_the_widest_layer_is_exact_at_the_largest_inputs():
    # 96 + 64 inputs, all weights at the limit, all activations at the limit: 160·127·255 = 5.2 million < 2^23.
    layer = IntegerConv(160, 8)
    with torch.no_grad():
        layer.weight.copy_(
            torch.full(layer.weight.shape, 5.0) * torch.tensor([1.0, -1.0]).repeat(4)[:, None, None, None]
        )
        layer.bias.zero_()
    x = np.full((1, 160, 4, 4), 255)
    np.testing.assert_array_equal(
        layer(torch.tensor(x, dtype=torch.float32)).detach().numpy(), numpy_pointwise(layer, x)
    )
    assert layer.largest_sum(255) == 160 * 127 * 255


@pytest.mark.parametrize(
    ("value", "expected"), [(-1.5, -1), (-0.5, 0), (0.5, 1), (1.5, 2), (2.5, 3), (0.49, 0), (-0.51, -1)]
)
def test_rounding_is_half_up_not_half_to_even(value, expected):
    assert round_half_up(torch.tensor(value)).item() == expected


def test_rounding_passes_the_gradient_straight_through():
    x = torch.tensor([0.2, 0.7, -3.4], requires_grad=True)
    (round_half_up(x) * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert x.grad.tolist() == [1, 2, 3]


def test_clamping_stops_only_gradients_that_push_further_out():
    x = torch.tensor([-1.0, -1.0, 0.5, 2.0, 2.0], requires_grad=True)
    clamp(x, 0, 1).backward(torch.tensor([1.0, -1.0, 1.0, 1.0, -1.0]))
    assert x.grad.tolist() == [0, -1, 1, 1, 0]  # descent on +1 at −1 would push below; −1 at −1 leads back in


def test_rectified_activations_lie_in_one_unsigned_byte():
    assert rectify(torch.tensor([-3.0, 0.0, 255.0, 256.0])).tolist() == [0, 0, 255, 255]


def test_largest_sum_is_an_upper_bound_that_is_reached():
    layer = wild(IntegerConv(12, 5), 7)
    weight, bias = numpy_integers(layer)
    worst = max(
        abs(int((weight[o, :, 0, 0] * s * 255 * np.sign(weight[o, :, 0, 0])).sum() + bias[o]))
        for o in range(5)
        for s in (1, -1)
    )
    assert layer.largest_sum(255) == worst
