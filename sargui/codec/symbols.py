"""From scaled latents to integer symbols with their coding tables, and back; batches of tiles, all on one device.

The order is the same on both sides: z, then group after group, each group's tables from z, the quality and the
magnitudes of the groups before. A symbol whose table is 0 is 0.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sargui.core.tiling import TILE_CELLS
from sargui.networks.autoencoder import Autoencoder
from sargui.networks.entropy import CELLS_PER_Z, TABLES
from sargui.networks.integer import round_half_up
from sargui.networks.quality import embedding

SYMBOL_LIMIT = 2**15 - 1


@dataclass(frozen=True, slots=True)
class TileSymbols:
    """Symbols of a batch of tiles and the tables that code them.

    First z, then the groups of y, each (tiles, channels, rows, cols).
    """

    symbols: list[NDArray[np.int16]]
    tables: list[NDArray[np.uint8]]

    def flat(self, tile: int) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
        """Return all symbols of a tile in coding order, and their tables."""
        symbols = np.concatenate([part[tile].ravel() for part in self.symbols])
        return symbols, np.concatenate([part[tile].ravel() for part in self.tables])

    def checksum(self, tile: int) -> int:
        """Return the CRC-32 of a tile's symbols as little-endian 16-bit integers, in coding order."""
        value = 0
        for part in self.symbols:
            value = zlib.crc32(part[tile].astype("<i2").tobytes(), value)
        return value


@dataclass(frozen=True, slots=True)
class Latents:
    """What the synthesis needs: dequantized latents in steps and table indices, (tiles, 256, 32, 32) each."""

    v_hat: Tensor
    index: Tensor


PartReader = Callable[[NDArray[np.uint8]], NDArray[np.int16]]  # tables -> their symbols


def quantize(network: Autoencoder, v: Tensor, cells: Tensor, quality: int) -> tuple[TileSymbols, Latents]:
    """Return symbols and latents of v (tiles, 256, 32, 32), in steps; only `cells` (tiles, 32, 32) are coded."""
    z_tables = _z_tables(network, cells)
    z = round_half_up(network.h_a(v * cells[:, None])) * (z_tables > 0)
    symbols, tables = [_int16(z)], [_uint8(z_tables)]

    def next_group(group: int, index: Tensor, means: Tensor) -> Tensor:
        start = sum(network.config.groups[:group])
        part = v[:, start : start + index.shape[1]] - means
        chosen = round_half_up(part).clamp(-SYMBOL_LIMIT, SYMBOL_LIMIT) * (index > 0)
        symbols.append(_int16(chosen))
        tables.append(_uint8(index))
        return chosen

    latents = _walk(network, z, cells, quality, next_group)
    return TileSymbols(symbols, tables), latents


def dequantize(network: Autoencoder, cells: Tensor, quality: int, read: PartReader) -> tuple[TileSymbols, Latents]:
    """Return symbols and latents of tiles whose symbols `read` delivers, part by part, given their tables."""
    z_tables = _uint8(_z_tables(network, cells))
    symbols, tables = [read(z_tables)], [z_tables]
    z = torch.from_numpy(symbols[0]).to(cells.device, torch.float32)

    def next_group(group: int, index: Tensor, means: Tensor) -> Tensor:
        tables.append(_uint8(index))
        symbols.append(read(tables[-1]))
        return torch.from_numpy(symbols[-1]).to(cells.device, torch.float32)

    latents = _walk(network, z, cells, quality, next_group)
    return TileSymbols(symbols, tables), latents


def _walk(
    network: Autoencoder,
    z: Tensor,
    cells: Tensor,
    quality: int,
    next_group: Callable[[int, Tensor, Tensor], Tensor],
) -> Latents:
    """Go through the groups in order; encoder and decoder differ only in where a group's symbols come from."""
    entropy = network.entropy
    embedded = embedding(torch.full((len(z),), quality, device=z.device))
    features = entropy.features(z, embedded)
    means = entropy.first_means(features)
    coded = cells[:, None]
    contexts: list[Tensor] = []
    values, indices = [], []
    for group in range(len(network.config.groups)):
        index = entropy.indices(group, features, contexts) * coded
        mean = means if group == 0 else torch.zeros_like(index)
        symbols = next_group(group, index, mean)
        contexts.append(entropy.context(symbols))
        values.append((symbols + mean) * coded)
        indices.append(index)
    return Latents(torch.cat(values, 1), torch.cat(indices, 1))


def _z_tables(network: Autoencoder, cells: Tensor) -> Tensor:
    """Return the table of each z, (tiles, side, 8, 8): one per channel where any cell is coded, else 0."""
    side = TILE_CELLS // CELLS_PER_Z
    coded = cells.reshape(-1, side, CELLS_PER_Z, side, CELLS_PER_Z).amax(dim=(2, 4))
    table = torch.arange(TABLES, TABLES + network.config.side, device=cells.device, dtype=torch.float32)
    return coded[:, None] * table[None, :, None, None]


def _int16(x: Tensor) -> NDArray[np.int16]:
    return x.to(torch.int16).contiguous().cpu().numpy()


def _uint8(x: Tensor) -> NDArray[np.uint8]:
    return x.to(torch.uint8).contiguous().cpu().numpy()
