"""Tiles of exact bands: pixels kept bit for bit, as differences of rows, byte plane by byte plane, deflated."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sargui.codec.payload import EXACT, PREFIX, unpack_prefix
from sargui.core.errors import DamagedFileError

UNIFORM = 1  # flag: all pixels have the same bits, and one of them is all that follows


def encode_exact(values: NDArray[Any]) -> bytes:
    """Return the payload of a tile's pixels (rows, cols), integers or floats of 1, 2, 4 or 8 bytes."""
    pixels = np.ascontiguousarray(values, values.dtype.newbyteorder("<")).view(_word(values.dtype))
    checksum = zlib.crc32(pixels.tobytes())
    if (pixels == pixels[0, 0]).all():
        return PREFIX.pack(EXACT, UNIFORM, 0, checksum) + pixels[:1, :1].tobytes()
    differences = pixels.copy()
    differences[1:] -= pixels[:-1]  # modulo the word's range; a sloping border becomes a few pixels a row
    planes = differences.view(np.uint8).reshape(pixels.size, -1).T  # the high bytes of neighbors are alike
    return PREFIX.pack(EXACT, 0, 0, checksum) + zlib.compress(planes.tobytes(), 9)


def decode_exact(data: bytes, dtype: np.dtype[Any], shape: tuple[int, int]) -> NDArray[Any]:
    """Return the pixels (rows, cols) in the payload of a tile.

    Raises:
        DamagedFileError: the bytes are not those of exact pixels of this type and shape.
        UnsupportedFormatError: the tile was coded in a way that this program does not know.
    """
    profile, flags, quality, checksum = unpack_prefix(data)
    content, word = data[PREFIX.size :], _word(dtype)
    if profile != EXACT or flags not in (0, UNIFORM) or quality:
        raise DamagedFileError("The bytes of a tile make no sense.")
    if flags == UNIFORM:
        if len(content) != word.itemsize:
            raise DamagedFileError("The bytes of a tile make no sense.")
        pixels = np.full(shape, np.frombuffer(content, word)[0])
    else:
        pixels = _inflated(content, word, shape)
    if zlib.crc32(pixels.tobytes()) != checksum:
        raise DamagedFileError("The pixels of a tile fail their checksum.")
    return pixels.view(dtype.newbyteorder("<")).astype(dtype, copy=False)


def _inflated(content: bytes, word: np.dtype[Any], shape: tuple[int, int]) -> NDArray[Any]:
    """Return the pixels of the compressed differences, as unsigned integers."""
    size = shape[0] * shape[1] * word.itemsize
    inflater = zlib.decompressobj()
    try:
        planes = inflater.decompress(content, size + 1)
    except zlib.error:
        planes = b""
    if len(planes) != size or not inflater.eof or inflater.unused_data:
        raise DamagedFileError("The pixels of a tile are damaged.")
    bytes_of_pixels = np.frombuffer(planes, np.uint8).reshape(word.itemsize, -1).T
    differences = np.ascontiguousarray(bytes_of_pixels).view(word).reshape(shape)
    return np.cumsum(differences, axis=0, dtype=word)


def _word(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the unsigned integer, little-endian, of a pixel's size."""
    return np.dtype(f"<u{dtype.itemsize}")
