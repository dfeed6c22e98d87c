"""Structural similarity of two dB pictures: Wang et al., IEEE Trans. Image Processing 13(4), 2004.

The measure is not made for dB, which has no zero: both pictures are taken as a display of `range_db` about the
original's mean would show them, clipped at its ends and counted from its lower one.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d, minimum_filter

RANGE_DB = 40.0
SIDE = 11  # of the Gaussian window, in pixels
SIGMA = 1.5
K1, K2 = 0.01, 0.03

Picture = NDArray[np.floating]
T = TypeVar("T", bound=np.generic)


def ssim(
    original_db: Picture,
    decoded_db: Picture,
    valid: NDArray[np.bool_] | None = None,
    range_db: float = RANGE_DB,
) -> float:
    """Return the mean SSIM (at most 1) over all windows that lie inside and hold valid pixels alone.

    Args:
        original_db: dB values, shape (rows, cols), sides of at least 11.
        decoded_db: the same of the reconstruction.
        valid: which pixels count, (rows, cols); all if None. The others may be NaN.
        range_db: the dynamic range L of the paper, in dB.

    Raises:
        ValueError: no window holds valid pixels alone.
    """
    valid = np.ones(original_db.shape, bool) if valid is None else valid
    whole = _inside(minimum_filter(valid, SIDE))
    if not whole.any():
        raise ValueError("there is no window of 11 × 11 valid pixels")
    lowest = float(np.mean(original_db[valid], dtype=np.float64)) - range_db / 2
    x, y = (_displayed(picture, valid, lowest, range_db) for picture in (original_db, decoded_db))
    return float(_map(x, y, (K1 * range_db) ** 2, (K2 * range_db) ** 2)[whole].mean())


def _displayed(picture: Picture, valid: NDArray[np.bool_], lowest: float, range_db: float) -> NDArray[np.float64]:
    return np.where(valid, np.clip(picture.astype(np.float64) - lowest, 0, range_db), 0)


def _map(x: NDArray[np.float64], y: NDArray[np.float64], c1: float, c2: float) -> NDArray[np.float64]:
    """Return equation 13 of the paper at each place where the window fits."""
    mean_x, mean_y = _smooth(x), _smooth(y)
    variance_x, variance_y = _smooth(x * x) - mean_x**2, _smooth(y * y) - mean_y**2
    covariance = _smooth(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return np.asarray(luminance * (2 * covariance + c2) / (variance_x + variance_y + c2))


def _smooth(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Gaussian means of x over all windows that lie inside, (rows − 10, cols − 10)."""
    place = np.arange(SIDE) - SIDE // 2
    kernel = np.exp(-0.5 * (place / SIGMA) ** 2)
    kernel /= kernel.sum()
    return np.asarray(_inside(correlate1d(correlate1d(x, kernel, axis=0), kernel, axis=1)))


def _inside(x: NDArray[T]) -> NDArray[T]:
    reach = SIDE // 2
    return x[reach:-reach, reach:-reach]
