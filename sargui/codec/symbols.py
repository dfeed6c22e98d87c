"""From scaled latents to integer levels with their coding tables, and back; batches of tiles, all on one device.

The order is the same on both sides: z, then group after group, and of each group one half of a checkerboard of
cells after the other; each half's tables from z, the quality and the magnitudes of all that came before. A level
whose table is 0 is 0.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sargui.codec import trellis
from sargui.codec.quantizers import FIRST_Z_TABLE, Quantizer
from sargui.codec.tables import CodingTables
from sargui.core.tiling import TILE_CELLS
from sargui.networks.autoencoder import Autoencoder
from sargui.networks.entropy import CELLS_PER_Z, first_half
from sargui.networks.integer import round_half_up
from sargui.networks.quality import embedding


@dataclass(frozen=True, slots=True)
class Part:
    """Symbols of a batch of tiles that are coded together, (tiles, channels, places), with tables and levels."""

    symbols: NDArray[np.int16]
    tables: NDArray[np.uint8]
    levels: NDArray[np.int16]

    @staticmethod
    def joined(first: Part, second: Part) -> Part:
        """Return the tiles of two batches as one."""
        return Part(
            np.concatenate([first.symbols, second.symbols]),
            np.concatenate([first.tables, second.tables]),
            np.concatenate([first.levels, second.levels]),
        )


@dataclass(frozen=True, slots=True)
class TileSymbols:
    """All parts of a batch of tiles in coding order: z, then both halves of each group of y."""

    parts: list[Part]

    @staticmethod
    def joined(first: TileSymbols, second: TileSymbols) -> TileSymbols:
        """Return two batches as one."""
        return TileSymbols([Part.joined(*pair) for pair in zip(first.parts, second.parts, strict=True)])

    def flat(self, tile: int) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
        """Return all symbols of a tile in coding order, and their tables."""
        symbols = np.concatenate([part.symbols[tile].ravel() for part in self.parts])
        return symbols, np.concatenate([part.tables[tile].ravel() for part in self.parts])

    def checksum(self, tile: int) -> int:
        """Return the CRC-32 of a tile's levels as little-endian 16-bit integers, in coding order."""
        return checksum([part.levels for part in self.parts], tile)


@dataclass(frozen=True, slots=True)
class Latents:
    """What the synthesis needs: dequantized latents in steps and table indices, (tiles, 256, 32, 32) each."""

    v_hat: Tensor
    index: Tensor

    @staticmethod
    def joined(first: Latents, second: Latents) -> Latents:
        """Return the tiles of two batches as one, on the device of the second."""
        device = second.v_hat.device
        v_hat = torch.cat([first.v_hat.to(device), second.v_hat])
        return Latents(v_hat, torch.cat([first.index.to(device), second.index]))


Chooser = Callable[[Tensor, Tensor], Part]  # (values in steps, table indices) of a half -> what is coded
LevelReader = Callable[[NDArray[np.uint8]], NDArray[np.int16]]  # table indices of a half -> its levels


def checksum(levels: list[NDArray[np.int16]], tile: int) -> int:
    """Return the CRC-32 of a tile's levels, given part by part in coding order."""
    value = 0
    for part in levels:
        value = zlib.crc32(part[tile].astype("<i2").tobytes(), value)
    return value


def round_to_levels(values: Tensor, index: Tensor) -> Part:
    """Return scalar quantization of values (tiles, channels, places) in steps."""
    limit = np.iinfo(np.int16).max
    levels = _int16(round_half_up(values).clamp(-limit, limit) * (index > 0))
    return Part(levels, _uint8(index), levels)


def search_levels(values: Tensor, index: Tensor, tables: CodingTables, pool: Executor) -> Part:
    """Return dependent quantization of values (tiles, channels, ...) in steps, each tile in coding order."""
    sources = values.detach().contiguous().cpu().numpy(), _uint8(index.detach())
    shape = sources[0].shape
    part = Part(np.empty(shape, np.int16), np.empty(shape, np.uint8), np.empty(shape, np.int16))

    def search(tile: int) -> None:
        found = (target[tile].reshape(-1) for target in (part.symbols, part.tables, part.levels))
        given = (source[tile].reshape(-1) for source in sources)
        trellis.search(*given, tables.start, tables.half, tables.cost, *found)

    list(pool.map(search, range(shape[0])))
    return part


def quantize(
    network: Autoencoder, v: Tensor, cells: Tensor, quality: int, quantizer: Quantizer, choose: Chooser
) -> tuple[TileSymbols, Latents]:
    """Return symbols and latents of v (tiles, 256, 32, 32), in steps; only `cells` (tiles, 32, 32) are coded."""
    z_tables = z_table_map(network, cells)
    z = round_half_up(network.h_a(v * cells[:, None])) * (z_tables > 0)
    side = _int16(z.flatten(2))
    parts = [Part(side, _uint8(z_tables.flatten(2)), side)]

    def next_half(start: int, places: Tensor, index: Tensor, means: Tensor | None) -> NDArray[np.int16]:
        values = _at(v[:, start : start + index.shape[1]], places)[..., 0]
        parts.append(choose(values if means is None else values - means, index))
        return parts[-1].levels

    latents = _walk(network, z, cells, quality, quantizer, next_half)
    return TileSymbols(parts), latents


