"""The building blocks of the nonlinear branch."""

from torch import Tensor, nn
from torch.nn import functional as F

from sargui import attention
from sargui.networks.config import NetworkConfig
from sargui.networks.quality import KNOTS

SLOPE = 0.1  # of the leaky rectifiers


class QualityModulation(nn.Module):
    """Scale and shift each channel by a linear function of the quality; identity at the start (Perez, FiLM, 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.linear = nn.Linear(KNOTS, 2 * channels)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, x: Tensor, quality: Tensor) -> Tensor:
        """Return x (batch, channels, rows, cols) modulated by the embedding (batch, 8), 0..1."""
        scale, shift = self.linear(quality)[:, :, None, None].chunk(2, dim=1)
        result: Tensor = x * (1 + scale) + shift
        return result


class ResidualBlock(nn.Module):
    """Depthwise 3×3, 1×1 to twice the channels, leaky ReLU, 1×1 back, modulated by the quality, added."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.expand = nn.Conv2d(channels, 2 * channels, 1)
        self.project = nn.Conv2d(2 * channels, channels, 1)
        self.modulate = QualityModulation(channels)
        nn.init.normal_(self.project.weight, 0, 0.01)
        nn.init.zeros_(self.project.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, quality: Tensor) -> Tensor:
        """Return x + modulated residual, shape kept."""
        residual = self.project(F.leaky_relu(self.expand(self.depthwise(x)), SLOPE))
        result: Tensor = x + self.modulate(residual, quality)
        return result


class Blocks(nn.ModuleList):
    """Residual blocks one after another."""

    def __init__(self, channels: int, count: int) -> None:
        super().__init__(ResidualBlock(channels) for _ in range(count))

    def forward(self, x: Tensor, quality: Tensor) -> Tensor:
        """Return x after all blocks."""
        for block in self:
            x = block(x, quality)
        return x


def attention_slot(config: NetworkConfig, places: tuple[str, ...], channels: int) -> nn.Module:
    """Return the configured attention if its placement is one of `places` (or everywhere), else none."""
    chosen = config.placement in places or (config.placement == "all" and "latents" not in places)
    return attention.create(config.attention if chosen else "none", channels)
