"""Squeeze-and-excitation: Hu et al., Squeeze-and-Excitation Networks, CVPR 2018, arXiv:1709.01507."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sargui.attention.base import Gating
from sargui.attention.registry import register

POOLINGS = ("avg", "max", "sum", "both")


@register("se")
class SqueezeExcitation(Gating):
    """Gate each channel by two small layers that read what all channels are like over the whole map.

    `pooling` says what they read: the means (`avg`), the maxima (`max`), their sum (`sum`), or each on its own, the
    results added (`both`, as CBAM does). `reduction` is how many channels share a hidden unit; 0: by the rule.
    """

    def __init__(self, channels: int, pooling: str = "avg", reduction: int = 0) -> None:
        super().__init__()
        self.pooling = pooling
        hidden = max(1, channels // (reduction or usual_reduction(channels)))
        self.squeeze = nn.Linear(channels, hidden, bias=False)
        self.excite = nn.Linear(hidden, channels, bias=False)
        nn.init.zeros_(self.excite.weight)

    def gates(self, source: Tensor) -> Tensor:
        """Return gates (batch, channels, 1, 1) of source (batch, channels, rows, cols)."""
        passes = [self.excite(F.relu(self.squeeze(pooled))) for pooled in self._pooled(source)]
        return 2 * torch.sigmoid(torch.stack(passes).sum(0))[:, :, None, None]

    def _pooled(self, x: Tensor) -> list[Tensor]:
        if self.pooling == "avg":
            return [x.mean((2, 3))]
        if self.pooling == "max":
            return [x.amax((2, 3))]
        both = [x.mean((2, 3)), x.amax((2, 3))]
        return both if self.pooling == "both" else [both[0] + both[1]]


def usual_reduction(channels: int) -> int:
    """Return the reduction for a number of channels: 16 from 64 on, 8 from 32, 4 below."""
    return 16 if channels >= 64 else 8 if channels >= 32 else 4
