"""The hyperprior: which coding table each latent gets, and the side information z that helps to tell.

`h_a` (float, encoder only) makes z from the scaled latents. `EntropyNetwork` (integers only, see integer.py)
turns z, the quality and the magnitudes of the groups already coded into table indices 0..63. Index i stands for
a Gaussian of scale 0.06·exp(i/8), in quantization steps; the tables themselves are fitted to counts.
Each group is coded in two halves, the cells of a checkerboard: the second sees the magnitudes of the first around it.
(Ballé 2018, arXiv:1802.01436, for the hyperprior; Minnen 2020, arXiv:2007.08739, for channel groups; He 2021,
arXiv:2103.15306, for the checkerboard.)
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sargui.networks.config import NetworkConfig
from sargui.networks.integer import (
    ACTIVATION_LIMIT,
    ACTIVATION_UNIT,
    SIGNED_LIMIT,
    SUM_LIMIT,
    WEIGHT_LIMIT,
    WEIGHT_UNIT,
    IntegerConv,
    clamp,
    rectify,
    round_half_up,
)
from sargui.networks.layers import SLOPE
from sargui.networks.quality import EMBEDDING_UNIT, KNOTS

TABLES = 64
SMALLEST_SCALE = 0.06  # quantization steps; at index 0 a symbol is always 0 and not coded at all
INDEX_PER_NAT = 8  # so that half a unit of activation is one index
Z_LIMIT = 63  # times 4 it is an activation
Z_UNIT = 4
CELLS_PER_Z = 4
MAGNITUDE_TABLE = 4096
HALF_STEP = 0.9  # of a step: what the levels of dependent quantization count (codec/quantizers.py)
LEVEL_UNITS = (1.0, HALF_STEP)  # steps that a level is worth, by coder profile

Choice = Callable[[Tensor], Tensor]  # a map (batch, channels, rows, cols) -> (batch, channels, ...) of some cells


def log_scale(index: Tensor) -> Tensor:
    """Return the natural logarithm of the scale that a table index stands for."""
    return index / INDEX_PER_NAT + math.log(SMALLEST_SCALE)


def magnitude_table() -> Tensor:
    """Return round(16·ln(1 + unit·n)) for levels n = 0..4095, clamped to 127, (profiles, 4096): coded as context."""
    levels = torch.arange(MAGNITUDE_TABLE, dtype=torch.float64)
    values = torch.stack([ACTIVATION_UNIT * torch.log1p(unit * levels) for unit in LEVEL_UNITS])
    return torch.floor(values + 0.5).clamp(max=SIGNED_LIMIT)


def first_half(like: Tensor) -> Tensor:
    """Return which cells of `like` (..., rows, cols) are coded first, (rows, cols) bool: (row + col) even."""
    rows, cols = (torch.arange(side, device=like.device) for side in like.shape[-2:])
    return (rows[:, None] + cols) % 2 == 0


class HyperAnalysis(nn.Module):
    """h_a: scaled latents to z, before rounding; a quarter of the size in each axis."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        width = config.hyper
        self.layers = nn.Sequential(
            nn.Conv2d(config.latents, width, 1),
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(width, width, 3, 2, 1, groups=width),
            nn.Conv2d(width, width, 1),
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(width, width, 3, 2, 1, groups=width),
            nn.Conv2d(width, config.side, 1),
        )

    def forward(self, scaled: Tensor) -> Tensor:
        """Return z (batch, side, rows/4, cols/4), real, of latents in quantization steps."""
        z: Tensor = self.layers(torch.log1p(scaled.abs()) * torch.sign(scaled)) * Z_UNIT
        return clamp(z, -Z_LIMIT, Z_LIMIT)


