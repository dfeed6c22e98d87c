"""The self-test of a checkpoint on a device: does it choose the coding tables that integer arithmetic says?

One tile of levels, always the same, is walked through on the device as a decoder does. What must come out in its last
corner (all of it would take twice as long and more) is computed beside it by NumPy, from the weights alone: integers in
float64, exact in any order below 2^53, by none of torch's kernels. So nothing need be stored with a checkpoint, and the
CPU is tested like any other device.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sargui.codec.quantizers import DEPENDENT
from sargui.codec.symbols import dequantize
from sargui.core.tiling import TILE_CELLS
from sargui.networks import Autoencoder
from sargui.networks.entropy import (
    CELLS_PER_Z,
    INDEX_PER_NAT,
    MAGNITUDE_TABLE,
    TABLES,
    Z_LIMIT,
    Z_UNIT,
    EntropyNetwork,
    GroupHead,
    HyperSynthesis,
    first_half,
)
from sargui.networks.integer import (
    ACTIVATION_LIMIT,
    ACTIVATION_UNIT,
    SIGNED_LIMIT,
    WEIGHT_LIMIT,
    WEIGHT_UNIT,
    IntegerConv,
)
from sargui.networks.quality import EMBEDDING_UNIT, embedding

QUALITY = 5432  # between two knots
LEVEL_BITS = 12  # of the largest level; small ones are as frequent as large ones
CORNER = 16  # cells a side, of which the tables are compared
REACH = 4  # cells around them that they depend on: three 3 × 3 layers, one of them at half the resolution
BATCH = 16  # copies of the tile on a GPU, which chooses its kernels by size; a decoder gives it as many at once
SEED = 1

Exact = NDArray[np.float64]  # integers


@torch.inference_mode()
def passes(network: Autoencoder, device: torch.device) -> bool:
    """Return whether the entropy part of a network, which lies on `device`, chooses there the tables that it must."""
    z, levels = sample(network)
    cells = CORNER + REACH
    places = cells // CELLS_PER_Z
    right = expected(network.entropy, z[:, -places:, -places:], levels[:, -cells:, -cells:])
    found = chosen(network, device, z, levels)
    return bool((found[..., -CORNER:, -CORNER:] == right[:, -CORNER:, -CORNER:]).all())


def sample(network: Autoencoder) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return z (side, 8, 8) and levels (latents, 32, 32) of one tile."""
    rng = np.random.default_rng(SEED)
    config, side = network.config, TILE_CELLS // CELLS_PER_Z
    z = rng.integers(-Z_LIMIT, Z_LIMIT, (config.side, side, side), np.int16, endpoint=True)
    shape = config.latents, TILE_CELLS, TILE_CELLS
    magnitudes = (1 << rng.integers(0, LEVEL_BITS, shape, np.int16, endpoint=True)) - 1
    return z, np.where(rng.random(shape) < 0.5, magnitudes, -magnitudes).astype(np.int16)


def chosen(
    network: Autoencoder, device: torch.device, z: NDArray[np.int16], levels: NDArray[np.int16]
) -> NDArray[np.float32]:
    """Return the tables (tiles, latents, 32, 32) that a decoder on `device` chooses when it finds these levels."""
    tiles = 1 if device.type == "cpu" else BATCH
    cells = torch.ones((tiles, TILE_CELLS, TILE_CELLS), device=device)
    even = first_half(torch.from_numpy(levels)).numpy()
    parts = (part[:, half] for part in np.split(levels, np.cumsum(network.config.groups)) for half in (even, ~even))

    def read(tables: NDArray[np.uint8]) -> NDArray[np.int16]:
        return np.ascontiguousarray(np.broadcast_to(next(parts), tables.shape))

    side = np.repeat(z.reshape(1, len(z), -1), tiles, axis=0)
    _, latents = dequantize(network, cells, QUALITY, DEPENDENT, side, read)
    return latents.index.cpu().numpy()


