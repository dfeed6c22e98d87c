"""The analysis g_a and the synthesis g_s: a lapped transform and a nonlinear branch beside it.

```
x ──┬─ lapped transform, 256 bases of 32×32, stride 16 ────────────────┬─ + ─> y
    └─ 4 stride-2 stages: 16, 48, 96, 192 channels ─ attention ─ 1×1 ──┘
y_hat ─┬─ inverse lapped transform ──────────┬────────────────────────── + ─> x_hat
       └─ attention ─ 192, 96, 48, 16 ───────┴─ (reads the lapped picture at 1/4) ─┘
```
The last layer of each branch starts at zero: the network starts as a good transform codec and learns the rest.
Attention may also sit at other places of the branch, or on y and y_hat themselves, before the inverse lapped transform.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sargui.attention import Attention
from sargui.core.tiling import CELL
from sargui.networks.config import LATENTS, NetworkConfig
from sargui.networks.lapped import LappedAnalysis, LappedSynthesis
from sargui.networks.layers import SLOPE, Blocks, LatentAttention, attention_slot, half_precision

STRIDES = (2, 4, 8, 16)  # pixels between the positions of each stage of the branch
LAPPED_REACH = 8  # pixels by which a basis of the lapped transform overlaps the neighboring cells
LAPPED_PICTURE_STAGE = 2  # the stage at 1/4 where the branch reads the lapped picture
UP_KERNELS = (1, 1, 3, 3)  # of the layers that double the synthesis's resolution


class Analysis(nn.Module):
    """g_a: pixels to latents. `reduced`: the nonlinear branch in half precision; the lapped transform never is."""

    reduced = False

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.lapped = LappedAnalysis()
        channels = (1, *config.stages)
        self.down = nn.ModuleList(
            nn.Conv2d(before, after, 3, 2, 1) for before, after in zip(channels, config.stages, strict=False)
        )
        self.blocks = nn.ModuleList(map(Blocks, config.stages, config.blocks))
        self.attention = nn.ModuleList(encoder_attention(config))
        self.out = nn.Conv2d(config.stages[-1], LATENTS, 1)
        self.latent_attention = LatentAttention(config, config.stages[-1])
        self.halo, self.grid = analysis_halo(config), grid(config)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, quality: Tensor) -> Tensor:
        """Return latents (batch, 256, rows/16, cols/16) of x (batch, 1, rows, cols) at a quality (batch, 8)."""
        with half_precision(x, self.reduced):
            features = self._branch(x, quality)
            correction = self.out(features)
        latents: Tensor = self.lapped(x) + correction.to(x.dtype)
        return self.latent_attention(latents, features.to(x.dtype))  # type: ignore[no-any-return]

    def linear(self, x: Tensor) -> Tensor:
        """Return the latents of the lapped transform alone."""
        result: Tensor = self.lapped(x)
        return result

    def _branch(self, x: Tensor, quality: Tensor) -> Tensor:
        features = x
        for down, blocks, attention in zip(self.down, self.blocks, self.attention, strict=True):
            features = attention(blocks(F.leaky_relu(down(features), SLOPE, inplace=True), quality))
        return features


class Synthesis(nn.Module):
    """g_s: latents and their log scales to pixels. `reduced` as in the analysis."""

    reduced = False

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        stages = config.stages[::-1]
        self.lapped = LappedSynthesis()
        self.into = nn.Conv2d(2 * LATENTS, stages[0], 1)
        self.blocks = nn.ModuleList(map(Blocks, stages, config.blocks[::-1]))
        self.attention = nn.ModuleList(decoder_attention(config))
        self.latent_attention = LatentAttention(config, stages[0])
        self.latent_blocks = Blocks(stages[0], int(self.latent_attention.reads_features))
        self.up = nn.ModuleList(
            nn.Conv2d(before, 4 * after, kernel, padding=kernel // 2)
            for before, after, kernel in zip(stages, (*stages[1:], 1), UP_KERNELS, strict=True)
        )
        self.halo, self.grid = synthesis_halo(config), grid(config)
        self.mix = nn.Conv2d(16, stages[LAPPED_PICTURE_STAGE], 3, padding=1)
        last = self.up[-1]
        assert isinstance(last, nn.Conv2d)
        assert last.bias is not None
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def forward(self, latents: Tensor, log_scales: Tensor, quality: Tensor) -> Tensor:
        """Return pixels (batch, 1, 16·rows, 16·cols) of latents and log scales, both (batch, 256, rows, cols)."""
        with half_precision(latents, self.reduced):
            features = F.leaky_relu(self.into(torch.cat([latents, log_scales], 1)), SLOPE, inplace=True)
            judged = self.latent_blocks(features, quality)
        picture: Tensor = self.lapped(self.latent_attention(latents, judged.to(latents.dtype)))
        with half_precision(latents, self.reduced):
            correction = self._branch(features, picture, quality)
        return picture + correction.to(picture.dtype)

    def linear(self, latents: Tensor) -> Tensor:
        """Return the pixels of the lapped transform alone."""
        result: Tensor = self.lapped(latents)
        return result

    @property
    def signs(self) -> Tensor:
        """The sign of each latent in a mirror along rows and columns, (256, 2)."""
        return self.lapped.signs

    def _branch(self, features: Tensor, picture: Tensor, quality: Tensor) -> Tensor:
        for stage, (attention, blocks, up) in enumerate(zip(self.attention, self.blocks, self.up, strict=True)):
            if stage == LAPPED_PICTURE_STAGE:
                features = features + self.mix(F.pixel_unshuffle(picture, 4))
            features = F.pixel_shuffle(up(blocks(attention(features), quality)), 2)
            if stage < len(self.up) - 1:
                features = F.leaky_relu(features, SLOPE, inplace=True)
        return features


def encoder_attention(config: NetworkConfig) -> list[Attention]:
    """Return the attention after each stage of the analysis."""
    places = [("encoder", "all")] * 3 + [("encoder", "all", "bottleneck")]
    return [attention_slot(config, *slot) for slot in zip(places, config.stages, STRIDES, strict=True)]


def decoder_attention(config: NetworkConfig) -> list[Attention]:
    """Return the attention before each stage of the synthesis."""
    places = [("decoder", "all", "bottleneck")] + [("decoder", "all")] * 3
    return [attention_slot(config, *slot) for slot in zip(places, config.stages[::-1], STRIDES[::-1], strict=True)]


def grid(config: NetworkConfig) -> int:
    """Return the cells at whose multiples a part of a picture may begin and end: 1 unless attention needs windows."""
    with torch.device("meta"):
        slots = [*encoder_attention(config), *decoder_attention(config)[::-1]]
        steps = [slot.step * stride for slot, stride in zip(slots, STRIDES * 2, strict=True)]
        steps.append(LatentAttention(config, 1).attention.step * CELL)
    return math.lcm(CELL, *steps) // CELL


def analysis_halo(config: NetworkConfig) -> int:
    """Return the cells of real neighbors, a multiple of the grid, around a part whose latents are as in the whole.

    The part that is wanted begins and ends at multiples of the grid, counted from where the whole begins.
    """
    with torch.device("meta"):
        margin_px = LatentAttention(config, 1).attention.needed(0) * CELL
        stages = zip(encoder_attention(config), config.blocks, STRIDES, strict=True)
    for attention, blocks, stride in list(stages)[::-1]:
        margin = attention.needed(margin_px // stride) + blocks  # a block sees one position beyond its own
        margin_px = margin * stride + stride // 2  # and the convolution before one position of twice the resolution
    return _round_up(math.ceil(margin_px / CELL), grid(config))


def synthesis_halo(config: NetworkConfig) -> int:
    """Return the cells of latents around a part whose pixels are as in the whole; otherwise as `analysis_halo`."""
    with torch.device("meta"):
        latent_attention = LatentAttention(config, 1)
        stages = zip(decoder_attention(config), config.blocks[::-1], UP_KERNELS, STRIDES[::-1], strict=True)
    margin, picture = 0, 0  # positions of the features after a stage; pixels of the lapped picture
    for stage, (attention, blocks, kernel, stride) in reversed(list(enumerate(stages))):
        margin = attention.needed(math.ceil(margin / 2) + kernel // 2 + blocks)
        if stage == LAPPED_PICTURE_STAGE:
            picture = (margin + 1) * stride
    latents = latent_attention.attention.needed(math.ceil((picture + LAPPED_REACH) / CELL))
    judged = math.ceil((picture + LAPPED_REACH) / CELL) + int(latent_attention.reads_features)
    return _round_up(max(margin, latents, judged), grid(config))


def _round_up(number: int, step: int) -> int:
    return -(-number // step) * step
