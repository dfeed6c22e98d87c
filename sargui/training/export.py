"""From a trained network to a checkpoint: coding tables fitted to counts, and figures on validation images."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sargui.codec import rans
from sargui.codec.layout import cut_tiles
from sargui.codec.symbols import Latents, TileSymbols
from sargui.codec.tables import CodingTables, empty_counts, fit
from sargui.codec.tile_codec import TileCodec, TileFrame, full_cells
from sargui.core.errors import CheckpointError
from sargui.core.tiling import CELL, TILE_CELLS, ceil_div, extended
from sargui.core.types import Effort, ModelCard
from sargui.networks import Autoencoder, NetworkConfig, load, save
from sargui.quality.texture import domain, texture
from sargui.training.loop import Trainer
from sargui.training.patches import Pools, Sampler

FIT_QUALITIES = (500, 2000, 3500, 5000, 6500, 8000, 9500)
FIT_BATCHES = 12
DOMAIN_BATCHES = 60
FIRST_FIT_STEP = 1 << 40  # patches that training has not drawn
VALIDATION_QUALITIES = (1000, 2330, 3656, 4924, 6250, 7670, 9260)  # λ = 0.04, 0.1, 0.25, 0.6, 1.5, 4, 12
VALIDATION_SIDE = 1024
LAST_LAYERS = ("g_a.out.", "g_s.up.3.")  # of the branches; a new network has zeros there

Image = NDArray[np.float32]


def begin(config: NetworkConfig, card: ModelCard | None, device: torch.device) -> tuple[Autoencoder, CodingTables]:
    """Return a network, with the weights of a checkpoint where they fit, and coding tables to begin with.

    A branch of which layers do not fit begins at zero: the network starts as the checkpoint's lapped transform.

    Raises:
        CheckpointError: the checkpoint cannot be used, or has attention that the network has no place for.
    """
    network, tables = Autoencoder(config), fit(empty_counts(config.side))
    if card is not None:
        loaded, stored = load(card)
        weights, own = loaded.state_dict(), network.state_dict()
        fitting = {name: value for name, value in weights.items() if name in own and own[name].shape == value.shape}
        unfit = weights.keys() - fitting.keys()
        if any("attention" in name for name in unfit):
            raise CheckpointError(f"The checkpoint '{card.name}' has attention of its own; start from one without.")
        zeros = [last for last in LAST_LAYERS if any(name.startswith(last[:4]) for name in unfit)]
        network.load_state_dict({n: v for n, v in fitting.items() if not n.startswith(tuple(zeros))}, strict=False)
        tables = CodingTables.from_tensors(stored, config.side)
    return network.to(device).to(memory_format=torch.channels_last), tables  # type: ignore[call-overload]


def export(trainer: Trainer, pools: Pools, name: str, **facts: Any) -> ModelCard:
    """Fit tables to the network of a training, save both in its folder, and return the card.

    `facts` are noted in the card beside those of the training itself.
    """
    network, state, config = trainer.network, trainer.state, trainer.network.config
    as_float32(network)
    known = {
        "date": datetime.now(UTC).date().isoformat(),
        "minutes": round(state.minutes, 1),
        "steps": state.step,
        "megapixels_seen": round(state.megapixels),
        "training_megapixels": round(pools.pixels / 1e6, 1),
        "rate": trainer.plan.rate,
        "seed": trainer.plan.seed,
        "machine": f"{trainer.sampler.device.type}, {platform.machine()}, {torch.get_num_threads()} threads",
        "last_loss": round(state.loss, 4),
        "domain": seen(trainer.sampler),
    }
    card = ModelCard(name, "", config.attention, config.placement, config.to_card(), training=known | facts)
    return save(network, fit_tables(network, trainer.sampler).to_tensors(), card, trainer.folder)


def seen(sampler: Sampler, batches: int = DOMAIN_BATCHES) -> dict[str, list[float]]:
    """Return what kinds of pictures training drew: the domain of their textures."""
    patches = (patch for number in range(batches) for patch in sampler.draw(FIRST_FIT_STEP + number)[:, 0])
    textures = (texture(10 * patch.cpu().numpy()) for patch in patches)
    return domain(found for found in textures if found is not None)


def fit_tables(network: Autoencoder, sampler: Sampler, batches: int = FIT_BATCHES) -> CodingTables:
    """Return coding tables fitted to the symbols of training patches at qualities all over the scale.

    The search of dependent quantization depends on its tables: they are fitted twice, first to a third of the patches.
    """
    counts = empty_counts(network.config.side)
    first = counts.copy()
    search = TileCodec(network, fit(first), sampler.device, Effort.BEST)
    _count(search, sampler, range(ceil_div(batches, 3)), first)
    search = TileCodec(network, fit(first), sampler.device, Effort.BEST)
    for codec in (search, TileCodec(network, fit(counts), sampler.device, Effort.FAST)):
        _count(codec, sampler, range(batches), counts)
    return fit(counts)


def _count(codec: TileCodec, sampler: Sampler, batches: range, counts: NDArray[np.int64]) -> None:
    for number in batches:
        for patch in sampler.draw(FIRST_FIT_STEP + number)[:, 0].cpu().numpy():
            for quality in qualities(codec, FIT_QUALITIES):
                symbols, _, _ = code_image(codec, patch, quality)
                for tile in range(len(symbols.parts[0].symbols)):
                    rans.count(*symbols.flat(tile), counts)


def validate(codec: TileCodec, images: Iterable[tuple[str, Image]]) -> dict[str, list[tuple[float, float]]]:
    """Return (bits per pixel of the tile payloads, rms error in dB) of each image at the validation qualities."""
    chosen = qualities(codec, VALIDATION_QUALITIES)
    return {name: [rate_and_error(codec, x, quality) for quality in chosen] for name, x in images}


def qualities(codec: TileCodec, usual: tuple[int, ...]) -> tuple[int, ...]:
    """Return the usual qualities, or the one that the checkpoint is for."""
    return usual if codec.only_quality is None else (codec.only_quality,)


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


def summary(
    figures: Mapping[str, Sequence[tuple[float, float]]], chosen: Sequence[int] = VALIDATION_QUALITIES
) -> dict[str, Any]:
    """Return the validation figures as they stand in a model card."""
    points = {name: [[round(rate, 4), round(error, 4)] for rate, error in row] for name, row in figures.items()}
    return {
        "qualities": [quality / 100 for quality in chosen],
        "bpp_and_rmse_db": points,
    }


def as_float32(network: Autoencoder) -> torch.nn.Module:
    """Return the network with the nonlinear branches computing in full precision, as a decoder does."""
    network.g_a.reduced = network.g_s.reduced = False
    return network.eval().requires_grad_(False)
