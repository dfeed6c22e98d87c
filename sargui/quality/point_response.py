"""The response of a point target: its peak, how wide it is, and how high its side lobes are.

As in the calibration of SAR systems (Freeman, SAR Calibration: An Overview, IEEE Trans. Geoscience and Remote Sensing
30(6), 1992; the point target analyses of ESA's missions): the chip around the target is oversampled without a change to
its spectrum, the peak is found between the pixels, widths and side lobes are read off the two cuts through it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OVERSAMPLING = 16
REACH = 3  # pixels from the middle of the chip within which the peak is looked for
LOWEST_DB = -60.0  # side lobes below it are called so: an interpolated cut may fall to 0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Response:
    """Peak power, widths at half of it in pixels down a column and along a row, and the peak-to-sidelobe ratio in dB.

    The ratio is that of the higher side lobe of the two cuts to the peak, below 0; NaN where a cut has none, as a main
    lobe that fills the chip. Widths are NaN where the response does not fall to a half on both sides.
    """

    peak: float
    width_rows_px: float
    width_cols_px: float
    sidelobe_db: float


def response(chip: NDArray[np.floating]) -> Response:
    """Return the response of the target in the middle of a chip of linear power, square, of an odd side."""
    power = chip.astype(np.float64)
    side = len(power)
    near = side // 2 + np.arange(-REACH * OVERSAMPLING, REACH * OVERSAMPLING + 1) / OVERSAMPLING
    weights = _weights(near, side)
    fine = weights @ power @ weights.T
    row, col = np.unravel_index(int(np.argmax(fine)), fine.shape)
    along = np.arange((side - 1) * OVERSAMPLING + 1) / OVERSAMPLING
    cuts = _weights(along, side) @ power @ weights[col], weights[row] @ power @ _weights(along, side).T
    starts = [round(float(near[at]) * OVERSAMPLING) for at in (row, col)]
    width_rows_px, width_cols_px = (_width(cut, at) / OVERSAMPLING for cut, at in zip(cuts, starts, strict=True))
    peak = float(fine[row, col])
    return Response(peak, width_rows_px, width_cols_px, _sidelobe_db(cuts, starts, peak))


def _weights(places: Floats, side: int) -> Floats:
    """Return how `side` samples add up to the values at places between them, (places, side).

    It is what zeros appended to the spectrum do: Dirichlet's kernel of an odd number of samples.
    """
    away = places[:, None] - np.arange(side)
    return np.asarray(np.sinc(away) / np.sinc(away / side))


def _width(cut: Floats, start: int) -> float:
    """Return the width in samples at half the height of the peak at `start`."""
    return _fall(cut[start:]) + _fall(cut[start::-1])


def _fall(slope: Floats) -> float:
    """Return where a slope has first fallen to half of its first value, between the samples."""
    below = np.flatnonzero(slope <= slope[0] / 2)
    if not below.size or slope[0] <= 0:
        return float("nan")
    after = int(below[0])
    high, low = slope[after - 1], slope[after]
    return float(after - 1 + (high - slope[0] / 2) / (high - low))


def _sidelobe_db(cuts: Sequence[Floats], starts: Sequence[int], peak: float) -> float:
    """Return the highest value of all cuts beyond the first minima beside the peak, in dB below it; NaN if none is."""
    lobes = []
    for cut, start in zip(cuts, starts, strict=True):
        for slope in (cut[start:], cut[start::-1]):
            rises = np.flatnonzero(np.diff(slope) > 0)
            lobes += [float(slope[rises[0] :].max())] if rises.size else []
    if not lobes or peak <= 0:
        return math.nan
    return max(10 * math.log10(max(max(lobes) / peak, 1e-30)), LOWEST_DB)
