"""The bytes of one coding tile (docs/format.md, "Tile payload"); the only place that knows their layout."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sargui.codec.quantizers import QUANTIZERS
from sargui.core.errors import DamagedFileError, UnsupportedFormatError
from sargui.core.tiling import TILE_CELLS
from sargui.networks.quality import QUALITY_MAX

PREFIX = struct.Struct("<BBHI")  # profile, flags, quality, CRC-32 of the levels or of exact pixels
LENGTH = struct.Struct("<H")  # of the deflated cell map
VOID_LENGTH = struct.Struct("<I")
WORDS = struct.Struct("<I")  # number of 32-bit words of the rANS stream

EXACT = 2  # the profile of exact pixels, whose payload is in exact.py
PROFILES = (*QUANTIZERS, EXACT)
HAS_VOID, HAS_CELL_MAP, HAS_SYMBOLS = 1, 2, 4
MAX_WORDS = 1 << 20  # a tile has at most 256·1024 + 48·64 symbols of at most 16 bits
MAX_ESCAPE_BYTES = 1 << 21  # and of these at most four bytes each


@dataclass(frozen=True, slots=True)
class Payload:
    """A tile as it is stored.

    `profile` says how it is quantized (quantizers.py); `cells` (32, 32) says which cells are coded, or is None for
    all cells of the tile; `words` is None if there are no symbols; `escapes` are the values beyond the tables'
    alphabets.
    """

    profile: int
    quality: int
    checksum: int
    void: bytes
    cells: NDArray[np.bool_] | None
    words: NDArray[np.uint32] | None
    escapes: bytes

    def pack(self) -> bytes:
        """Return the bytes."""
        flags = HAS_VOID * bool(self.void) | HAS_CELL_MAP * (self.cells is not None)
        flags |= HAS_SYMBOLS * (self.words is not None)
        parts = [PREFIX.pack(self.profile, flags, self.quality, self.checksum)]
        if self.void:
            parts += [VOID_LENGTH.pack(len(self.void)), self.void]
        if self.cells is not None:
            deflated = zlib.compress(np.packbits(self.cells).tobytes(), 9)
            parts += [LENGTH.pack(len(deflated)), deflated]
        if self.words is not None:
            parts += [WORDS.pack(len(self.words)), self.words.astype("<u4").tobytes(), self.escapes]
        return b"".join(parts)

    @staticmethod
    def unpack(data: bytes) -> Payload:
        """Return the tile in these bytes.

        Raises:
            DamagedFileError: they are not a tile.
            UnsupportedFormatError: the tile was coded in a way that this program does not know.
        """
        try:
            return _unpack(data)
        except (struct.error, zlib.error, ValueError) as error:
            raise DamagedFileError("The bytes of a tile make no sense.") from error


def unpack_prefix(data: bytes) -> tuple[int, int, int, int]:
    """Return profile, flags, quality and checksum of a tile.

    Raises:
        DamagedFileError: there are too few bytes.
        UnsupportedFormatError: the profile is one that this program does not know.
    """
    if len(data) < PREFIX.size:
        raise DamagedFileError("The bytes of a tile make no sense.")
    profile, flags, quality, checksum = PREFIX.unpack_from(data)
    if profile not in PROFILES:
        raise UnsupportedFormatError(f"A tile was coded with profile {profile}, which needs a newer version of sargui.")
    return profile, flags, quality, checksum


def _unpack(data: bytes) -> Payload:
    profile, flags, quality, checksum = unpack_prefix(data)
    if profile == EXACT or flags & ~(HAS_VOID | HAS_CELL_MAP | HAS_SYMBOLS) or quality > QUALITY_MAX:
        raise ValueError("profile, flags or quality out of range")
    place = PREFIX.size
    void, cells, words, escapes = b"", None, None, b""
    if flags & HAS_VOID:
        void, place = _take(data, place, VOID_LENGTH)
        if not void:
            raise ValueError("mask of no bytes")
    if flags & HAS_CELL_MAP:
        deflated, place = _take(data, place, LENGTH)
        inflater = zlib.decompressobj()
        bits = inflater.decompress(deflated, TILE_CELLS**2 // 8 + 1)
        if not inflater.eof or inflater.unused_data:
            raise ValueError("cell map out of range")
        cells = np.unpackbits(np.frombuffer(bits, np.uint8)).reshape(TILE_CELLS, TILE_CELLS).astype(bool)
    if flags & HAS_SYMBOLS:
        (count,) = WORDS.unpack_from(data, place)
        place += WORDS.size
        if count < 2 or count > MAX_WORDS or place + 4 * count > len(data):
            raise ValueError("stream out of range")
        words = np.frombuffer(data, "<u4", count, place).astype(np.uint32)
        escapes = data[place + 4 * count :]
        if len(escapes) > MAX_ESCAPE_BYTES:
            raise ValueError("escapes out of range")
    elif place != len(data) or checksum:
        raise ValueError("bytes or a checksum left over")
    return Payload(profile, quality, checksum, void, cells, words, escapes)


def _take(data: bytes, place: int, length: struct.Struct) -> tuple[bytes, int]:
    (count,) = length.unpack_from(data, place)
    place += length.size
    if place + count > len(data):
        raise ValueError("part out of range")
    return data[place : place + count], place + count


def pack_escapes(excess: NDArray[np.int64]) -> bytes:
    """Return signed values as zigzag LEB128: 7 bits a byte, the lowest first, the high bit says that more follow."""
    result = bytearray()
    for value in excess.tolist():
        number = 2 * value if value >= 0 else -2 * value - 1
        while number >= 128:
            result.append(number & 127 | 128)
            number >>= 7
        result.append(number)
    return bytes(result)


def unpack_escapes(data: bytes) -> list[int]:
    """Return the signed values of `pack_escapes`, all of them.

    Raises:
        DamagedFileError: a value does not end, or is too large.
    """
    values, number, shift = [], 0, 0
    for byte in data:
        number |= (byte & 127) << shift
        shift += 7
        if shift > 28:
            raise DamagedFileError("The bytes of a tile make no sense.")
        if byte < 128:
            values.append(number // 2 if number % 2 == 0 else -(number + 1) // 2)
            number = shift = 0
    if shift:
        raise DamagedFileError("The bytes of a tile make no sense.")
    return values
