"""A small picture of a large raster: mean power over blocks, in dB."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sargui.core.radiometry import power
from sargui.core.types import RasterSource, Void, Window

ROWS_PER_BLOCK = 8  # read of each block; of a full Sentinel-1 scene at 512 px that is 8 rows in 51, some 400 pixels


def mean_power_db(source: RasterSource, band: int, max_side: int) -> NDArray[np.float32]:
    """Return the mean power of blocks in dB; (rows, cols) ≤ max_side with the raster's aspect, never enlarged.

    Power is averaged, not dB, over the valid pixels; NaN where there are none or their mean is 0. Of a block higher
    than 8 pixels only its 8 middle rows are read, at full width: the same ones every time. Memory is 8 rows.
    """
    rows, cols = source.info.shape
    shrink = min(1.0, max_side / max(rows, cols))
    row_edges = _edges(rows, max(1, round(rows * shrink)))
    starts = _edges(cols, max(1, round(cols * shrink)))[:-1]
    kind = source.info.bands[band].kind
    mean = np.empty((row_edges.size - 1, starts.size))
    with np.errstate(all="ignore"):  # powers of void pixels; blocks without a valid one
        for block, (first, stop) in enumerate(pairwise(row_edges.tolist())):
            height = min(stop - first, ROWS_PER_BLOCK)
            pixels = source.read(band, Window(first + (stop - first - height) // 2, 0, height, cols))
            valid = pixels.void == Void.VALID
            column = np.where(valid, power(pixels.values, kind), np.float32(0)).sum(axis=0, dtype=np.float64)
            mean[block] = np.add.reduceat(column, starts) / np.add.reduceat(valid.sum(axis=0), starts)
        mean[~(np.isfinite(mean) & (mean > 0))] = np.nan
        return np.asarray(10.0 * np.log10(mean), dtype=np.float32)


def _edges(length: int, blocks: int) -> NDArray[np.intp]:
    """Return the borders of nearly equal blocks."""
    return np.arange(blocks + 1) * length // blocks
