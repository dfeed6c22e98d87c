"""A smooth guess for pixels that hold no measurement, so that they neither cost bits nor bleed into their neighbors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def fill_void(x: NDArray[np.float32], void: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return x (rows, cols) with void pixels replaced by averages of valid ones around them; 0 if there are none.

    A pyramid of 2×2 averages of the valid pixels; a void pixel takes its value from the finest level that knows
    one (the "pull" and "push" of Gortler et al., The Lumigraph, SIGGRAPH 1996).
    """
    if not void.any():
        return x
    if void.all():
        return np.zeros_like(x)
    weight = (~void).astype(np.float32)
    known = x.copy()
    known[void] = 0
    return _pull_push(known, weight)


def _pull_push(total: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return total where weight is 1, and coarser averages where it is less; `total` is already weighted."""
    rows, cols = total.shape
    if weight.all() or max(rows, cols) == 1:
        return total
    count = _sum2(weight)
    known = np.minimum(count, np.float32(1)).astype(np.float32)
    mean: NDArray[np.float32] = (_sum2(total) / np.maximum(count, np.float32(1))).astype(np.float32)
    filled = _pull_push(mean, known)
    finer = filled.repeat(2, 0)[:rows].repeat(2, 1)[:, :cols]
    return np.where(weight > 0, total, finer)


def _sum2(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return sums of 2×2 pixels; an odd last row or column stands alone."""
    rows, cols = x.shape
    x = np.pad(x, ((0, rows % 2), (0, cols % 2)))
    return np.asarray(x[0::2, 0::2] + x[1::2, 0::2] + x[0::2, 1::2] + x[1::2, 1::2], dtype=np.float32)
