"""What became of point targets: the brightest isolated scatterers of a scene, before and after.

A scatterer is isolated if it is the brightest pixel of the 33 × 33 around it, all of them valid, if outside of the
9 × 9 of its main lobe nothing comes within 10 dB of it, and if it stands 20 dB above the mean power there: clutter of
that level changes the peak by some tenths of a decibel (Gray, Vachon, Livingstone and Lukowski, IEEE Trans. Geoscience
and Remote Sensing 28(3), 1990).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from sargui.core.types import Window
from sargui.quality.overlap import Overlap
from sargui.quality.point_response import Response, response

MOST_TARGETS = 32
HALF = 16  # a chip reaches so many pixels to each side
CORE_HALF = 4  # and the main lobe so many
CONTRAST = 10.0  # peak over the brightest pixel outside of the main lobe
CLUTTER = 100.0  # peak over the mean outside of it
BATCH = 64  # candidates that are looked at together

Power = NDArray[np.floating]
Chip = NDArray[np.float32]
Kept = tuple[float, int, int, Chip, Chip]  # peak pixel, place with its sign turned (the first wins), both chips

_CLUTTER_PIXELS = np.ones((2 * HALF + 1, 2 * HALF + 1), bool)
_CLUTTER_PIXELS[HALF - CORE_HALF : HALF + CORE_HALF + 1, HALF - CORE_HALF : HALF + CORE_HALF + 1] = False


@dataclass(frozen=True, slots=True)
class PointTarget:
    """A scatterer by the pixel of its peak; the change is that of the interpolated peak, decoded over original."""

    row: int
    col: int
    peak_change_db: float
    original: Response
    decoded: Response


@dataclass(frozen=True, slots=True)
class PointTargets:
    """The brightest isolated scatterers, the brightest one first: means of their changes, medians of their shapes.

    All but the count is NaN without any. Widths are in pixels at half of the peak's power, side lobes in dB below it.
    """

    count: int
    peak_change_db: float  # with its sign
    peak_change_max_db: float  # the largest absolute one
    width_rows_original_px: float
    width_rows_decoded_px: float
    width_cols_original_px: float
    width_cols_decoded_px: float
    sidelobe_original_db: float
    sidelobe_decoded_db: float
    each: tuple[PointTarget, ...] = ()


class PointTargetSums:
    """Keeps the chips of the brightest isolated scatterers of windows that come row by row."""

    def __init__(self, most: int = MOST_TARGETS) -> None:
        self._most = most
        self._overlap = Overlap(2 * HALF)
        self._kept: list[Kept] = []  # a heap, the darkest one first

    def add(self, window: Window, original: Power, decoded: Power, valid: NDArray[np.bool_]) -> None:
        """Add a window: linear power ≥ 0 of both; what is not valid may hold anything."""
        clean = (np.where(valid, power, 0).astype(np.float32) for power in (original, decoded))
        before, after, good = self._overlap.join(window, *clean, valid)
        if min(good.shape) <= 2 * HALF:
            return
        top, left = window.row + window.rows - len(before), window.col + window.cols - before.shape[1]
        chips = [sliding_window_view(each, _CLUTTER_PIXELS.shape) for each in (before, after, good)]
        for rows, cols in _candidates(before[HALF:-HALF, HALF:-HALF]):
            peaks = before[rows + HALF, cols + HALF]
            if len(self._kept) == self._most and peaks[0] < self._kept[0][0]:
                return  # the candidates come in the order of their brightness
            isolated = _isolated(chips[0][rows, cols], peaks) & chips[2][rows, cols].all(axis=(1, 2))
            for row, col in zip(rows[isolated].tolist(), cols[isolated].tolist(), strict=True):
                place = -(top + row + HALF), -(left + col + HALF)
                self._keep((float(chips[0][row, col, HALF, HALF]), *place, chips[0][row, col], chips[1][row, col]))

    @property
    def targets(self) -> PointTargets:
        """What was found in all windows."""
        found = [_target(each) for each in sorted(self._kept, key=lambda kept: kept[:3], reverse=True)]
        changes = np.array([target.peak_change_db for target in found])
        return PointTargets(
            len(found),
            float(changes.mean()) if found else math.nan,
            float(np.abs(changes).max()) if found else math.nan,
            *_medians(found, lambda one: one.width_rows_px),
            *_medians(found, lambda one: one.width_cols_px),
            *_medians(found, lambda one: one.sidelobe_db),
            each=tuple(found),
        )

    def _keep(self, kept: Kept) -> None:
        kept = (*kept[:3], kept[3].copy(), kept[4].copy())
        if len(self._kept) < self._most:
            heapq.heappush(self._kept, kept)
        else:
            heapq.heappushpop(self._kept, kept)


def _candidates(power: Chip) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield rows and columns of what may be isolated, the brightest first, some at a time.

    Of each block of 16 × 16 that can only be its brightest pixel, and only if no more pixels than a main lobe has come
    near it: a chip holds the whole block.
    """
    rows, cols = power.shape
    padded = np.pad(power, ((0, -rows % HALF), (0, -cols % HALF)))
    down, across = padded.shape[0] // HALF, padded.shape[1] // HALF
    blocks = padded.reshape(down, HALF, across, HALF).swapaxes(1, 2).reshape(down, across, HALF * HALF)
    place = blocks.argmax(axis=2)
    peak = np.take_along_axis(blocks, place[..., None], axis=2)
    lobe = np.count_nonzero(blocks > peak / np.float32(CONTRAST), axis=2) <= (2 * CORE_HALF + 1) ** 2
    block_row, block_col = np.nonzero(lobe & (peak[..., 0] > 0))
    order = np.argsort(-peak[block_row, block_col, 0], kind="stable")
    block_row, block_col = block_row[order], block_col[order]
    inside = place[block_row, block_col]
    row, col = block_row * HALF + inside // HALF, block_col * HALF + inside % HALF
    for start in range(0, len(row), BATCH):
        yield row[start : start + BATCH], col[start : start + BATCH]


def _isolated(chips: Chip, peaks: Chip) -> NDArray[np.bool_]:
    """Return which chips, (count, 33, 33), hold an isolated scatterer in their middle."""
    flat = chips.reshape(len(chips), -1)
    alone = np.count_nonzero(flat >= peaks[:, None], axis=1) == 1
    around = flat[:, _CLUTTER_PIXELS.ravel()]
    return np.asarray(
        alone & (around.max(axis=1) * CONTRAST <= peaks) & (around.mean(axis=1, dtype=np.float64) * CLUTTER <= peaks)
    )


def _target(kept: Kept) -> PointTarget:
    _, row, col, before, after = kept
    original, decoded = response(before), response(after)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = 10 * np.log10(np.float64(max(decoded.peak, 0)) / original.peak)
    return PointTarget(-row, -col, float(change), original, decoded)


def _medians(targets: list[PointTarget], figure: Callable[[Response], float]) -> tuple[float, float]:
    """Return the median of a figure before and after, over the targets that have it in both."""
    pairs = np.array([(figure(target.original), figure(target.decoded)) for target in targets]).reshape(-1, 2)
    pairs = pairs[~np.isnan(pairs).any(axis=1)]
    if not len(pairs):
        return math.nan, math.nan
    before, after = np.median(pairs, axis=0)
    return float(before), float(after)
