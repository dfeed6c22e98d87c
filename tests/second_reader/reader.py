"""A second reader of .sarz, in NumPy alone, from docs/format.md and docs/network.md: no line of it knows sargui."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np

from .container import TILE, Stream, read_bits, read_container, read_exact, read_gains, read_mask
from .network import CELL, CELLS, SIGNS, Network

MARGIN = 4  # mirrored cells around the scene, more than the synthesis sees


def read(path: Path, weights: dict[str, np.ndarray], card: dict) -> list[np.ndarray]:
    """Return the bands of level 0, (rows, cols) each, in their types."""
    data = Path(path).read_bytes()
    header, payloads = read_container(data)
    network = Network(weights, card, header["quality"])
    bands = []
    for band, of_band, gains in zip(header["bands"], payloads, read_gains(data), strict=True):
        if band["kind"] == "exact":
            tiles = [read_exact(data, shape, np.dtype(band["dtype"])) for data, shape in of_band]
            bands.append(join(header, tiles, TILE))
        else:
            x, mask = read_values(header, of_band, network)
            bands.append(to_pixels(x if gains is None else x + log_factors(gains, x, mask == 0), mask, band))
    return bands


def join(header: dict, tiles: list[np.ndarray], size: int) -> np.ndarray:
    """Join the tiles of a band, whose sides are size elements, along the last two axes."""
    across = -(-header["cols"] // TILE)
    rows = [np.concatenate(tiles[start : start + across], axis=-1) for start in range(0, len(tiles), across)]
    return np.concatenate(rows, axis=-2)


def read_values(header: dict, payloads: list, network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Return x of a band, as the synthesis makes it, and its mask."""
    tiles = [read_tile(data, shape, network) for data, shape in payloads]
    mask = join(header, [tile[0] for tile in tiles], TILE)
    rows, cols = mask.shape
    cells = (slice(None), slice(-(-rows // CELL)), slice(-(-cols // CELL)))
    latents = mirror(join(header, [tile[1] for tile in tiles], CELLS)[cells], SIGNS)
    scales = mirror(join(header, [tile[2] for tile in tiles], CELLS)[cells], np.ones_like(SIGNS))
    edge = MARGIN * CELL
    return network.synthesis(latents, scales)[edge : edge + rows, edge : edge + cols], mask


def mirror(cells: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Continue a scene's cells beyond its border; signs are those of the bases along rows and columns."""
    for axis in (1, 2):
        count = cells.shape[axis]
        at = np.arange(-MARGIN, count + MARGIN)
        times, place = np.divmod(at, count)
        flipped = (times % 2 == 1).reshape((-1, 1) if axis == 1 else (1, -1))
        cells = np.take(cells, np.where(times % 2, count - 1 - place, place), axis)
        cells = np.where(flipped, cells * signs[axis - 1], cells)
    return cells


def read_tile(data: bytes, shape: tuple[int, int], network: Network) -> tuple[np.ndarray, ...]:
    """Return the mask, the latents and the log scales of a tile of profile 0 or 1."""
    profile, flags, quality, checksum = struct.unpack_from("<BBHI", data)
    assert profile < 2
    assert quality == network.quality
    mask, coded, at = np.zeros(shape, np.uint8), np.zeros((CELLS, CELLS), bool), 8
    coded[: -(-shape[0] // CELL), : -(-shape[1] // CELL)] = True
    if flags & 1:
        end = at + 4 + struct.unpack_from("<I", data, at)[0]
        mask, at = read_mask(data[at + 4 : end], shape), end
    if flags & 2:
        end = at + 2 + struct.unpack_from("<H", data, at)[0]
        coded, at = read_bits(zlib.decompress(data[at + 2 : end]), coded.shape), end
    if not flags & 4:
        assert (checksum, at) == (0, len(data))
        nothing = np.zeros((sum(network.groups), CELLS, CELLS))
        return mask, nothing, log_scale(nothing)
    end = at + 4 + 4 * struct.unpack_from("<I", data, at)[0]
    stream = Stream(data[at + 4 : end], data[end:], network.weights)
    levels, latents, indices = network.read_levels(stream, profile, coded)
    assert zlib.crc32(levels) == checksum
    assert not stream.words
    assert not stream.escapes
    return mask, latents, log_scale(indices)


def log_scale(index: np.ndarray) -> np.ndarray:
    return 0.3 * (index / 8 + np.log(0.06))


def log_factors(gains: np.ndarray, x: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Return log10 of what gains make of each pixel's power: their excess, interpolated, times its contrast."""
    excess = 10 ** (gains / 10) - 1
    for axis, length in enumerate(x.shape):
        place = np.clip((np.arange(length) - 31.5) / 64, 0, excess.shape[axis] - 1)
        first = np.minimum(place.astype(int), max(excess.shape[axis] - 2, 0))
        share = (place - first).reshape((-1, 1) if axis == 0 else (1, -1))
        after = np.minimum(first + 1, excess.shape[axis] - 1)
        excess = (1 - share) * excess.take(first, axis) + share * excess.take(after, axis)
    return np.log10(np.maximum(1 + contrast(x, valid) * excess, 1 / 16))


def contrast(x: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Return each pixel's amplitude over the geometric mean of the valid pixels among the 17 × 17 around it."""
    sums = [np.pad(np.where(valid, values, 0), 8) for values in (x, 1.0)]
    for axis in (0, 1):
        sums = [np.lib.stride_tricks.sliding_window_view(each, 17, axis).sum(axis=-1) for each in sums]
    means = np.divide(*sums, out=np.array(x, float), where=sums[1] > 0)
    return np.minimum(10 ** ((x - means) / 2), 8)


def to_pixels(x: np.ndarray, mask: np.ndarray, band: dict) -> np.ndarray:
    """Turn x into the band's kind and type; put what the mask says where it says so."""
    dtype, kind = np.dtype(band["dtype"]), band["kind"]
    nodata = None if band["nodata"] is None else float(band["nodata"])
    power = 10 ** (x + band["mean_db"] / 10) - band["floor"]
    power = np.maximum(power, band["floor"] / 100 if kind == "db" else 0)
    values = {"power": power, "amplitude": np.sqrt(power), "db": 10 * np.log10(np.maximum(power, 1e-300))}[kind]
    integer = dtype.kind in "iu"
    limits = np.iinfo(dtype) if integer else np.finfo(dtype)
    pixels = np.clip(np.rint(values) if integer else values, limits.min, limits.max).astype(dtype)
    for taken in [nodata, 0 if band["zero_is_void"] else None] * 2:
        if taken is not None and integer:
            pixels[pixels == taken] = taken + 1 if taken < limits.max else taken - 1
        elif taken is not None:
            taken = dtype.type(taken)
            pixels[pixels == taken] = np.nextafter(taken, dtype.type(0 if taken else 1))
    held = nodata is not None and (not integer or (nodata % 1 == 0 and limits.min <= nodata <= limits.max))
    void = {1: nodata, 2: np.nan, 3: np.inf, 4: -np.inf, 5: 0}
    void = void | {8: nodata if held else 0} | {code + 8: value for code, value in void.items()}
    for code in set(np.unique(mask).tolist()) - {0}:
        pixels[mask == code] = 0 if void[code] is None else void[code]
    return pixels
