"""From a trained network to a checkpoint: coding tables fitted to counts, and figures on validation images."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sargui.codec import rans
from sargui.codec.layout import cut_tiles
from sargui.codec.symbols import Latents, TileSymbols
from sargui.codec.tables import CodingTables, empty_counts, fit
from sargui.codec.tile_codec import TileCodec, TileFrame, full_cells
from sargui.core.tiling import CELL, TILE_CELLS, ceil_div, extended
from sargui.networks.autoencoder import Autoencoder
from sargui.training.patches import Sampler

FIT_QUALITIES = (500, 2000, 3500, 5000, 6500, 8000, 9500)
FIT_BATCHES = 12
FIRST_FIT_STEP = 1 << 40  # patches that training has not drawn
VALIDATION_QUALITIES = (1000, 2330, 3656, 4924, 6250, 7670, 9260)  # λ = 0.04, 0.1, 0.25, 0.6, 1.5, 4, 12
VALIDATION_SIDE = 1024

Image = NDArray[np.float32]


def fit_tables(network: Autoencoder, sampler: Sampler, batches: int = FIT_BATCHES) -> CodingTables:
    """Return coding tables fitted to the symbols of training patches at qualities all over the scale."""
    counts = empty_counts(network.config.side)
    codec = TileCodec(network, fit(counts), sampler.device)
    for number in range(batches):
        for patch in sampler.draw(FIRST_FIT_STEP + number)[:, 0].cpu().numpy():
            for quality in FIT_QUALITIES:
                symbols, _, _ = code_image(codec, patch, quality)
                for tile in range(len(symbols.symbols[0])):
                    rans.count(*symbols.flat(tile), counts)
    return fit(counts)


def validate(codec: TileCodec, images: Iterable[tuple[str, Image]]) -> dict[str, list[tuple[float, float]]]:
    """Return (bits per pixel of the tile payloads, rms error in dB) of each image at the validation qualities."""
    return {name: [rate_and_error(codec, x, quality) for quality in VALIDATION_QUALITIES] for name, x in images}


def rate_and_error(codec: TileCodec, x: Image, quality: int) -> tuple[float, float]:
    """Return bits per pixel, counted from payloads, and rms error in dB of network input (rows, cols)."""
    symbols, latents, frames = code_image(codec, x, quality)
    payload_bytes = sum(len(tile.payload) for tile in codec.write(symbols, frames, quality))
    rows, cols = (ceil_div(side, CELL) for side in x.shape)
    error = codec.synthesize_scene(latents, rows, cols, quality)[: x.shape[0], : x.shape[1]] - x
    return 8 * payload_bytes / x.size, 10 * math.sqrt(float(np.mean(error.astype(np.float64) ** 2)))


def code_image(codec: TileCodec, x: Image, quality: int) -> tuple[TileSymbols, Latents, list[TileFrame]]:
    """Return an image without void pixels, coded: symbols, decoded latents, and the frames of its tiles."""
    halo = codec.analysis_halo
    places = [extended(-halo, ceil_div(side, CELL) * CELL + halo, side) for side in x.shape]
    v = codec.analyze(np.ascontiguousarray(x[np.ix_(*places)]), quality)
    frames = [TileFrame(full_cells(extent), extent) for extent in _extents(v.shape[1], v.shape[2])]
    symbols, latents = codec.quantize(cut_tiles(v), frames, quality)
    return symbols, latents, frames


def _extents(rows: int, cols: int) -> list[tuple[int, int]]:
    starts = [(row, col) for row in range(0, rows, TILE_CELLS) for col in range(0, cols, TILE_CELLS)]
    return [(min(TILE_CELLS, rows - row), min(TILE_CELLS, cols - col)) for row, col in starts]


def crop(x: Image) -> Image:
    """Return the upper left part of an image that is validated on: sides multiples of 64, at most 1024."""
    rows, cols = (min(side // 64 * 64, VALIDATION_SIDE) for side in x.shape)
    return x[:rows, :cols]


def summary(figures: Mapping[str, Sequence[tuple[float, float]]]) -> dict[str, Any]:
    """Return the validation figures as they stand in a model card."""
    points = {name: [[round(rate, 4), round(error, 4)] for rate, error in row] for name, row in figures.items()}
    return {"qualities": [quality / 100 for quality in VALIDATION_QUALITIES], "bpp_and_rmse_db": points}


def as_float32(network: Autoencoder) -> torch.nn.Module:
    """Return the network with the nonlinear branches computing in full precision, as a decoder does."""
    network.g_a.reduced = network.g_s.reduced = False
    return network.eval().requires_grad_(False)
