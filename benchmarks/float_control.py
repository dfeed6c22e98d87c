"""The control of the exactness matrix: a checkpoint whose entropy network computes in real numbers, as others do."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sargui.networks import Autoencoder
from sargui.networks.entropy import INDEX_PER_NAT, LEVEL_UNITS, TABLES, Z_UNIT, Choice, EntropyNetwork, GroupHead
from sargui.networks.integer import ACTIVATION_UNIT, WEIGHT_UNIT, IntegerConv
from sargui.networks.quality import EMBEDDING_UNIT


class FloatEntropy(nn.Module):
    """An entropy network with its layers in float: what an ordinary hyperprior is, up to where tables are chosen.

    Weights are moved by up to half of their last digit, so that they are real numbers again; activations are neither
    rounded nor clamped; the magnitudes are logarithms; and a table is chosen by where a real log-scale lies among
    thresholds. It does nearly the same as the network that it was made from.
    """

    def __init__(self, entropy: EntropyNetwork) -> None:
        super().__init__()
        self.layers = copy.deepcopy(entropy)
        generator = torch.Generator().manual_seed(0)
        for parent in list(self.layers.modules()):
            for name, layer in list(parent.named_children()):
                if isinstance(layer, IntegerConv):
                    setattr(parent, name, _real(layer, generator))

    def features(self, z: Tensor, embedding: Tensor) -> Tensor:
        """Return real features of z and the quality."""
        h_s = self.layers.h_s
        x = F.relu(F.pixel_shuffle(h_s.into(z * (Z_UNIT / ACTIVATION_UNIT)), 2))
        x = F.relu(F.pixel_shuffle(h_s.expand(F.relu(h_s.depthwise(x))), 2))
        result: Tensor = h_s.smooth(x) + h_s.quality(embedding / EMBEDDING_UNIT)[:, :, None, None]
        return result

    def first_means(self, features: Tensor) -> Tensor:
        """Return the means of the first group, in steps."""
        result: Tensor = self.layers.mean(features)
        return result

    def second_means(self, means: Tensor, near: Tensor) -> Tensor:
        """Return the means of the first group's second half, in steps."""
        return self.layers.second_means(means, near)

    def shared(self, group: int, features: Tensor, contexts: list[Tensor]) -> Tensor:
        """Return what both halves of a group need."""
        head = self._head(group)
        x = head.into(torch.cat([features, *contexts], 1))
        result: Tensor = head.middle(F.relu(x + F.relu(head.depthwise(F.relu(x)))))
        return result

    def indices(
        self, group: int, shared: Tensor, near: Tensor | None = None, chosen: Choice = lambda cells: cells
    ) -> Tensor:
        """Return the table indices of a group at chosen cells, by thresholds on the logarithm of the scale."""
        head = self._head(group)
        hidden = chosen(shared)
        if near is not None:
            hidden = hidden + head.near_out(chosen(F.relu(head.near_depthwise(F.relu(head.near_into(near))))))
        x = head.out(F.relu(hidden)) + head.base[None, :, None, None]
        if near is not None:
            x = x + chosen(head.near_same(near))
        return torch.floor(x * INDEX_PER_NAT).clamp(0, TABLES - 1)

    def context(self, levels: Tensor, profile: int = 0) -> Tensor:
        """Return the logarithm of one plus the magnitude of levels."""
        return torch.log1p(LEVEL_UNITS[profile] * levels.abs())

    def _head(self, group: int) -> GroupHead:
        head = self.layers.heads[group]
        assert isinstance(head, GroupHead)
        return head


def with_float_scales(network: Autoencoder) -> Autoencoder:
    """Return a copy of a network with such an entropy network in its place."""
    control = copy.deepcopy(network)
    control.entropy = FloatEntropy(network.entropy)  # type: ignore[assignment]
    return control.eval().requires_grad_(False)


def _real(layer: IntegerConv, generator: torch.Generator) -> nn.Conv2d:
    """Return the layer as an ordinary one, its weights moved within the last digit of the integers."""
    padding = 1 if layer.groups > 1 else 0
    real = nn.Conv2d(layer.in_channels, layer.out_channels, 1 + 2 * padding, padding=padding, groups=layer.groups)
    assert layer.bias is not None
    assert real.bias is not None
    with torch.no_grad():
        for target, source, unit in (
            (real.weight, layer.weight, WEIGHT_UNIT),
            (real.bias, layer.bias, WEIGHT_UNIT * ACTIVATION_UNIT),
        ):
            target.copy_(source + (torch.rand(source.shape, generator=generator) - 0.5) / unit)
    return real