def expected(entropy: EntropyNetwork, z: NDArray[np.int16], levels: NDArray[np.int16]) -> Exact:
    """Return the tables (latents, rows, cols) that the weights ask for; rows and cols are four times those of z."""
    features = _hyper_synthesis(entropy.h_s, z.astype(np.float64))
    magnitudes = _float64(entropy.magnitudes)[DEPENDENT.profile]
    contexts = magnitudes[np.minimum(np.abs(levels.astype(np.int64)), MAGNITUDE_TABLE - 1)]
    even = np.add.outer(*map(np.arange, levels.shape[1:])) % 2 == 0
    found = []
    for head, context in zip(entropy.heads, np.split(contexts, np.cumsum(entropy.groups)), strict=False):
        assert isinstance(head, GroupHead)
        shared = _shared(head, features)
        found.append(np.where(even, _indices(head, shared, None), _indices(head, shared, context * even)))
        features = np.concatenate([features, context])
    return np.concatenate(found)


def _hyper_synthesis(layers: HyperSynthesis, z: Exact) -> Exact:
    """Return features (hyper, 4·rows, 4·cols) of z (side, rows, cols)."""
    x = _rectify(_shuffle(_convolve(layers.into, z * Z_UNIT)))
    x = _rectify(_shuffle(_convolve(layers.expand, _rectify(_convolve(layers.depthwise, x)))))
    quality = _float64(embedding(torch.tensor([QUALITY])))[0] / EMBEDDING_UNIT
    total = _weights(layers.quality.weight) @ quality * (ACTIVATION_UNIT / WEIGHT_UNIT)
    offset = _round(total) + _round(_float64(layers.quality.bias) * ACTIVATION_UNIT)
    return np.clip(_convolve(layers.smooth, x) + offset[:, None, None], -SIGNED_LIMIT, SIGNED_LIMIT)


def _shared(head: GroupHead, features: Exact) -> Exact:
    x = _convolve(head.into, features)
    return _convolve(head.middle, _rectify(x + _rectify(_convolve(head.depthwise, _rectify(x)))))


def _indices(head: GroupHead, shared: Exact, near: Exact | None) -> Exact:
    if near is not None:
        x = _rectify(_convolve(head.near_depthwise, _rectify(_convolve(head.near_into, near))))
        shared = shared + _convolve(head.near_out, x)
    x = _convolve(head.out, _rectify(shared))
    x += _round(_float64(head.base) * ACTIVATION_UNIT)[:, None, None]
    if near is not None:
        x += _convolve(head.near_same, near)
    return np.clip(np.floor(x * (INDEX_PER_NAT / ACTIVATION_UNIT)), 0, TABLES - 1)


def _convolve(layer: IntegerConv, x: Exact) -> Exact:
    """Return a layer's integers, (outputs, rows, cols), of integers (inputs, rows, cols)."""
    weight = _weights(layer.weight)
    if layer.groups == 1:
        total = np.tensordot(weight[:, :, 0, 0], x, 1)
    else:
        padded, (rows, cols) = np.pad(x, ((0, 0), (1, 1), (1, 1))), x.shape[1:]
        total, term = np.zeros_like(x), np.empty_like(x)
        for row, col in np.ndindex(3, 3):
            part = padded[:, row : row + rows, col : col + cols]
            total += np.multiply(weight[:, 0, row, col, None, None], part, out=term)
    assert layer.bias is not None
    total += _round(_float64(layer.bias) * (WEIGHT_UNIT * ACTIVATION_UNIT))[:, None, None]
    total /= WEIGHT_UNIT
    return _round(total)


def _shuffle(x: Exact) -> Exact:
    """Return four channels each spread over 2 × 2 cells."""
    channels, rows, cols = x.shape
    parts = x.reshape(channels // 4, 2, 2, rows, cols).transpose(0, 3, 1, 4, 2)
    return parts.reshape(channels // 4, 2 * rows, 2 * cols)


def _weights(weight: Tensor) -> Exact:
    return _round(np.clip(_float64(weight) * WEIGHT_UNIT, -WEIGHT_LIMIT, WEIGHT_LIMIT))


def _rectify(x: Exact) -> Exact:
    return np.clip(x, 0, ACTIVATION_LIMIT)


def _round(x: Exact) -> Exact:
    rounded = x + 0.5
    return np.floor(rounded, out=rounded)


def _float64(x: Tensor) -> Exact:
    return x.detach().cpu().double().numpy()
