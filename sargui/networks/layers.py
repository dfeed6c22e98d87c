"""The building blocks of the nonlinear branch."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sargui import attention
from sargui.attention import Attention, Gating, OfMagnitudes, Windowed
from sargui.core.tiling import CELL
from sargui.networks.config import LATENTS, NetworkConfig
from sargui.networks.quality import KNOTS

SLOPE = 0.1  # of the leaky rectifiers
ATTENTION_WINDOW = 256  # pixels: the patches of training, so that attention sees later what it saw then


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
        return torch.addcmul(shift, x, 1 + scale)


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
        residual = self.project(F.leaky_relu(self.expand(self.depthwise(x)), SLOPE, inplace=True))
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


class LatentAttention(nn.Module):
    """The attention on the latents themselves, if that is where it is placed.

    `gate` reads the `features` of the branch beside; other gates read magnitudes, for the latents' mean is zero; the
    rest reads the latents.
    """

    def __init__(self, config: NetworkConfig, features: int) -> None:
        super().__init__()
        chosen = config.attention if config.placement == "latents" else "none"
        self.reads_features = chosen == "gate"
        if self.reads_features:
            self.attention = attention.create(chosen, LATENTS, features=features)
        else:
            variant = _create(config, chosen, LATENTS)
            self.attention = in_windows(OfMagnitudes(variant) if isinstance(variant, Gating) else variant, CELL)

    def forward(self, latents: Tensor, features: Tensor) -> Tensor:
        """Return attended latents (batch, 256, rows, cols); features are (batch, features, rows, cols)."""
        result: Tensor = self.attention(latents, features) if self.reads_features else self.attention(latents)
        return result


def attention_slot(config: NetworkConfig, places: tuple[str, ...], channels: int, stride: int) -> Attention:
    """Return the configured attention if its placement is one of `places`, else none.

    `stride` is the distance of the feature map's positions in pixels.
    """
    chosen = config.attention if config.placement in places else "none"
    return in_windows(_create(config, chosen, channels), stride)


def half_precision(x: Tensor, enabled: bool) -> torch.autocast:
    """Return a context in which convolutions compute in half precision, if enabled: what the device does fastest."""
    kind = torch.float16 if x.device.type == "cuda" and not torch.is_grad_enabled() else torch.bfloat16
    return torch.autocast(x.device.type, kind, enabled=enabled)


def in_windows(variant: Attention, stride: int) -> Attention:
    """Return a variant that looks at its whole map confined to windows of ATTENTION_WINDOW pixels; others as they are.

    Where that would be more positions than the variant may see at once, windows are smaller.
    """
    if variant.reach is not None:
        return variant
    side = ATTENTION_WINDOW // stride
    return Windowed(variant, side if variant.largest_side is None else min(side, variant.largest_side))


def _create(config: NetworkConfig, chosen: str, channels: int) -> Attention:
    options = config.attention_options() if chosen != "none" else {}
    return attention.create(chosen, channels, **options)
