"""The layer of the radiometric correction: gains in dB, quantized, in Rice codes (Rice, JPL Publication 79-22)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sargui.container.checked import DamageError
from sargui.container.layout import CORRECTION_BAND, CORRECTION_STEP_DB, MAX_CORRECTION_DB, MAX_CORRECTION_SHIFT

_MOST_BITS = 1 + math.ceil(4 * MAX_CORRECTION_DB / CORRECTION_STEP_DB) + MAX_CORRECTION_SHIFT  # of a gain

Gains = NDArray[np.float64]


def correction_to_bytes(bands: Sequence[Gains]) -> bytes:
    """Return the content of the layer for the gains, (cells down, cells across), of each measured band."""
    return b"".join(map(_band_to_bytes, bands))


def correction_from_bytes(content: bytes, grids: Sequence[tuple[int, int]]) -> list[Gains]:
    """Return the gains of each measured band, whose cells (down, across) are `grids`.

    Raises:
        DamageError: the content makes no sense.
    """
    gains, start = [], 0
    for grid in grids:
        band, start = _band_from_bytes(content, start, grid)
        gains.append(band)
    if start != len(content):
        raise DamageError("its radiometric correction has another length")
    return gains


def _band_to_bytes(gains: Gains) -> bytes:
    center = float(np.float32(gains.mean()))
    steps = np.rint((gains.ravel() - center) / CORRECTION_STEP_DB).astype(np.int64)
    codes = np.where(steps < 0, -2 * steps - 1, 2 * steps)
    shift = min(range(MAX_CORRECTION_SHIFT + 1), key=lambda shift: int((codes >> shift).sum()) + shift * codes.size)
    unary = np.ones(int((codes >> shift).sum()) + codes.size, np.uint8)
    unary[np.cumsum((codes >> shift) + 1) - 1] = 0
    rest = codes[:, None] >> np.arange(shift)[::-1] & 1
    return CORRECTION_BAND.pack(center, shift) + np.packbits(np.append(unary, rest)).tobytes()


def _band_from_bytes(content: bytes, start: int, grid: tuple[int, int]) -> tuple[Gains, int]:
    count, begin = math.prod(grid), start + CORRECTION_BAND.size
    if len(content) < begin + count // 8:
        raise DamageError("its radiometric correction ends too early")
    center, shift = CORRECTION_BAND.unpack_from(content, start)
    if not (abs(center) <= MAX_CORRECTION_DB and shift <= MAX_CORRECTION_SHIFT):
        raise DamageError("its radiometric correction makes no sense")
    most = -(-count * _MOST_BITS // 8)  # what follows is of other bands
    bits = np.unpackbits(np.frombuffer(content[begin : begin + most], np.uint8))
    ends = np.flatnonzero(bits == 0)[:count]
    size = int(ends[-1]) + 1 + count * shift if len(ends) == count else bits.size + 1
    if size > bits.size:
        raise DamageError("its radiometric correction ends too early")
    rest = bits[size - count * shift : size].reshape(count, shift)
    codes = (np.diff(ends, prepend=-1) - 1 << shift) + rest @ (1 << np.arange(shift)[::-1])
    gains = center + CORRECTION_STEP_DB * np.where(codes % 2, -(codes + 1) // 2, codes // 2)
    if np.abs(gains).max() > MAX_CORRECTION_DB:
        raise DamageError("its radiometric correction makes no sense")
    return gains.reshape(grid), begin + -(-size // 8)
