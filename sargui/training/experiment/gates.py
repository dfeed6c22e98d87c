"""What the attention of a trained network does: how far its gates move, and whether they follow edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sargui.attention import Attention, attention_modules
from sargui.codec.tile_codec import TileCodec
from sargui.training.experiment.compare import Interval, interval
from sargui.training.experiment.edges import (
    channel_correlations,
    correlation,
    edge_response,
    edge_strength,
    rank_correlation,
)
from sargui.training.experiment.looks import Image, Look, look

QUALITY = 4924  # λ = 0.6: the middle of the scale
PATCH = 256  # pixels: side of the patches over which channel gates are correlated
PATCHES_PER_IMAGE = 8
LEAST_PATCHES = 8
IDLE_SPREAD = 0.02  # a gate that varies less changes its features by less than 2 %
IDLE_GAMMA = 0.02


@dataclass(frozen=True, slots=True)
class ModuleGates:
    """One attention module over the validation images; None where it has no such thing.

    Spreads are standard deviations of gate values (a gate at rest is 1): of channel gates over images and channels,
    of position maps over images and positions, of the single gates of both. `gamma` is the largest |γ|, the weight
    of what a residual adds. `pearson` and `spearman` are the correlations of the position map with edge strength,
    over images; `channel_correlation` is the mean over channels of the correlation, over patches, of gate and
    response to edges, `channel_share` the share of channels in which it is significantly positive (5 % by chance).
    """

    module: str
    channel_spread: float | None
    position_spread: float | None
    gate_spread: float | None
    gamma: float | None
    pearson: Interval | None
    spearman: Interval | None
    channel_correlation: float | None
    channel_share: float | None

    @property
    def spread(self) -> float:
        """The largest of the spreads."""
        return max(self.channel_spread or 0.0, self.position_spread or 0.0, self.gate_spread or 0.0)

    @property
    def idle(self) -> bool:
        """Whether the module does next to nothing: |γ|, or else every spread, below its threshold."""
        return self.spread < IDLE_SPREAD if self.gamma is None else self.gamma < IDLE_GAMMA


def study(codec: TileCodec, images: Mapping[str, Image]) -> tuple[ModuleGates, ...]:
    """Return what the attention modules do on images (rows, cols; sides multiples of 64) of network input."""
    records = {name: _Record(name, module) for name, module in attention_modules(codec.network).items()}
    if not records:
        return ()
    for x in images.values():
        for name, seen in look(codec, x, QUALITY).items():
            records[name].add_image(seen, x)
        for patch in patches(x):
            for name, seen in look(codec, patch, QUALITY).items():
                records[name].add_patch(seen, patch)
    return tuple(record.summary() for record in records.values())


def patches(x: Image, side: int = PATCH, most: int = PATCHES_PER_IMAGE) -> list[Image]:
    """Return at most `most` patches of an image that do not overlap, spread evenly; all of it if it is small."""
    rows, cols = (range(0, length - side + 1, side) for length in x.shape)
    corners = [(row, col) for row in rows for col in cols]
    if not corners:
        return [x]
    picked = np.linspace(0, len(corners) - 1, min(most, len(corners))).round().astype(int)
    return [x[row : row + side, col : col + side] for row, col in (corners[place] for place in picked)]


@dataclass(slots=True)
class _Record:
    """What is collected of one module, a value or an array per image or patch."""

    name: str
    module: Attention
    channel_gates: list[NDArray[np.float32]] = field(default_factory=list)
    positions: list[NDArray[np.float32]] = field(default_factory=list)
    gates: list[tuple[float, float]] = field(default_factory=list)  # mean, mean square
    pearson: list[float] = field(default_factory=list)
    spearman: list[float] = field(default_factory=list)
    patch_gates: list[NDArray[np.float32]] = field(default_factory=list)
    patch_responses: list[NDArray[np.float64]] = field(default_factory=list)

    def add_image(self, seen: Look, x: Image) -> None:
        if seen.channel_gates is not None:
            self.channel_gates.append(seen.channel_gates)
        if seen.gates is not None:
            self.gates.append((float(seen.gates.mean()), float(np.square(seen.gates, dtype=np.float64).mean())))
        if seen.position_map is None:
            return
        self.positions.append(seen.position_map.ravel())
        edges = edge_strength(10 * x, seen.position_map.shape)
        for found, kind in ((self.pearson, correlation), (self.spearman, rank_correlation)):
            found.append(kind(seen.position_map, edges) or 0.0)

    def add_patch(self, seen: Look, x: Image) -> None:
        if seen.channel_gates is None or seen.channel_gates.shape[0] != seen.features.shape[0]:
            return
        edges = edge_strength(10 * x, seen.features.shape[1:])
        self.patch_gates.append(seen.channel_gates)
        self.patch_responses.append(edge_response(seen.features, edges))

    def summary(self) -> ModuleGates:
        share: tuple[float | None, float | None] = (None, None)
        if len(self.patch_gates) >= LEAST_PATCHES:
            share = channel_correlations(np.stack(self.patch_gates), np.stack(self.patch_responses))
        gammas = [value for name, value in self.module.named_parameters() if name.rpartition(".")[2] == "gamma"]
        return ModuleGates(
            self.name,
            float(np.std(np.concatenate(self.channel_gates))) if self.channel_gates else None,
            float(np.std(np.concatenate(self.positions))) if self.positions else None,
            _spread(self.gates) if self.gates else None,
            max(float(value.abs().max()) for value in gammas) if gammas else None,
            interval(self.pearson) if self.pearson else None,
            interval(self.spearman) if self.spearman else None,
            *share,
        )


def _spread(moments: list[tuple[float, float]]) -> float:
    """Return the standard deviation of values whose means and mean squares are given, image by image."""
    mean, square = np.mean(moments, axis=0)
    return float(np.sqrt(max(square - mean**2, 0.0)))
