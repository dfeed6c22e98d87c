"""Latents between windows and tiles: cut, joined, and mirrored beyond the border of a scene."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import functional as F

from sargui.core.tiling import TILE_CELLS, ceil_div, reflect


def cut_tiles(v: Tensor) -> Tensor:
    """Return latents of a window (256, rows, cols) as tiles (n, 256, 32, 32), row by row, zero beyond the window."""
    rows, cols = (ceil_div(side, TILE_CELLS) for side in v.shape[1:])
    padded = F.pad(v, (0, cols * TILE_CELLS - v.shape[2], 0, rows * TILE_CELLS - v.shape[1]))
    parts = padded.reshape(v.shape[0], rows, TILE_CELLS, cols, TILE_CELLS)
    return parts.permute(1, 3, 0, 2, 4).reshape(rows * cols, v.shape[0], TILE_CELLS, TILE_CELLS)


def join_tiles(tiles: Iterable[Tensor], rows: int, cols: int) -> Tensor:
    """Return tiles (256, 32, 32), row by row, as the latents (256, rows, cols) of a window.

    In memory the channels of a cell lie together, as the networks want them.
    """
    across = ceil_div(cols, TILE_CELLS)
    cells = torch.stack([tile.permute(1, 2, 0) for tile in tiles])
    lines = cells.reshape(-1, across, *cells.shape[1:]).transpose(1, 2)
    return lines.reshape(-1, across * TILE_CELLS, cells.shape[3])[:rows, :cols].permute(2, 0, 1)


def extend_latents(v_hat: Tensor, index: Tensor, signs: Tensor, halo: int) -> tuple[Tensor, Tensor]:
    """Return latents and table indices of a whole scene, (256, rows, cols), with `halo` mirrored cells on each side."""
    rows, cols = v_hat.shape[1:]
    return gather_latents(v_hat, index, signs, (-halo, rows + halo, 0, rows), (-halo, cols + halo, 0, cols))


def gather_latents(
    v_hat: Tensor, index: Tensor, signs: Tensor, rows: tuple[int, int, int, int], cols: tuple[int, int, int, int]
) -> tuple[Tensor, Tensor]:
    """Return the latents of cells start..stop along each axis, given those of a part of the scene.

    Args:
        v_hat: latents (256, rows, cols) of the part.
        index: table indices of the same cells; they have no sign.
        signs: (256, 2), the sign of each latent in a mirror along rows and columns.
        rows: start and stop wanted, the first row that `v_hat` holds, and how many rows of cells the scene has.
        cols: the same for columns.
    """
    values, indices = v_hat.permute(1, 2, 0), index.permute(1, 2, 0)
    for axis, (start, stop, first, length) in enumerate((rows, cols)):
        place, mirrored = reflect(start, stop, length)
        chosen = torch.from_numpy(place - first).to(v_hat.device)
        values, indices = values.index_select(axis, chosen), indices.index_select(axis, chosen)
        if mirrored.any():
            sign = torch.where(torch.from_numpy(mirrored).to(v_hat.device)[:, None], signs[:, axis], 1.0)
            values = values * sign.unsqueeze(1 - axis)
    return values.permute(2, 0, 1), indices.permute(2, 0, 1)


def as_batch(latents: Tensor) -> Tensor:
    """Return latents (channels, rows, cols) as a batch of one, in the same memory.

    If the channels of a cell lie together, the batch's strides say so to torch: those of `latents[None]` would not,
    and what the networks make of it would be in the other layout.
    """
    return latents.permute(1, 2, 0)[None].permute(0, 3, 1, 2)
