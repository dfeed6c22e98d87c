"""What speckle must cost: the Gaussian rate–distortion function of an image's homogeneous ground.

Reverse water-filling (Cover and Thomas, Elements of Information Theory, 2006, ch. 10.3) on the spectrum of power in
dB, measured in the blocks of 32 × 32 pixels whose parts differ least, as where looks are counted. It bounds the true
function from above, since log-speckle is not Gaussian (white single-look: by about 0.13 bits), and it is of such ground
alone: structure costs more, dark smooth ground less.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.curves import Point
from sargui.quality.looks import HOMOGENEOUS, LEAST_BLOCKS, PART, SIDE

Floats = NDArray[np.float64]

STEP = SIDE // 2  # pixels between blocks
LEVELS = 60  # of the water


def speckle_spectrum(power: Floats, db: NDArray[np.floating], valid: NDArray[np.bool_]) -> Floats | None:
    """Return the spectral density of homogeneous ground, (32, 32), whose mean is the variance in dB².

    None if there are fewer than 16 blocks to choose from.
    """
    blocks = [_blocks(values) for values in (power, valid, db.astype(np.float64))]
    parts = (
        blocks[0].reshape(-1, SIDE // PART, PART, SIDE // PART, PART).sum(axis=(2, 4)).reshape(-1, (SIDE // PART) ** 2)
    )
    whole = blocks[1].all(axis=(1, 2)) & (parts.min(axis=1) > 0)
    if np.count_nonzero(whole) < LEAST_BLOCKS:
        return None
    parts, chosen = parts[whole], blocks[2][whole]
    unrest = parts.std(axis=1) / parts.mean(axis=1)
    count = max(LEAST_BLOCKS, int(HOMOGENEOUS * len(chosen)))
    calm = chosen[np.argsort(unrest, kind="stable")[:count]]
    taper = np.outer(np.hanning(SIDE + 1)[:-1], np.hanning(SIDE + 1)[:-1])  # or the low frequencies leak into the high
    mean = (calm * taper).sum(axis=(1, 2), keepdims=True) / taper.sum()
    energy = np.abs(np.fft.fft2((calm - mean) * taper)) ** 2 / (taper**2).sum()
    return np.asarray(energy.mean(axis=0))


def rate_distortion(spectrum: Floats) -> list[Point]:
    """Return points (bits per pixel, rms error) of a Gaussian source with this spectral density, the coarsest first."""
    highest = float(spectrum.max())
    points = []
    for water in highest * np.geomspace(1, 1e-5, LEVELS)[1:]:
        rate = np.maximum(0.5 * np.log2(np.maximum(spectrum, water) / water), 0).mean()
        points.append((float(rate), float(np.sqrt(np.minimum(spectrum, water).mean()))))
    return points


def rate_at(points: list[Point], error_db: float) -> float:
    """Return the rate at an error, 0 from the deviation of the source on; NaN below the finest point."""
    rates, errors = np.array(points[::-1]).T
    return float(np.interp(error_db, errors, rates, left=np.nan, right=0.0))


def _blocks(values: NDArray[Any]) -> NDArray[Any]:
    """Return all blocks of 32 × 32 pixels, every 16 pixels, (count, 32, 32)."""
    if min(values.shape) < SIDE:
        return np.zeros((0, SIDE, SIDE), values.dtype)
    windows = np.lib.stride_tricks.sliding_window_view(values, (SIDE, SIDE))[::STEP, ::STEP]
    return windows.reshape(-1, SIDE, SIDE)
