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
        values = _at(v[:, start : start + index.shape[1]], places)
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
    color = first_half(cells).flatten()
    halves = [color.nonzero()[:, 0], (~color).nonzero()[:, 0]]
    contexts: list[Tensor] = []
    values, indices = [], []
    for group, size in enumerate(network.config.groups):
        shared = entropy.shared(group, features, contexts)
        start = sum(network.config.groups[:group])
        levels = torch.zeros((len(z), size, cells[0].numel()), device=z.device)
        index_map = torch.zeros_like(levels)
        near: Tensor | None = None
        for places in halves:
            index = _at(entropy.indices(group, shared, near) * coded, places)
            half_means = _at(means, places) if group == 0 else None
            found = torch.from_numpy(next_half(start, places, index, half_means)).to(z.device, torch.float32)
            levels.index_copy_(2, places, found)
            index_map.index_copy_(2, places, index)
            if group == 0 and near is None:
                second = entropy.second_means(means, _grid(levels) * quantizer.unit)
                means = torch.where(color.reshape(cells.shape[1:]), means, second)
            near = entropy.context(_grid(levels), quantizer.profile)
        assert near is not None
        contexts.append(near)
        mean = means if group == 0 else 0.0
        values.append((_grid(levels) * quantizer.unit + mean) * coded)
        indices.append(_grid(index_map))
    return Latents(torch.cat(values, 1), torch.cat(indices, 1))


def _at(grid: Tensor, places: Tensor) -> Tensor:
    """Return (tiles, channels, places) of a grid (tiles, channels, 32, 32)."""
    return grid.flatten(2).index_select(2, places)


def _grid(flat: Tensor) -> Tensor:
    grid = flat.reshape(*flat.shape[:2], TILE_CELLS, TILE_CELLS)
    return grid.contiguous(memory_format=torch.channels_last)


def _int16(x: Tensor) -> NDArray[np.int16]:
    return x.to(torch.int16).contiguous().cpu().numpy()


def _uint8(x: Tensor) -> NDArray[np.uint8]:
    return x.to(torch.uint8).contiguous().cpu().numpy()
