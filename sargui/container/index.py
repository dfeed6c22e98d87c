"""The index: where each tile's record starts and how long its payload is, as two compressed columns."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from sargui.container.checked import DamageError, inflated
from sargui.container.layout import INDEX_ENTRY_BYTES, INDEX_GAP, INDEX_LENGTH, MAX_PAYLOAD_BYTES, RECORD

_WHAT = "its index"
_SLACK = 1024  # zlib never expands by more than this plus a thousandth


def index_to_bytes(offsets: NDArray[np.int64], lengths: NDArray[np.int64], start: int) -> bytes:
    """Return the index of tiles in canonical order.

    Args:
        offsets: of the records.
        lengths: of the payloads.
        start: where the first record of the file begins.
    """
    ends = np.concatenate([[start], (offsets + RECORD.size + lengths)[:-1]])
    gaps = offsets - ends  # all zero, and compressed to nothing, if the tiles came in canonical order
    return zlib.compress(gaps.astype(INDEX_GAP).tobytes() + lengths.astype(INDEX_LENGTH).tobytes(), 9)


def max_index_bytes(count: int) -> int:
    """Return the largest size of an index of `count` tiles."""
    raw = count * INDEX_ENTRY_BYTES
    return raw + raw // 1000 + _SLACK


def index_from_bytes(
    data: bytes, count: int, start: int, stop: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return offsets and lengths of `count` tiles whose records begin at `start`, and where the last record ends.

    Raises:
        DamageError: the index has another count, or its records do not lie side by side from `start`, or pass `stop`.
    """
    if count * RECORD.size > stop - start:  # also bounds what follows by the size of the file
        raise DamageError("it is too short for its tiles")
    content = inflated(data, count * INDEX_ENTRY_BYTES, _WHAT)
    if len(content) != count * INDEX_ENTRY_BYTES:
        raise DamageError("its index does not fit its tiles")
    gaps = np.frombuffer(content, INDEX_GAP, count).astype(np.int64)
    lengths = np.frombuffer(content, INDEX_LENGTH, count, gaps.nbytes).astype(np.int64)
    if int(lengths.max()) > MAX_PAYLOAD_BYTES:
        raise DamageError("a tile is too large")
    sizes = lengths + RECORD.size
    offsets = start + np.cumsum(gaps) + np.cumsum(sizes) - sizes  # may wrap around; the next check sees it
    order = np.argsort(offsets)
    sides = start + np.concatenate([[0], np.cumsum(sizes[order])])
    if not np.array_equal(offsets[order], sides[:-1]) or int(sides[-1]) > stop:
        raise DamageError("its tiles are not where its index says")
    return offsets, lengths, int(sides[-1])
