"""Sums over pixels that numpy would need many passes for; compiled with numba, the interpreter lock is released."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sargui.codec.compiled import compiled


@compiled()
def local_means(
    x: NDArray[np.float32], valid: NDArray[np.bool_], around: int, means: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Fill `means` with the mean of the valid pixels up to `around` each way, x itself where there is none.

    All arrays are (rows, cols).
    """
    rows, cols = x.shape
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
    values: NDArray[np.float32],
    valid: NDArray[np.bool_],
    kinds: NDArray[np.uint8],
    side: int,
    sums: NDArray[np.float32],
) -> float:
    """Add the valid values of each class and their number to `sums`; return the sum of their squares.

    Args:
        values: (rows, cols).
        valid: which count.
        kinds: the class of each.
        side: of a cell, in pixels.
        sums: (2, cells down, cells across, classes): of values, and how many there are.
    """
    rows, cols = values.shape
    squares = 0.0
    for row in range(rows):
        down = row // side
        for left in range(0, cols, side):
            across = left // side
            for col in range(left, min(left + side, cols)):
                if valid[row, col]:
                    value, kind = values[row, col], kinds[row, col]
                    sums[0, down, across, kind] += value
                    sums[1, down, across, kind] += 1
                    squares += value * value
    return squares
