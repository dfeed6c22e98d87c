"""A tiny network whose parts that start at zero do not: what is tested must not hide behind zeros."""

import pytest
import torch

from sargui.networks import Autoencoder, NetworkConfig

TINY = NetworkConfig(stages=(4, 8, 8, 16), hyper=16, side=8)


def shaken(config: NetworkConfig = TINY, seed: int = 0) -> Autoencoder:
    """Return a network with every parameter moved away from its start."""
    torch.manual_seed(seed)
    network = Autoencoder(config)
    with torch.no_grad():
        for name, value in network.named_parameters():
            if not name.endswith("quadrant"):
                value += 0.05 * torch.randn_like(value)
    return network.eval().requires_grad_(False)


@pytest.fixture
def config() -> NetworkConfig:
    return TINY


@pytest.fixture
def network() -> Autoencoder:
    return shaken()
