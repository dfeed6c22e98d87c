"""Tests of the textbook autoencoder: its shapes, how far it sees, and that the whole of it learns."""

import pytest
import torch

from sargui.core.errors import CheckpointError
from sargui.networks import Autoencoder, NetworkConfig
from sargui.training.loop import objective

SMALL = NetworkConfig(
    stages=(4, 8, 8, 4), groups=(4,), hyper=8, side=4, attention="cbam", preset="classic", quality=5000
)
QUALITY = torch.tensor([5000])


def test_a_patch_of_256_pixels_becomes_16_by_16_by_64():
    config = NetworkConfig(stages=(64, 128, 256, 64), groups=(64,), attention="cbam", preset="classic", quality=5000)
    network = Autoencoder(config).eval()
    with torch.inference_mode():
        v = network.scaled(torch.zeros(1, 1, 256, 256), QUALITY)
        assert v.shape == (1, 64, 16, 16)
        assert network.reconstruct(v, torch.zeros_like(v), QUALITY).shape == (1, 1, 256, 256)


def test_the_sigmoid_spans_60_db():
    network = Autoencoder(SMALL).eval()
    with torch.inference_mode():
        far = network.reconstruct(torch.randn(1, 4, 2, 2) * 1e4, torch.zeros(1, 4, 2, 2), QUALITY)
    assert far.abs().max() <= 3.0


def test_every_parameter_learns():
    torch.manual_seed(0)
    network = Autoencoder(SMALL)
    optimizer = torch.optim.Adam(network.parameters(), 1e-2)  # integer weights of 0 leave it after a step
    for _ in range(4):
        optimizer.zero_grad()
        quality = QUALITY.expand(2)
        objective(network(0.3 * torch.randn(2, 1, 64, 64), quality), quality).backward()
        idle = [name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()]
        optimizer.step()
    assert set(idle) <= {"gain", "inverse_gain"}  # of the knots of other qualities


@pytest.mark.parametrize("half", ["g_a", "g_s"])
def test_nothing_reaches_further_than_the_halo(half):
    torch.manual_seed(1)
    network = Autoencoder(SMALL).eval()
    part = getattr(network, half)
    cells = 2 * part.halo + 2 * part.grid
    unit = 16 if half == "g_a" else 1
    x = torch.randn(1, 1 if half == "g_a" else 4, cells * unit, cells * unit)
    with torch.inference_mode():
        other = x.clone()
        edge = unit * part.grid
        other[:, :, :edge] += 1.0  # a whole step of the grid above the halo of what is compared
        first, second = (_run(part, picture) for picture in (x, other))
    start = (part.halo + part.grid) * (16 // unit)
    torch.testing.assert_close(second[:, :, start:], first[:, :, start:], atol=1e-5, rtol=0)
    assert not torch.allclose(second[:, :, :start], first[:, :, :start])


def _run(part: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    return part(x, QUALITY) if x.shape[1] == 1 else part(x, x, QUALITY)


@pytest.mark.parametrize("changed", [{"groups": (5,)}, {"quality": 10_001}, {"quality": "50"}, {"preset": "modern"}])
def test_an_impossible_card_is_refused(changed):
    with pytest.raises(CheckpointError):
        NetworkConfig.from_card(SMALL.to_card() | changed)
