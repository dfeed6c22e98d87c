"""A gate on every value: channel and place at once.

From our trials (`gate@latents`): applied to the latents, and computed of the nonlinear branch's features, it was the
one attention that lowered the rate. Gated linear units are its nearest relatives: Dauphin et al., Language Modeling
with Gated Convolutional Networks, ICML 2017, arXiv:1612.08083.
"""

import torch
from torch import Tensor, nn

from sargui.attention.base import Gating
from sargui.attention.registry import register


@register("gate")
class Gate(Gating):
    """Gate each value by a 1×1 convolution of the features at its position: `features` of them, or x itself if 0."""

    reach = 0

    def __init__(self, channels: int, features: int = 0) -> None:
        super().__init__()
        self.conv = nn.Conv2d(features or channels, channels, 1)
        nn.init.zeros_(self.conv.weight)
        nn.init.zeros_(self.conv.bias)  # type: ignore[arg-type]

    def gates(self, source: Tensor) -> Tensor:
        """Return gates (batch, channels, rows, cols) of source (batch, features, rows, cols)."""
        return 2 * torch.sigmoid(self.conv(source))
