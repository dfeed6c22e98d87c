"""No attention: the baseline against which every variant is measured."""

from torch import Tensor

from sargui.attention.base import Attended, Attention
from sargui.attention.registry import register


@register("none")
class NoAttention(Attention):
    """Return the features as they are."""

    reach = 0

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, x: Tensor) -> Tensor:
        """Return x, (batch, channels, rows, cols), unchanged."""
        return x

    def attended(self, x: Tensor) -> Attended:
        """Return that it attended to nothing."""
        return Attended()
