"""The void plane of a tile: which pixels hold no measurement and why, coded without loss.

One bit plane for each class that occurs, masked ones apart from others, packed and deflated; a tile that is void
throughout for one reason is a single byte.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from sargui.core.errors import DamagedFileError
from sargui.core.types import Void

_OF_VALUES = range(Void.VALID, Void.ZERO + 1)
_CLASSES = [*_OF_VALUES[1:], *(Void.MASKED + value for value in _OF_VALUES)]


def encode_void(void: NDArray[np.uint8]) -> bytes:
    """Return the bytes of a void plane (rows, cols); empty if all pixels are valid."""
    present = [value for value in _CLASSES if (void == value).any()]
    if not present:
        return b""
    if len(present) == 1 and (void == present[0]).all():
        return bytes(present)
    planes = b"".join(np.packbits(void == value).tobytes() for value in present)
    return bytes([len(present), *present]) + zlib.compress(planes, 9)


def decode_void(data: bytes, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the void plane (rows, cols) of its bytes.

    Raises:
        DamagedFileError: the bytes are not those of a void plane of this shape.
    """
    void = np.zeros(shape, np.uint8)
    if not data:
        return void
    if len(data) == 1:
        void[:] = _known(data)
        return void
    classes = _known(data[1 : 1 + data[0]])
    plane_bytes = (void.size + 7) // 8
    unpacker = zlib.decompressobj()
    try:
        planes = unpacker.decompress(data[1 + data[0] :], plane_bytes * len(classes) + 1)
    except zlib.error:
        planes = b""
    whole = unpacker.eof and not unpacker.unused_data and len(planes) == plane_bytes * len(classes)
    if not whole or len(classes) != data[0]:
        raise DamagedFileError("The mask of a tile is damaged.")
    for number, value in enumerate(classes):
        part = np.frombuffer(planes, np.uint8, plane_bytes, number * plane_bytes)
        void[np.unpackbits(part, count=void.size).reshape(shape).astype(bool)] = value
    return void


def _known(classes: bytes) -> list[int]:
    if not classes or any(value not in _CLASSES for value in classes):
        raise DamagedFileError("The mask of a tile is damaged.")
    return list(classes)
