"""The textbook autoencoder, for comparison and teaching: strided convolutions, CBAM at the bottleneck, deconvolutions.

1 → 64 → 128 → 256 → 64 channels in four steps of 2 (256² pixels make 16×16×64 latents), mirrored back to a sigmoid;
everything must be learned from nothing, and one network serves one rate. (Hinton 2006 for the shape; Woo 2018,
arXiv:1807.06521, for CBAM.)
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sargui.core.tiling import CELL
from sargui.networks.config import NetworkConfig
from sargui.networks.layers import attention_slot, half_precision

RANGE = 6.0  # network units, 60 dB, that the sigmoid covers, around the mean
ANALYSIS_REACH = 1 + 2 + 4 + 8  # pixels beyond a cell, of four 3×3 convolutions
SYNTHESIS_REACH = 2  # cells: one position of each of four deconvolutions, 1 + 1/2 + 1/4 + 1/8


class ConvBlock(nn.Sequential):
    """Convolution 3×3 with stride 2, batch norm, ReLU: half the rows and columns."""

    def __init__(self, before: int, after: int) -> None:
        convolution = nn.Conv2d(before, after, 3, 2, 1, bias=False)
        super().__init__(convolution, nn.BatchNorm2d(after), nn.ReLU())


class DeconvBlock(nn.Sequential):
    """Transposed convolution 4×4 with stride 2, batch norm, ReLU: twice the rows and columns."""

    def __init__(self, before: int, after: int) -> None:
        convolution = nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False)
        super().__init__(convolution, nn.BatchNorm2d(after), nn.ReLU())


class ClassicAnalysis(nn.Module):
    """g_a of the textbook; the quality does not reach it."""

    reduced = False

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        channels = (1, *config.stages)
        self.down = nn.Sequential(*map(ConvBlock, channels, config.stages))
        self.attention = attention_slot(config, ("bottleneck",), config.stages[-1], CELL)
        grid = self.attention.step
        self.halo = -(-(self.attention.needed(0) + -(-ANALYSIS_REACH // CELL)) // grid) * grid
        self.grid = grid

    def forward(self, x: Tensor, quality: Tensor) -> Tensor:
        """Return latents (batch, 64, rows/16, cols/16), not negative, of x (batch, 1, rows, cols)."""
        with half_precision(x, self.reduced):
            latents: Tensor = self.attention(self.down(x / RANGE + 0.5))
        return latents.to(x.dtype)

    def linear(self, x: Tensor) -> Tensor:
        """Return the latents; there is no linear part to begin with."""
        return self(x, x)  # type: ignore[no-any-return]


class ClassicSynthesis(nn.Module):
    """g_s of the textbook: latents alone to pixels."""

    reduced = False

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        channels = config.stages[::-1]
        self.up = nn.Sequential(*map(DeconvBlock, channels[:-1], channels[1:]))
        self.out = nn.ConvTranspose2d(channels[-1], 1, 4, 2, 1)
        self.latents = config.latents
        self.halo, self.grid = SYNTHESIS_REACH, 1

    def forward(self, latents: Tensor, log_scales: Tensor, quality: Tensor) -> Tensor:
        """Return pixels (batch, 1, 16·rows, 16·cols) of latents (batch, 64, rows, cols)."""
        with half_precision(latents, self.reduced):
            result: Tensor = self.out(self.up(latents))
        return RANGE * (torch.sigmoid(result.to(latents.dtype)) - 0.5)

    def linear(self, latents: Tensor) -> Tensor:
        """Return the pixels; there is no linear part to begin with."""
        return self(latents, latents, latents)  # type: ignore[no-any-return]

    @property
    def signs(self) -> Tensor:
        """The sign of each latent in a mirror along rows and columns, (64, 2): all 1, to a good approximation."""
        return self.out.weight.new_ones(self.latents, 2)