class HyperSynthesis(nn.Module):
    """h_s: z to features at the size of the latents, in integers."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        width = config.hyper
        self.into = IntegerConv(config.side, 4 * width)
        self.depthwise = IntegerConv(width, width, depthwise=True)
        self.expand = IntegerConv(width, 4 * width)
        self.smooth = IntegerConv(width, width, depthwise=True)
        self.quality = nn.Linear(KNOTS, width)

    def forward(self, z: Tensor, embedding: Tensor) -> Tensor:
        """Return integer features (batch, hyper, 4·rows, 4·cols), −127..127, of integer z and embedding (0..64)."""
        x = rectify(F.pixel_shuffle(self.into(z * Z_UNIT), 2))
        x = rectify(F.pixel_shuffle(self.expand(rectify(self.depthwise(x))), 2))
        x = self.smooth(x) + self.quality_offset(embedding)[:, :, None, None]
        return clamp(x, -SIGNED_LIMIT, SIGNED_LIMIT)

    def quality_offset(self, embedding: Tensor) -> Tensor:
        """Return what the quality adds to each feature, (batch, hyper), integer."""
        weight = round_half_up(clamp(self.quality.weight * WEIGHT_UNIT, -WEIGHT_LIMIT, WEIGHT_LIMIT))
        total = F.linear(embedding, weight) * (ACTIVATION_UNIT / (EMBEDDING_UNIT * WEIGHT_UNIT))
        return round_half_up(total) + round_half_up(self.quality.bias * ACTIVATION_UNIT)


class GroupHead(nn.Module):
    """Table indices of one group from the features and the magnitudes of what is coded before it, in integers."""

    def __init__(self, hyper: int, before: int, size: int) -> None:
        super().__init__()
        self.into = IntegerConv(hyper + before, hyper)
        self.depthwise = IntegerConv(hyper, hyper, depthwise=True)
        self.middle = IntegerConv(hyper, hyper)
        self.out = IntegerConv(hyper, size)
        self.base = nn.Parameter(torch.full((size,), -math.log(SMALLEST_SCALE)))
        self.near_into = IntegerConv(size, hyper)
        self.near_depthwise = IntegerConv(hyper, hyper, depthwise=True)
        self.near_out = IntegerConv(hyper, hyper)
        self.near_same = IntegerConv(size, size, depthwise=True)
        nn.init.zeros_(self.out.bias)  # type: ignore[arg-type]
        for layer in (self.near_out, self.near_same):  # the second half starts as it would be without the first
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def features(self, features: Tensor) -> Tensor:
        """Return what both halves share, (batch, hyper, rows, cols), of integers, hyper + before channels."""
        x = self.into(features)
        x = rectify(x + rectify(self.depthwise(rectify(x))))
        result: Tensor = self.middle(x)
        return result

    def forward(self, shared: Tensor, near: Tensor | None = None, chosen: Choice = lambda cells: cells) -> Tensor:
        """Return indices (batch, size, rows, cols), integers 0..63, of all cells, or as `chosen` returns them.

        Args:
            shared: result of `features`.
            near: context of the first half, zero in the second, (batch, size, rows, cols); None for the first half.
            chosen: what picks cells of a map; only they are computed where a cell needs no others.
        """
        x = chosen(shared)
        if near is not None:
            x = x + self.near_out(chosen(rectify(self.near_depthwise(rectify(self.near_into(near))))))
        x = self.out(rectify(x)) + round_half_up(self.base * ACTIVATION_UNIT)[None, :, None, None]
        if near is not None:
            x = x + chosen(self.near_same(near))
        index = round_half_up(x * (INDEX_PER_NAT / ACTIVATION_UNIT) - 0.25)  # floor of half units, without ties
        return clamp(index, 0, TABLES - 1)


class EntropyNetwork(nn.Module):
    """Everything between z and the table indices, and the means of the first group (float: they select nothing)."""

    magnitudes: Tensor

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.groups = config.groups
        self.h_s = HyperSynthesis(config)
        starts = [sum(config.groups[:number]) for number in range(len(config.groups))]
        self.heads = nn.ModuleList(
            GroupHead(config.hyper, start, size) for start, size in zip(starts, config.groups, strict=True)
        )
        self.mean = nn.Conv2d(config.hyper, config.groups[0], 1)
        self.near_mean = nn.Conv2d(config.groups[0], config.groups[0], 3, padding=1, bias=False)
        self.register_buffer("magnitudes", magnitude_table().to(torch.float32))
        nn.init.zeros_(self.near_mean.weight)
        nn.init.zeros_(self.mean.weight)
        nn.init.zeros_(self.mean.bias)  # type: ignore[arg-type]

    def features(self, z: Tensor, embedding: Tensor) -> Tensor:
        """Return the integer features of integer z (batch, side, rows, cols) and embedding (batch, 8)."""
        result: Tensor = self.h_s(z, embedding)
        return result

    def first_means(self, features: Tensor) -> Tensor:
        """Return the means of the first group, in quantization steps."""
        result: Tensor = self.mean(features / ACTIVATION_UNIT)
        return result

    def second_means(self, means: Tensor, near: Tensor) -> Tensor:
        """Return the means of the first group's second half, given what its first half is off its means, in steps."""
        result: Tensor = means + self.near_mean(near)
        return result

    def shared(self, group: int, features: Tensor, contexts: list[Tensor]) -> Tensor:
        """Return what both halves of a group need, given the contexts of all groups before it."""
        result: Tensor = self.heads[group].features(torch.cat([features, *contexts], 1))  # type: ignore[operator]
        return result

    def indices(
        self, group: int, shared: Tensor, near: Tensor | None = None, chosen: Choice = lambda cells: cells
    ) -> Tensor:
        """Return the table indices of a group at chosen cells; of its second half if given the first's context."""
        result: Tensor = self.heads[group](shared, near, chosen)
        return result

    def context(self, levels: Tensor, profile: int = 0) -> Tensor:
        """Return coded levels (integers, any sign) as integer features, by table; the gradient is the logarithm's."""
        place = levels.detach().abs().clamp(max=MAGNITUDE_TABLE - 1).to(torch.int64)
        exact = self.magnitudes[profile][place]
        if not levels.requires_grad:
            return exact
        smooth = clamp(ACTIVATION_UNIT * torch.log1p(LEVEL_UNITS[profile] * levels.abs()), 0, SIGNED_LIMIT)
        return exact + (smooth - smooth.detach())

    def check_sums(self) -> None:
        """Raise ValueError if any sum of the integer path could leave what float32 holds exactly."""
        for name, module in self.named_modules():
            if isinstance(module, IntegerConv) and not module.largest_sum(ACTIVATION_LIMIT) < SUM_LIMIT:  # or NaN
                raise ValueError(f"{name} can overflow the exact range of float32")
        if not ((self.magnitudes >= 0) & (self.magnitudes <= SIGNED_LIMIT)).all():
            raise ValueError("the table of magnitudes leaves the range of an activation")
