"""Structural similarity of two dB pictures: Wang et al., IEEE Trans. Image Processing 13(4), 2004.

The measure is not made for dB, which has no zero: both pictures are taken as a display of 40 dB would show them, the
level of the scene in its middle: clipped at its ends, and counted from its lower one.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter

from sargui.core.types import Window
from sargui.quality.overlap import Overlap

RANGE_DB = 40.0
SIDE = 11  # of the Gaussian window, in pixels
SIGMA = 1.5
K1, K2 = 0.01, 0.03
STRIP = 64  # rows that are compared together: they fit into the processor's cache
BLOCK = 32  # rows of a band matrix

Picture = NDArray[np.floating]
Mask = NDArray[np.bool_]


def ssim(original_db: Picture, decoded_db: Picture, valid: Mask | None = None, range_db: float = RANGE_DB) -> float:
    """Return the mean SSIM (at most 1) over all windows that lie inside and hold valid pixels alone.

    The middle of the display is the original's mean.

    Args:
        original_db: dB values, shape (rows, cols), sides of at least 11.
        decoded_db: the same of the reconstruction.
        valid: which pixels count, (rows, cols); all if None. The others may be NaN.
        range_db: the dynamic range L of the paper, in dB.

    Raises:
        ValueError: no window holds valid pixels alone.
    """
    valid = np.ones(original_db.shape, bool) if valid is None else valid
    middle = float(np.mean(original_db[valid], dtype=np.float64)) if valid.any() else 0.0
    sums = SsimSums(range_db)
    x, y = (displayed(picture.astype(np.float64), valid, middle, range_db) for picture in (original_db, decoded_db))
    sums.add(Window(0, 0, *valid.shape), x, y, valid)
    if not sums.count:
        raise ValueError("there is no window of 11 × 11 valid pixels")
    return sums.ssim


def displayed(db: Picture, valid: Mask, middle_db: float, range_db: float = RANGE_DB) -> Picture:
    """Return what a display shows, −range_db / 2 to range_db / 2; 0 where nothing is valid."""
    shown = np.clip(db - db.dtype.type(middle_db), -range_db / 2, range_db / 2)
    return shown if valid.all() else np.where(valid, shown, shown.dtype.type(0))


class SsimSums:
    """Running sums over the places where the Gaussian window lies inside and holds valid pixels alone."""

    def __init__(self, range_db: float = RANGE_DB) -> None:
        self._range_db = range_db
        self._overlap = Overlap(SIDE - 1)
        self.count = 0
        self._ssim = self._contrast = 0.0

    def add(self, window: Window, x: Picture, y: Picture, valid: Mask) -> None:
        """Add a window of what is `displayed` of both pictures; windows come row by row."""
        x, y, valid = self._overlap.join(window, x, y, valid)
        if min(valid.shape) < SIDE or not valid.any():
            return
        for row in range(0, len(valid) - SIDE + 1, STRIP):
            strip = np.s_[row : row + STRIP + SIDE - 1]
            self._add(x[strip], y[strip], valid[strip])

    @property
    def ssim(self) -> float:
        """Mean SSIM, equation 13 of the paper; NaN without a place."""
        return self._ssim / self.count if self.count else math.nan

    @property
    def contrast(self) -> float:
        """Mean of its factors of contrast and structure, SSIM without luminance; NaN without a place."""
        return self._contrast / self.count if self.count else math.nan

    def _add(self, x: Picture, y: Picture, valid: Mask) -> None:
        luminance, contrast = self._maps(x, y)
        similarity = luminance * contrast
        if not valid.all():
            whole = _inside(minimum_filter(valid, SIDE))
            similarity, contrast = similarity[whole], contrast[whole]
        self.count += contrast.size
        self._contrast += float(np.sum(contrast, dtype=np.float64))
        self._ssim += float(np.sum(similarity, dtype=np.float64))

    def _maps(self, x: Picture, y: Picture) -> tuple[Picture, Picture]:
        """Return the factors of SSIM, luminance apart, at each place where the window fits."""
        c1, c2 = (K1 * self._range_db) ** 2, (K2 * self._range_db) ** 2
        mean_x, mean_y = _smooth(x), _smooth(y)
        variances = _smooth(x * x + y * y) - mean_x * mean_x - mean_y * mean_y
        covariance = _smooth(x * y) - mean_x * mean_y
        level_x, level_y = mean_x + self._range_db / 2, mean_y + self._range_db / 2
        luminance = (2 * level_x * level_y + c1) / (level_x * level_x + level_y * level_y + c1)
        return luminance, (2 * covariance + c2) / (variances + c2)


def _smooth(x: Picture) -> Picture:
    """Return the Gaussian means of x over all windows that lie inside, (rows − 10, cols − 10)."""
    return _smooth_columns(_smooth_columns(x).T).T


def _smooth_columns(x: Picture) -> Picture:
    """Return the Gaussian means down the columns, (rows − 10, cols).

    Some rows at a time are the product with a band matrix; that is several times as fast as a convolution.
    """
    band = BANDS[x.dtype.char]
    rows = len(x) - SIDE + 1
    means = np.empty((rows, x.shape[1]), x.dtype)
    for row in range(0, rows, BLOCK):
        count = min(BLOCK, rows - row)
        needed = count + SIDE - 1
        np.matmul(band[:count, :needed], x[row : row + needed], out=means[row : row + count])
    return means


def _band_matrix() -> NDArray[np.float64]:
    """Return the Gaussian window at each of some rows, (32, 42)."""
    away = np.arange(BLOCK + SIDE - 1) - SIDE // 2 - np.arange(BLOCK)[:, None]
    band = np.where(np.abs(away) <= SIDE // 2, np.exp(-0.5 * (away / SIGMA) ** 2), 0)
    return np.asarray(band / band.sum(axis=1, keepdims=True))


def _inside(x: Mask) -> Mask:
    reach = SIDE // 2
    return x[reach:-reach, reach:-reach]


BANDS = {dtype: _band_matrix().astype(dtype) for dtype in "fd"}
