"""Sums over pixels that numpy would need many passes for; compiled with numba, the interpreter lock is released."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sargui.codec.compiled import compiled


@compiled()
def local_means(x: NDArray[np.float32], valid: NDArray[np.bool_], around: int) -> NDArray[np.float32]:
    """Return the mean of the valid pixels up to `around` each way, x itself where there is none; all (rows, cols)."""
    rows, cols = x.shape
    means = np.empty_like(x)
    sums, counts = np.zeros(cols, np.float64), np.zeros(cols, np.int64)
    for row in range(-around, rows):
        entering, leaving = row + around, row - around - 1
        if entering < rows:
            for col in range(cols):
                if valid[entering, col]:
                    sums[col] += x[entering, col]
                    counts[col] += 1
        if leaving >= 0:
            for col in range(cols):
                if valid[leaving, col]:
                    sums[col] -= x[leaving, col]
                    counts[col] -= 1
        if row < 0:
            continue
        total, count = sums[:around].sum(), counts[:around].sum()
        for col in range(cols):
            if col + around < cols:
                total += sums[col + around]
                count += counts[col + around]
            if col > around:
                total -= sums[col - around - 1]
                count -= counts[col - around - 1]
            means[row, col] = total / count if count else x[row, col]
    return means


@compiled()
def sums_by_class(
    values: NDArray[np.float32], valid: NDArray[np.bool_], kinds: NDArray[np.uint8], count: int, side: int
) -> NDArray[np.float32]:
    """Return sums over the valid pixels of each class in each cell: of their values, of the squares, and how many.

    Args:
        values: (rows, cols).
        valid: which count.
        kinds: the class of each, less than `count`.
        count: how many classes there are.
        side: of a cell, in pixels.

    Returns:
        (3, cells down, cells across, classes).
    """
    rows, cols = values.shape
    sums = np.zeros((3, (rows + side - 1) // side, (cols + side - 1) // side, count), np.float32)
    for row in range(rows):
        down = row // side
        for left in range(0, cols, side):
            across = left // side
            for col in range(left, min(left + side, cols)):
                if valid[row, col]:
                    value, kind = values[row, col], kinds[row, col]
                    sums[0, down, across, kind] += value
                    sums[1, down, across, kind] += value * value
                    sums[2, down, across, kind] += 1
    return sums
