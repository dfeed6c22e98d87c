"""No attention: the baseline against which every variant is measured."""

from torch import Tensor, nn

from sargui.attention.registry import register


@register("none")
class NoAttention(nn.Module):
    """Return the features as they are."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, x: Tensor) -> Tensor:
        """Return x, (batch, channels, rows, cols), unchanged."""
        return x
