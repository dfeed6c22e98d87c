"""Watching the attention modules of a network at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sargui.attention import Attention, Gating
from sargui.codec.tile_codec import TileCodec
from sargui.core.tiling import CELL
from sargui.networks import Autoencoder
from sargui.training.export import code_image

Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Look:
    """What one module saw and made of one picture, without the halo; None where it has no such thing."""

    features: NDArray[np.float32]  # (channels, rows, cols)
    channel_gates: NDArray[np.float32] | None  # (channels,)
    position_map: NDArray[np.float32] | None  # (rows, cols)
    gates: NDArray[np.float32] | None  # (channels or 1, rows or 1, cols or 1), each single gate, if it hands them out


def attention_modules(network: Autoencoder) -> dict[str, Attention]:
    """Return the attention modules of analysis and synthesis that have parameters, the outermost ones, by name."""
    found: dict[str, Attention] = {}
    for name, module in network.named_modules():
        inside = any(name.startswith(f"{outer}.") for outer in found)
        if isinstance(module, Attention) and not inside and any(True for _ in module.parameters()):
            found[name] = module
    return found


def look(codec: TileCodec, x: Image, quality: int) -> dict[str, Look]:
    """Return what each attention module does while a picture is coded and decoded.

    Args:
        codec: the checkpoint.
        x: network input (rows, cols), sides multiples of 16.
        quality: 0..10000.
    """
    with looking(codec.network) as looks:
        _, latents, _ = code_image(codec, x, quality)
        codec.synthesize_scene(latents, x.shape[0] // CELL, x.shape[1] // CELL, quality)
    halos = {"g_a": codec.analysis_halo, "g_s": codec.synthesis_halo * CELL}
    return {name: _without_halo(one, halos[name.partition(".")[0]], x.shape[0]) for name, one in looks.items()}


@contextmanager
def looking(network: Autoencoder) -> Iterator[dict[str, Look]]:
    """Yield a dictionary that holds, while the network runs, the last look of each attention module, halo and all."""
    looks: dict[str, Look] = {}

    def watch(name: str, attention: Attention) -> Callable[..., None]:
        def hook(_: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
            attended = attention.attended(*given, **named)
            gates = attention.gates(_source(*given, **named)) if isinstance(attention, Gating) else None
            features, *rest = given[0], attended.channel_gates, attended.position_map, gates
            looks[name] = Look(_numpy(features), *(None if part is None else _numpy(part) for part in rest))

        return hook

    handles = [
        module.register_forward_pre_hook(watch(name, module), with_kwargs=True)
        for name, module in attention_modules(network).items()
    ]
    try:
        yield looks
    finally:
        for handle in handles:
            handle.remove()


def _source(x: Tensor, source: Tensor | None = None) -> Tensor:
    """Return what a gating module computes its gates of."""
    return x if source is None else source


def _numpy(batch: Tensor) -> NDArray[np.float32]:
    """Return the first of a batch."""
    return np.asarray(batch[0].detach().to(torch.float32).cpu().numpy())


def _without_halo(one: Look, halo: int, rows: int) -> Look:
    """Return a look at `rows` pixels that were seen with `halo` pixels more on each side, cropped."""

    def cropped(grid: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
        if grid is None or grid.shape[-2:] == (1, 1):
            return grid
        margin = halo * grid.shape[-2] // (rows + 2 * halo)
        return grid[..., margin : grid.shape[-2] - margin, margin : grid.shape[-1] - margin]

    features = cropped(one.features)
    assert features is not None
    return Look(features, one.channel_gates, cropped(one.position_map), cropped(one.gates))