def dequantize(
    network: Autoencoder, cells: Tensor, quality: int, quantizer: Quantizer, z: NDArray[np.int16], read: LevelReader
) -> tuple[list[NDArray[np.int16]], Latents]:
    """Return levels, part by part, and latents of tiles, given z (tiles, side, 64) and a reader of the halves."""
    levels = [z]
    side = TILE_CELLS // CELLS_PER_Z
    grid = torch.from_numpy(z).to(cells.device, torch.float32).reshape(*z.shape[:2], side, side)

    def next_half(start: int, places: Tensor, index: Tensor, means: Tensor | None) -> NDArray[np.int16]:
        levels.append(read(_uint8(index)))
        return levels[-1]

    latents = _walk(network, grid, cells, quality, quantizer, next_half)
    return levels, latents


def z_table_map(network: Autoencoder, cells: Tensor) -> Tensor:
    """Return the table of each z, (tiles, side, 8, 8): one per channel where any cell is coded, else 0."""
    side = TILE_CELLS // CELLS_PER_Z
    coded = cells.reshape(-1, side, CELLS_PER_Z, side, CELLS_PER_Z).amax(dim=(2, 4))
    table = torch.arange(FIRST_Z_TABLE, FIRST_Z_TABLE + network.config.side, device=cells.device, dtype=torch.float32)
    return coded[:, None] * table[None, :, None, None]


def _walk(
    network: Autoencoder,
    z: Tensor,
    cells: Tensor,
    quality: int,
    quantizer: Quantizer,
    next_half: Callable[[int, Tensor, Tensor, Tensor | None], NDArray[np.int16]],
) -> Latents:
    """Go through the halves of the groups in order; both sides differ only in where their levels come from."""
    entropy = network.entropy
    features = entropy.features(z, embedding(torch.full((len(z),), quality, device=z.device)))
    means = entropy.first_means(features)
    coded = cells[:, None]
    color = first_half(cells)
    halves = [half.flatten().nonzero()[:, 0] for half in (color, ~color)]
    contexts: list[Tensor] = []
    values, indices = [], []
    for group, size in enumerate(network.config.groups):
        shared = entropy.shared(group, features, contexts)
        start = sum(network.config.groups[:group])
        levels, index_map, context = (_empty_grid(size, cells) for _ in range(3))
        for number, places in enumerate(halves):
            chosen = partial(_at, places=places)
            near = context if number else None
            if group == 0 and near is not None:
                means = torch.where(color, means, entropy.second_means(means, levels * quantizer.unit))
            index = entropy.indices(group, shared, near, chosen) * chosen(coded)
            half_means = chosen(means)[..., 0] if group == 0 else None
            half = torch.from_numpy(next_half(start, places, index[..., 0], half_means))
            found = half.mT.contiguous().to(z.device, torch.float32).mT[..., None]
            _put(levels, places, found)
            _put(index_map, places, index)
            _put(context, places, entropy.context(found, quantizer.profile))
        contexts.append(context)
        mean = means if group == 0 else 0.0
        values.append((levels * quantizer.unit + mean) * coded)
        indices.append(index_map)
    return Latents(torch.cat(values, 1), torch.cat(indices, 1))


def _empty_grid(size: int, cells: Tensor) -> Tensor:
    """Return zeros (tiles, size, 32, 32) for cells (tiles, 32, 32), in memory with the channels of a cell together."""
    return torch.zeros((*cells.shape, size), device=cells.device).permute(0, 3, 1, 2)


def _at(grid: Tensor, places: Tensor) -> Tensor:
    """Return the cells of a grid (tiles, channels, 32, 32) at places as (tiles, channels, places, 1)."""
    return grid.permute(0, 2, 3, 1).flatten(1, 2).index_select(1, places).transpose(1, 2)[..., None]


def _put(grid: Tensor, places: Tensor, found: Tensor) -> None:
    """Set the cells of an empty grid at places to what `_at` would return."""
    grid.permute(0, 2, 3, 1).view(len(grid), -1, grid.shape[1]).index_copy_(1, places, found[..., 0].transpose(1, 2))


def _int16(x: Tensor) -> NDArray[np.int16]:
    return x.to(torch.int16).contiguous().cpu().numpy()


def _uint8(x: Tensor) -> NDArray[np.uint8]:
    return x.to(torch.uint8).contiguous().cpu().numpy()
