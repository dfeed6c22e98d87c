"""Spatial attention, the second half of CBAM: Woo et al., ECCV 2018, arXiv:1807.06521, section 3."""

import torch
from torch import Tensor, nn

from sargui.attention.base import Gating
from sargui.attention.registry import register

KERNELS = (3, 7)


@register("spatial")
class SpatialAttention(Gating):
    """Gate each position by a k×k convolution over the mean and the maximum of its channels and its neighbors'."""

    def __init__(self, channels: int, kernel: int = 7) -> None:
        super().__init__()
        self.reach = kernel // 2
        self.conv = nn.Conv2d(2, 1, kernel, padding=self.reach, bias=False)
        nn.init.zeros_(self.conv.weight)

    def gates(self, source: Tensor) -> Tensor:
        """Return gates (batch, 1, rows, cols) of source (batch, channels, rows, cols)."""
        pooled = torch.stack([source.mean(1), source.amax(1)], 1)  # (batch, 2, rows, cols)
        return 2 * torch.sigmoid(self.conv(pooled))
