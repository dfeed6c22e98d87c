"""Convolutional block attention: Woo et al., CBAM, ECCV 2018, arXiv:1807.06521."""

from torch import Tensor, nn
from torch.nn import functional as F

from sargui.attention.base import Attended, Attention, Gating
from sargui.attention.registry import register
from sargui.attention.se import SqueezeExcitation
from sargui.attention.spatial import SpatialAttention

BLOCKS = ("plain", "residual")


class ConvolutionalBlockAttention(Gating):
    """Gate channels by their means and maxima, then positions by the mean and maximum of the gated channels."""

    def __init__(self, channels: int, reduction: int = 0, kernel: int = 7) -> None:
        super().__init__()
        self.channel = SqueezeExcitation(channels, "both", reduction)
        self.spatial = SpatialAttention(channels, kernel)

    def gates(self, source: Tensor) -> Tensor:
        """Return gates, for each channel and position, of source (batch, channels, rows, cols)."""
        channel, spatial = self._both(source)
        return channel * spatial

    def attended(self, x: Tensor, source: Tensor | None = None) -> Attended:
        """Return the gates of the channels and those of the positions; what is applied is their product."""
        channel, spatial = self._both(x if source is None else source)
        return Attended(channel_gates=channel[:, :, 0, 0], position_map=spatial[:, 0])

    def _both(self, source: Tensor) -> tuple[Tensor, Tensor]:
        channel = self.channel.gates(source)  # (batch, channels, 1, 1)
        return channel, self.spatial.gates(source * channel)  # and (batch, 1, rows, cols)


class ResidualBlockAttention(Attention):
    """The paper's residual block: conv-BN-ReLU-conv-BN, CBAM, added to x, ReLU (figure 3).

    The last batch norm starts with scale 0: for x ≥ 0 the block starts as the identity.
    """

    def __init__(self, channels: int, reduction: int = 0, kernel: int = 7) -> None:
        super().__init__()
        last = nn.BatchNorm2d(channels)
        self.residual = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            last,
        )
        self.cbam = ConvolutionalBlockAttention(channels, reduction, kernel)
        nn.init.zeros_(last.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Return ReLU(x + gated residual), shape of x."""
        return F.relu(x + self.cbam(self.residual(x)))

    def attended(self, x: Tensor) -> Attended:
        """Return the gates on the residual."""
        return self.cbam.attended(self.residual(x))


@register("cbam")
def cbam(channels: int, reduction: int = 0, kernel: int = 7, block: str = "plain") -> Attention:
    """Return CBAM on the features as they come (`plain`), or on the residual of a block of its own (`residual`)."""
    kind = ResidualBlockAttention if block == "residual" else ConvolutionalBlockAttention
    return kind(channels, reduction, kernel)
