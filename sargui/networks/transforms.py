"""The analysis g_a and the synthesis g_s: a lapped transform and a nonlinear branch beside it.

```
x ──┬─ lapped transform, 256 bases of 32×32, stride 16 ────────────────┬─ + ─> y
    └─ 4 stride-2 stages: 16, 48, 96, 192 channels ─ attention ─ 1×1 ──┘
y_hat ─┬─ inverse lapped transform ──────────┬────────────────────────── + ─> x_hat
       └─ attention ─ 192, 96, 48, 16 ───────┴─ (reads the lapped picture at 1/4) ─┘
```
The last layer of each branch starts at zero: the network starts as a good transform codec and learns the rest.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sargui.networks.config import LATENTS, NetworkConfig
from sargui.networks.lapped import LappedAnalysis, LappedSynthesis
from sargui.networks.layers import SLOPE, Blocks, attention_slot

ANALYSIS_HALO = 3  # cells of real neighbors that a cropped result needs: its receptive field reaches 43 px
SYNTHESIS_HALO = 3  # 34 px beyond a cell, of which the lapped bases take 8
LAPPED_PICTURE_STAGE = 2  # the stage at 1/4 where the branch reads the lapped picture


class Analysis(nn.Module):
    """g_a: pixels to latents. `reduced` computes the nonlinear branch in bfloat16; the lapped transform never is."""

    reduced = False

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.lapped = LappedAnalysis()
        channels = (1, *config.stages)
        self.down = nn.ModuleList(
            nn.Conv2d(before, after, 3, 2, 1) for before, after in zip(channels, config.stages, strict=False)
        )
        self.blocks = nn.ModuleList(map(Blocks, config.stages, config.blocks))
        places = [("encoder",)] * 3 + [("encoder", "bottleneck")]
        self.attention = nn.ModuleList(
            attention_slot(config, place, width) for place, width in zip(places, config.stages, strict=True)
        )
        self.out = nn.Conv2d(config.stages[-1], LATENTS, 1)
        self.latent_attention = attention_slot(config, ("latents",), LATENTS)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, quality: Tensor) -> Tensor:
        """Return latents (batch, 256, rows/16, cols/16) of x (batch, 1, rows, cols) at a quality (batch, 8)."""
        with half_precision(x, self.reduced):
            correction = self._branch(x, quality)
        latents: Tensor = self.latent_attention(self.lapped(x) + correction.to(x.dtype))
        return latents

    def _branch(self, x: Tensor, quality: Tensor) -> Tensor:
        features = x
        for down, blocks, attention in zip(self.down, self.blocks, self.attention, strict=True):
            features = attention(blocks(F.leaky_relu(down(features), SLOPE), quality))
        correction: Tensor = self.out(features)
        return correction


class Synthesis(nn.Module):
    """g_s: latents and their log scales to pixels. `reduced` as in the analysis."""

    reduced = False

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        stages = config.stages[::-1]
        self.lapped = LappedSynthesis()
        self.latent_attention = attention_slot(config, ("latents",), LATENTS)
        self.into = nn.Conv2d(2 * LATENTS, stages[0], 1)
        self.blocks = nn.ModuleList(map(Blocks, stages, config.blocks[::-1]))
        places = [("decoder", "bottleneck")] + [("decoder",)] * 3
        self.attention = nn.ModuleList(
            attention_slot(config, place, width) for place, width in zip(places, stages, strict=True)
        )
        targets = (*stages[1:], 1)
        self.up = nn.ModuleList(
            nn.Conv2d(before, 4 * after, 1 if stage < 2 else 3, padding=0 if stage < 2 else 1)
            for stage, (before, after) in enumerate(zip(stages, targets, strict=True))
        )
        self.mix = nn.Conv2d(16, stages[LAPPED_PICTURE_STAGE], 3, padding=1)
        last = self.up[-1]
        assert isinstance(last, nn.Conv2d)
        assert last.bias is not None
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def forward(self, latents: Tensor, log_scales: Tensor, quality: Tensor) -> Tensor:
        """Return pixels (batch, 1, 16·rows, 16·cols) of latents and log scales, both (batch, 256, rows, cols)."""
        latents = self.latent_attention(latents)
        picture: Tensor = self.lapped(latents)
        with half_precision(latents, self.reduced):
            correction = self._branch(latents, log_scales, picture, quality)
        return picture + correction.to(picture.dtype)

    def _branch(self, latents: Tensor, log_scales: Tensor, picture: Tensor, quality: Tensor) -> Tensor:
        features = F.leaky_relu(self.into(torch.cat([latents, log_scales], 1)), SLOPE)
        for stage, (attention, blocks, up) in enumerate(zip(self.attention, self.blocks, self.up, strict=True)):
            if stage == LAPPED_PICTURE_STAGE:
                features = features + self.mix(F.pixel_unshuffle(picture, 4))
            features = F.pixel_shuffle(up(blocks(attention(features), quality)), 2)
            if stage < len(self.up) - 1:
                features = F.leaky_relu(features, SLOPE)
        return features


def half_precision(x: Tensor, enabled: bool) -> torch.autocast:
    """Return a context in which convolutions compute in bfloat16, if enabled."""
    return torch.autocast(x.device.type, torch.bfloat16, enabled=enabled)
