"""What the attention modules of a checkpoint do with one picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from sargui.attention import Seen, watching
from sargui.codec.tile_codec import TileCodec
from sargui.core.tiling import CELL
from sargui.training.export import code_image

Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Look:
    """What one module saw and made of one picture, without the halo; None where it has no such thing."""

    features: NDArray[np.float32]  # (channels, rows, cols)
    channel_gates: NDArray[np.float32] | None  # (channels,)
    position_map: NDArray[np.float32] | None  # (rows, cols)
    gates: NDArray[np.float32] | None  # (channels or 1, rows or 1, cols or 1), each single gate, if it hands them out


def look(codec: TileCodec, x: Image, quality: int) -> dict[str, Look]:
    """Return what each attention module does while a picture is coded and decoded.

    Args:
        codec: the checkpoint.
        x: network input (rows, cols), sides multiples of 16.
        quality: 0..10000.
    """
    with watching(codec.network) as passes:
        _, latents, _ = code_image(codec, x, quality)
        codec.synthesize_scene(latents, x.shape[0] // CELL, x.shape[1] // CELL, quality)
    halos = {"g_a": codec.analysis_halo, "g_s": codec.synthesis_halo * CELL}
    return {name: _without_halo(one, halos[name.partition(".")[0]], x.shape[0]) for name, one in passes.items()}


def _without_halo(one: Seen, halo: int, rows: int) -> Look:
    """Return a pass over `rows` pixels that were seen with `halo` pixels more on each side, cropped."""

    def cropped(batch: Tensor | None) -> NDArray[np.float32] | None:
        if batch is None:
            return None
        grid: NDArray[np.float32] = batch[0].float().cpu().numpy()
        if grid.ndim == 1 or grid.shape[-2:] == (1, 1):
            return grid
        margin = halo * grid.shape[-2] // (rows + 2 * halo)
        return grid[..., margin : grid.shape[-2] - margin, margin : grid.shape[-1] - margin]

    features = cropped(one.features)
    assert features is not None
    attended = one.attended
    return Look(features, cropped(attended.channel_gates), cropped(attended.position_map), cropped(one.gates))
