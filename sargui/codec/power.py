"""Radiometric correction: what is added to decoded pixels so that their mean power becomes that of the original.

A codec that keeps means of log intensity loses mean power, for the mean of a logarithm lies below the logarithm of the
mean (Oliver and Quegan, Understanding SAR Images, 2004, ch. 4), and most of it where pixels stand out from what is
around them. So what a cell of 64 × 64 pixels lacks is given to each of its pixels in proportion to its power times its
contrast: power becomes power · (1 + contrast · excess). One excess for each cell does; it is interpolated bilinearly
between the centers of cells. All of that is smooth, and linear in the excess, so that a few sums say what any would
make of a cell. Files hold each excess as a gain, 10 · log10(1 + excess) dB: what a pixel without contrast gets.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from sargui.codec.pixel_loops import local_means
from sargui.core.tiling import GAIN_SIDE as SIDE
from sargui.core.types import Window

AROUND = 8  # pixels to each side of one among which its contrast is taken
MOST_CONTRAST = 8.0
LEAST_FACTOR = 1 / 16  # that a gain, a contrast and no more than those of a damaged file can make of a pixel's power
SWEEPS = 1  # after the first guess
REACH = SWEEPS + 1  # cells around a pixel on which its gain depends
GAINS_DB = (-0.4, 10.0)  # least and most; less would leave nothing of pixels of high contrast
CLASSES = 2.0 ** np.arange(-2.5, 3.25, 0.5)  # of contrast, for sums over pixels that are alike

Floats = NDArray[np.float64]


def contrast(x: NDArray[np.float32], valid: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the amplitude of each pixel, over the geometric mean of those around it, (rows, cols), at most 8.

    `x` is network output, in units of 10 dB; pixels that are not valid do not count. Right for pixels with all that is
    `AROUND` them in the picture, or with nothing beyond.
    """
    means = local_means(x, valid, AROUND)
    octaves = np.minimum((x - means) * np.float32(0.5 / np.log10(2)), np.float32(np.log2(MOST_CONTRAST)))
    return np.asarray(np.exp2(octaves), np.float32)


def node_sums(power: NDArray[np.floating]) -> Floats:
    """Return, for each cell, how much of its power each of the 3 × 3 excesses in and around it multiplies.

    `power` is linear, (rows, cols), 0 where nothing is measured; it begins with a cell. The result, (cells down,
    cells across, 3, 3), sums to the power of the cell.
    """
    rows, cols = power.shape
    padded = np.pad(power.astype(np.float32), ((0, -rows % SIDE), (0, -cols % SIDE)))
    # Products are torch's: numpy's own threads, once woken, spin for a while where another stage of a job computes.
    shares = torch.from_numpy(_SHARES)
    upright = shares.T @ torch.from_numpy(padded).reshape(-1, SIDE, padded.shape[1])
    nodes = upright.reshape(len(upright), 3, -1, SIDE) @ shares
    return np.asarray(nodes.transpose(1, 2).numpy(), np.float64)


def gains_db(lacking: Floats, reached: Floats) -> Floats:
    """Return the gain of each cell in dB, (cells down, cells across).

    Args:
        lacking: power that each cell of the original has more than what was decoded, (cells down, cells across).
        reached: of what was decoded, the `node_sums` of power times contrast.
    """
    total = reached.sum(axis=(2, 3))
    least, most = (10 ** (limit / 10) - 1 for limit in GAINS_DB)
    own = np.maximum(reached[:, :, 1, 1], total / 4)

    def share(power: Floats, of: Floats) -> Floats:
        return np.asarray(np.divide(power, of, out=np.zeros_like(total), where=total > 0))

    excess = share(lacking, total).clip(least, most)
    for _ in range(SWEEPS):
        given = (reached * _around(excess)).sum(axis=(2, 3))
        excess = (excess + share(lacking - given, own)).clip(least, most)
    return np.asarray(10 * np.log10(1 + excess))


def correction(gains: NDArray[np.floating], window: Window, contrasts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what gains, in dB, add to the network output (in units of 10 dB) of a window of their picture."""
    (first_row, down), (first_col, across) = (
        _weights(start, length, count)
        for start, length, count in zip((window.row, window.col), window.shape, gains.shape, strict=True)
    )
    near = gains[first_row : first_row + down.shape[1], first_col : first_col + across.shape[1]]
    rows, excess, cols = map(torch.from_numpy, (down, _excess(near).astype(np.float32), across))
    return _added((rows @ excess @ cols.T).numpy(), contrasts)


def classes(contrasts: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the number of the class of each contrast."""
    nearest = np.rint(np.log2(np.maximum(contrasts, np.float32(CLASSES[0]))) * 2) - round(np.log2(CLASSES[0]) * 2)
    return np.asarray(np.minimum(nearest, len(CLASSES) - 1), np.uint8)


def added_by_class(gains: Floats) -> NDArray[np.float32]:
    """Return about what gains add, in the mean over each cell, to pixels of each class of contrast.

    In units of 10 dB, (cells down, cells across, classes).
    """
    share = _SHARES.mean(axis=0, dtype=np.float64)
    means = np.einsum("ikmn,m,n->ik", _around(_excess(gains)), share, share)
    return _added(means[:, :, None].astype(np.float32), CLASSES.astype(np.float32))


def _excess(gains: NDArray[np.floating]) -> Floats:
    return np.asarray(10 ** (gains.astype(np.float64) / 10) - 1)


def _added(excess: NDArray[np.float32], contrasts: NDArray[np.float32]) -> NDArray[np.float32]:
    factors = np.maximum(1 + contrasts * excess, np.float32(LEAST_FACTOR))
    return np.asarray(np.log10(factors), np.float32)


def _around(cells: Floats) -> Floats:
    """Return each cell with those around it, (cells down, cells across, 3, 3); the outermost ones continue."""
    return np.lib.stride_tricks.sliding_window_view(np.pad(cells, 1, mode="edge"), (3, 3))


def _shares() -> NDArray[np.float32]:
    """Return the weight of the cells before, of, and after a cell at each of its 64 pixels, (64, 3)."""
    place = (np.arange(SIDE) + 0.5) / SIDE - 0.5
    after = np.maximum(place, 0)
    before = np.maximum(-place, 0)
    return np.stack([before, 1 - before - after, after], axis=1).astype(np.float32)


_SHARES = _shares()


def _weights(start: int, length: int, count: int) -> tuple[int, NDArray[np.float32]]:
    """Return the first cell that pixels along an axis need, and the weights of it and those after it."""
    pixels = np.arange(start, start + length)
    cell, place = pixels // SIDE, pixels % SIDE
    nodes = np.clip(cell[:, None] + np.array([-1, 0, 1]), 0, count - 1)
    first = int(nodes.min())
    weights = np.zeros((length, int(nodes.max()) - first + 1), np.float32)
    np.add.at(weights, (np.arange(length)[:, None], nodes - first), _SHARES[place])
    return first, weights
