"""The comparison of one band, gathered window by window: its errors, and its details if they are wanted."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sargui.core import radiometry
from sargui.core.tiling import TILE, parts, place_in
from sargui.core.types import Pixels, Radiometry, Void, Window
from sargui.engine.detail_sums import DetailSums, Patch
from sargui.engine.planes import Tally
from sargui.engine.quality_report import BandQuality
from sargui.quality.bias import BiasSums
from sargui.quality.distortion import Distortion

BRIGHTEST = 10.0 ** (radiometry.BRIGHTEST_DB / 10)  # as power


class ExactSums:
    """What is found of a band that is kept bit for bit."""

    def __init__(self) -> None:
        self.tiles: list[tuple[int, int, float]] = []  # never any
        self._differing = 0

    def add(self, window: Window, original: Pixels, decoded: Pixels) -> None:
        """Compare the pixels of a window: all differ, if their types do."""
        if original.values.dtype != decoded.values.dtype:
            self._differing += original.values.size
            return
        word = f"u{original.values.itemsize}"
        bits = [np.ascontiguousarray(pixels.values).view(word) for pixels in (original, decoded)]
        self._differing += int(np.count_nonzero(bits[0] != bits[1]))

    @property
    def quality(self) -> BandQuality:
        """What all windows come to."""
        return BandQuality(0.0, 0.0, 0.0, math.inf, 0, 0, exact_mismatches=self._differing)


class BandSums:
    """What is found of a band of measurements."""

    def __init__(self, scale: Radiometry, details: DetailSums | None) -> None:
        self._scale, self._details = scale, details
        self._errors, self._bias, self._tally, self._mismatches = Distortion(), BiasSums(), Tally(), 0
        self.tiles: list[tuple[int, int, float]] = []  # row and column of the first pixel, rms error in dB

    def add(self, window: Window, original: Pixels, decoded: Pixels) -> None:
        """Compare the pixels of a window; windows come row by row."""
        scale, both_pixels = self._scale, (original, decoded)
        valid, decoded_valid = (radiometry.void_of(pixels, scale) == Void.VALID for pixels in both_pixels)
        self._mismatches += int(np.count_nonzero(valid != decoded_valid))
        self._tally.add(original.values, valid, scale.kind)
        both = valid & decoded_valid
        before_db, after_db = (_db(pixels, scale, both) for pixels in both_pixels)
        before, after = (_power(pixels, scale, both) for pixels in both_pixels)
        self._errors.add(before_db, after_db, both)
        self._bias.add(window, before, after, both)
        self.tiles += [
            (window.row + row, window.col + col, rmse_db) for row, col, rmse_db in _tiles(after_db - before_db, both)
        ]
        if self._details is not None:
            before, after = np.clip(before, 0, BRIGHTEST), np.clip(after, 0, BRIGHTEST)
            self._details.add(Patch(window, before, after, before_db, after_db, both))

    @property
    def quality(self) -> BandQuality:
        """What all windows come to."""
        errors = self._errors
        return BandQuality(
            rmse_db=errors.rmse,
            bias_db=self._bias.bias_db if errors.count else 0.0,
            max_error_db=errors.largest,
            psnr_db=errors.psnr_db,
            valid_pixels=errors.count,
            void_mismatches=self._mismatches,
            unkept_pixels=self._tally.negative + self._tally.out_of_range,
            details=self._details.details(self._bias.cells) if self._details is not None else None,
        )


def _db(pixels: Pixels, scale: Radiometry, valid: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return dB of power + floor; 0 for what is not valid, which may be no number."""
    db = radiometry.to_db(radiometry.to_network(pixels.values, scale), scale)
    return db if valid.all() else np.where(valid, db, np.float32(0))


def _power(pixels: Pixels, scale: Radiometry, valid: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return power with its sign; 0 for what is not valid."""
    power = radiometry.true_power(pixels.values, scale.kind)
    return power if valid.all() else np.where(valid, power, 0)


def _tiles(error_db: NDArray[np.float32], valid: NDArray[np.bool_]) -> Iterator[tuple[int, int, float]]:
    """Yield row, column and rms error in dB of each coding tile in a network window; of valid pixels alone."""
    whole = Window(0, 0, *error_db.shape)
    for tile in parts(whole, TILE):
        place = place_in(tile, whole)
        count = int(np.count_nonzero(valid[place]))
        if count:
            squares = float(np.square(error_db[place]).sum(dtype=np.float64))  # 0 where nothing is valid
            yield tile.row, tile.col, math.sqrt(squares / count)
