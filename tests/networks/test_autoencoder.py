"""Tests of the whole network: its perfect start, its rate in closed form, and gradients for every parameter."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import norm

from sargui.networks import Autoencoder
from sargui.networks.autoencoder import gaussian_bits
from sargui.networks.quality import multiplier
from sargui.training.loop import objective


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(16, 16), (64, 64), (128, 80)])
@pytest.mark.parametrize("quality", [0, 3333, 10000])
def test_without_rounding_the_start_gives_the_picture_back_up_to_the_border(shape, quality, config):
    network = Autoencoder(config).requires_grad_(False)
    x, qualities = noise(2, 1, *shape), torch.tensor([quality, 10000 - quality])
    v = network.scaled(x, qualities)
    torch.testing.assert_close(network.reconstruct(v, torch.zeros_like(v), qualities), x, atol=1e-5, rtol=0)


def test_latents_are_counted_in_the_steps_that_theory_states(config):
    # λ·Δ² = 12 / (2 ln 2) in dB², one unit of x being 10 dB: the DC latent of a constant c is 16·c / Δ.
    network = Autoencoder(config).requires_grad_(False)
    quality = torch.tensor([2000])
    step = math.sqrt(12 / (2 * math.log(2)) / multiplier(quality).item()) / 10
    v = network.scaled(torch.full((1, 1, 64, 64), 0.7), quality)[0]
    np.testing.assert_allclose(v[0].numpy(), 16 * 0.7 / step, rtol=1e-2)  # LOT: a constant is nearly all in basis 0


@pytest.mark.parametrize("sigma", [0.06, 0.5, 3.0, 150.0])
def test_bits_are_those_of_a_gaussian_over_the_unit_interval(sigma):
    value = np.array([0.0, 0.3, -1.0, 2.5, -4.0]) * max(sigma, 0.3)
    probability = norm.cdf((np.abs(value) + 0.5) / sigma) - norm.cdf((np.abs(value) - 0.5) / sigma)
    expected = -np.log2(np.maximum(probability, 1e-7))
    found = gaussian_bits(torch.tensor(value, dtype=torch.float64), torch.tensor(sigma, dtype=torch.float64))
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6, atol=1e-9)


def test_hopeless_values_cost_23_bits_and_still_pull():
    value = torch.tensor([500.0], requires_grad=True)
    sigma = torch.tensor([1.0], requires_grad=True)
    bits = gaussian_bits(value, sigma)
    assert bits.item() == pytest.approx(-math.log2(1e-7))
    bits.backward()
    assert value.grad.item() >= 0


def test_the_error_of_the_start_is_that_of_uniform_quantization(config):
    # White noise of 10 dB deviation at a high rate: D = Δ²/12, whatever the transform, it being orthonormal.
    torch.manual_seed(1)
    network = Autoencoder(config).requires_grad_(False)
    quality = torch.tensor([9000])
    output = network(noise(1, 1, 256, 256, seed=3), quality)
    expected = 12 / (2 * math.log(2)) / multiplier(quality).item() / 12
    assert output.mse.item() == pytest.approx(expected, rel=0.03)


def test_rate_and_error_go_the_opposite_ways_with_quality(config):
    torch.manual_seed(1)
    network = Autoencoder(config).requires_grad_(False)
    output = network(noise(1, 1, 64, 64).expand(5, -1, -1, -1), torch.tensor([0, 2500, 5000, 7500, 10000]))
    bits = output.y_bits + output.z_bits
    assert (bits.diff() > 0).all()
    assert (output.mse.diff() < 0).all()


def test_the_linear_phase_starts_where_the_whole_network_starts(config):
    network = Autoencoder(config).requires_grad_(False)
    x, quality = noise(1, 1, 64, 64), torch.tensor([5000])
    torch.manual_seed(1)
    whole = network(x, quality)
    torch.manual_seed(1)
    linear = network(x, quality, linear=True)
    torch.testing.assert_close(whole.x_hat, linear.x_hat, atol=1e-5, rtol=0)
    torch.testing.assert_close(whole.y_bits, linear.y_bits)


def test_after_two_steps_every_parameter_has_a_gradient(config):
    torch.manual_seed(0)
    network = Autoencoder(config)
    optimizer = torch.optim.Adam(network.parameters(), 1e-2)  # so that what starts at zero is a unit of 1/64 by then
    for step in range(3):
        optimizer.zero_grad(set_to_none=True)
        quality = torch.tensor([0, 1500, 3000, 4500, 6000, 7500, 9000, 10000])
        objective(network(noise(8, 1, 64, 64, seed=step), quality), quality).backward()
        if step < 2:
            optimizer.step()
    idle = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not idle


def test_a_picture_alone_and_in_a_batch_are_the_same(network):
    x, quality = noise(3, 1, 64, 96), torch.tensor([100, 5000, 9900])
    together = network.scaled(x, quality)
    for number in range(3):
        torch.testing.assert_close(
            network.scaled(x[number : number + 1], quality[number : number + 1])[0],
            together[number],
            rtol=1e-4,
            atol=1e-4,
        )
