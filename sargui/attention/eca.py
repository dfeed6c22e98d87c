"""Efficient channel attention: Wang et al., ECA-Net, CVPR 2020, arXiv:1910.03151."""

import torch
from torch import Tensor, nn

from sargui.attention.base import Gating
from sargui.attention.registry import register


@register("eca")
class EfficientChannelAttention(Gating):
    """Gate each channel by a convolution over its neighbors' means: three parameters in all."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 3, padding=1, bias=False)
        nn.init.zeros_(self.conv.weight)

    def gates(self, source: Tensor) -> Tensor:
        """Return gates (batch, channels, 1, 1) of source (batch, channels, rows, cols)."""
        means = source.mean((2, 3))[:, None]  # (batch, 1, channels)
        return 2 * torch.sigmoid(self.conv(means)[:, 0, :, None, None])
