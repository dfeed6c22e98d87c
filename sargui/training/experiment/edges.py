"""Does attention look at edges? Correlations of gates with the edge strength of the picture below them.

Edge strength is the gradient of the smoothed dB picture. In dB speckle is additive and equally strong everywhere, so
what stands out of the smoothed gradient is structure: borders, ridges, buildings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.stats import pearsonr, rankdata
from scipy.stats import t as student

Array = NDArray[np.floating]

SMOOTHING_PX = 2.0  # standard deviation of the Gaussian before the gradient
STRONGEST_SHARE = 0.1  # of the positions of a patch are its edges
SIGNIFICANCE = 0.05  # one-sided: this share of channels looks positive by chance


def edge_strength(x_db: Array, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return the gradient's magnitude, in dB per pixel, averaged to `shape` (rows, cols).

    Args:
        x_db: dB values (rows, cols), each side a multiple of that of `shape`.
        shape: the positions of an attention map over the same area.
    """
    rows, cols = np.gradient(gaussian_filter(x_db.astype(np.float64), SMOOTHING_PX, mode="reflect"))
    strength = np.hypot(rows, cols)
    tall, wide = x_db.shape[0] // shape[0], x_db.shape[1] // shape[1]
    return np.asarray(strength.reshape(shape[0], tall, shape[1], wide).mean(axis=(1, 3)))


def correlation(first: Array, second: Array) -> float | None:
    """Return Pearson's correlation of two arrays of one shape; None if one of them is constant."""
    if first.size < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(pearsonr(first.ravel().astype(np.float64), second.ravel().astype(np.float64)).statistic)


def rank_correlation(first: Array, second: Array) -> float | None:
    """Return Spearman's correlation of two arrays of one shape; None if one of them is constant."""
    return correlation(rankdata(first), rankdata(second))


def edge_response(features: Array, edges: Array) -> NDArray[np.float64]:
    """Return, for each channel, mean |feature| on the strongest edges of a patch minus the mean elsewhere.

    Args:
        features: (channels, rows, cols), what goes into the attention.
        edges: (rows, cols), the edge strength of the same positions.
    """
    count = max(1, round(STRONGEST_SHARE * edges.size))
    order = np.argsort(edges, axis=None)
    magnitude = np.abs(features.reshape(len(features), -1).astype(np.float64))
    return np.asarray(magnitude[:, order[-count:]].mean(1) - magnitude[:, order[:-count]].mean(1))


def channel_correlations(gates: Array, responses: Array) -> tuple[float, float]:
    """Return the mean over channels of the correlation of gate and response, and the share significantly positive.

    Both are (patches, channels), at least 3 patches. The test of each channel is one-sided, by Student's t with
    `SIGNIFICANCE`; a channel whose gate is constant has correlation 0.
    """
    found = [correlation(gate, response) or 0.0 for gate, response in zip(gates.T, responses.T, strict=True)]
    r = np.clip(np.array(found), -1 + 1e-12, 1 - 1e-12)
    freedom = len(gates) - 2
    p = student.sf(r * np.sqrt(freedom / (1 - r**2)), freedom)
    return float(r.mean()), float(np.mean(p < SIGNIFICANCE))
