"""The parts of a .sarz file, by docs/format.md alone: header, tiles, masks, exact pixels, symbols."""

from __future__ import annotations

import itertools
import json
import struct
import zlib

import numpy as np

TILE = 512


def read_container(data: bytes) -> tuple[dict, list[list]]:
    """Return the header and, for each band, payloads and shapes of the tiles of level 0."""
    magic, version, flags, length, crc = struct.unpack_from("<8sHHII", data)
    assert (magic, version, flags) == (b"\x89SARZ\r\n\x1a", 1, 0)
    assert zlib.crc32(data[20 : 20 + length]) == crc
    header = json.loads(zlib.decompress(data[20 : 20 + length]))
    *places, index_crc, _, levels, crc, end = struct.unpack("<QQQQQIIII8s", data[-64:])
    assert (end, crc, places[4]) == (magic[::-1], zlib.crc32(data[-64:-12]), len(data))
    index = data[places[0] : places[0] + places[1]]
    assert zlib.crc32(index) == index_crc
    index = zlib.decompress(index)
    count = len(index) // 12
    gaps, lengths = np.frombuffer(index, "<i8", count), np.frombuffer(index, "<u4", count, 8 * count)
    sides = [[-(-header[side] // 16**level) for side in ("rows", "cols")] for level in range(8) if levels >> level & 1]
    assert count == sum(-(-rows // TILE) * -(-cols // TILE) for rows, cols in sides) * len(header["bands"])
    spans = [[min(TILE, side - start) for start in range(0, side, TILE)] for side in sides[0]]
    shapes = list(itertools.product(*spans))
    ends = np.cumsum(gaps + 12 + lengths) + 20 + length
    payloads = []
    for number in range(len(shapes) * len(header["bands"])):
        size, payload_end = int(lengths[number]), int(ends[number])
        payload = data[payload_end - size : payload_end]
        record = struct.unpack_from("<III", data, payload_end - size - 12)
        assert record == (number, size, zlib.crc32(payload))
        payloads.append((payload, shapes[number % len(shapes)]))
    return header, [payloads[start : start + len(shapes)] for start in range(0, len(payloads), len(shapes))]


def read_gains(data: bytes) -> list[np.ndarray | None]:
    """Return the gains of the radiometric correction in dB, by band; None where there are none."""
    header, _ = read_container(data)
    _, _, at, length, *_ = struct.unpack("<QQQQQIIII8s", data[-64:])
    layers = {
        kind: data[start : start + size]
        for kind, _, _, start, size in struct.iter_unpack("<HHIQQ", data[at : at + length])
    }
    shape = -(-header["rows"] // 64), -(-header["cols"] // 64)
    content, gains = layers.get(4), []
    for band in header["bands"]:
        if content is None or band["kind"] == "exact":
            gains.append(None)
            continue
        center, shift = struct.unpack_from("<fB", content)
        bits = iter(np.unpackbits(np.frombuffer(content[5:], np.uint8)).tolist())
        upper = [next(place for place in itertools.count() if not next(bits)) for _ in range(shape[0] * shape[1])]
        lower = [sum(next(bits) << place for place in reversed(range(shift))) for _ in upper]
        numbers = [(high << shift) + low for high, low in zip(upper, lower, strict=True)]
        steps = [-(n + 1) // 2 if n % 2 else n // 2 for n in numbers]
        gains.append(center + np.array(steps).reshape(shape) / 16)
        content = content[5 + -(-(sum(upper) + len(upper) * (1 + shift)) // 8) :]
    assert not content
    return gains


def read_bits(data: bytes, shape: tuple[int, int], offset: int = 0) -> np.ndarray:
    return np.unpackbits(np.frombuffer(data, np.uint8)[offset:], count=shape[0] * shape[1]).reshape(shape).astype(bool)


def read_mask(data: bytes, shape: tuple[int, int]) -> np.ndarray:
    if len(data) == 1:
        return np.full(shape, data[0], np.uint8)
    mask, planes = np.zeros(shape, np.uint8), zlib.decompress(data[1 + data[0] :])
    for number, kind in enumerate(data[1 : 1 + data[0]]):
        mask[read_bits(planes, shape, number * -(-mask.size // 8))] = kind
    return mask


def read_exact(data: bytes, shape: tuple[int, int], dtype: np.dtype) -> np.ndarray:
    """Return the pixels of a tile of profile 2."""
    profile, flags, quality, checksum = struct.unpack_from("<BBHI", data)
    assert (profile, flags & ~1, quality) == (2, 0, 0)
    bits = np.dtype(f"<u{dtype.itemsize}")
    if flags:
        pixels = np.full(shape, np.frombuffer(data, bits, 1, 8))
    else:
        planes = np.frombuffer(zlib.decompress(data[8:]), np.uint8).reshape(dtype.itemsize, *shape)
        differences = np.ascontiguousarray(np.moveaxis(planes, 0, -1)).view(bits)[..., 0]
        pixels = np.cumsum(differences, axis=0, dtype=bits)
    assert zlib.crc32(pixels.tobytes()) == checksum
    return pixels.view(dtype.newbyteorder("<"))


class Stream:
    """The words of a payload and its escapes, symbol by symbol."""

    def __init__(self, words: bytes, escapes: bytes, weights: dict[str, np.ndarray]) -> None:
        self.words, self.escapes = np.frombuffer(words, "<u4")[::-1].tolist(), list(escapes[::-1])  # the next is last
        self.state = self.words.pop() << 32 | self.words.pop()
        self.halves = weights["tables.half"].astype(int)
        frequencies = np.split(weights["tables.frequency"].view(np.uint16), np.cumsum(2 * self.halves + 2)[:-1])
        self.sums = [np.cumsum([0, *(table.astype(int) + 1)]) for table in frequencies]

    def symbol(self, table: int) -> int:
        high, low = divmod(self.state, 65536)
        sums, half = self.sums[table], int(self.halves[table])
        place = int(np.searchsorted(sums, low, side="right")) - 1
        self.state = int(sums[place + 1] - sums[place]) * high + low - int(sums[place])
        if self.state < 2**31:
            self.state = self.state << 32 | self.words.pop()
        if place <= 2 * half:
            return place - half
        excess, shift, more = 0, 0, 1
        while more:
            more, bits = divmod(self.escapes.pop(), 128)
            excess, shift = excess | bits << shift, shift + 7
        return excess // 2 + half + 1 if excess % 2 == 0 else -(excess + 1) // 2 - half

    def half(self, indices: np.ndarray, profile: int) -> np.ndarray:
        """Return the levels of one half of a group."""
        levels, state = np.zeros(indices.size, int), 0
        for place in np.flatnonzero(indices):
            index, odd = int(indices.flat[place]), state % 2
            symbol = self.symbol(index + (64 + 64 * odd if profile else 0))
            levels[place] = 2 * symbol - odd * np.sign(symbol) if profile else symbol
            if profile:
                state = state >> 1 ^ 78 * odd ^ 43 * (symbol % 2)
        return levels.reshape(indices.shape)
