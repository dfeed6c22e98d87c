"""What compression did: an original against a container or any raster of the same size, in one pass over windows."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from threading import Event

import numpy as np
from numpy.typing import NDArray

from sargui.core import radiometry
from sargui.core.errors import MismatchError
from sargui.core.tiling import TILE, windows
from sargui.core.types import Kind, Pixels, Progress, Radiometry, RasterSource, Report, TileError, Void, Window
from sargui.engine.decoded import DecodedSource
from sargui.engine.encoding import NETWORK_WINDOW
from sargui.engine.planes import Tally, measured_kind, sample_radiometry
from sargui.engine.requests import BandQuality, Evaluate, QualityReport
from sargui.engine.sources import open_source
from sargui.engine.stages import stop_if
from sargui.quality.distortion import Distortion

WORST_TILES = 50


def evaluate(request: Evaluate, report: Report, cancel: Event) -> QualityReport:
    """Return the quality of a reconstruction, as its pixels are after rounding to the raster's type.

    Raises:
        MismatchError: the two are not of the same shape.
    """
    with (
        open_source(request.compressed, None, request.device) as decoded,
        open_source(request.original, measured_kind(decoded.info), request.device, detect=True) as original,
    ):
        return compare(original, decoded, report, cancel)


def compare(original: RasterSource, decoded: RasterSource, report: Report, cancel: Event) -> QualityReport:
    """Return the quality of each band of `decoded`.

    Raises:
        MismatchError: the two are not of the same shape, or hold other bands for measurements.
    """
    sizes = [f"{s.info.rows} × {s.info.cols} × {len(s.info.bands)}" for s in (original, decoded)]
    if sizes[0] != sizes[1]:
        raise MismatchError(f"The two rasters differ in size: {sizes[0]} and {sizes[1]} (rows × columns × bands).")
    kept = [[band.kind is Kind.EXACT for band in source.info.bands] for source in (original, decoded)]
    if kept[0] != kept[1]:
        raise MismatchError("The two rasters differ in which of their bands hold measurements and which alpha.")
    places = [(band, window) for band in range(len(original.info.bands)) for window in _windows(original)]
    scales = [None if exact else _radiometry(original, decoded, band) for band, exact in enumerate(kept[0])]
    bands = [_BandSums(scale) for scale in scales]
    for done, (band, window) in enumerate(places, start=1):
        stop_if(cancel)
        bands[band].add(window, original.read(band, window), decoded.read(band, window))
        report(Progress(done, len(places), "measuring"))
    tiles = [TileError(number, *tile) for number, band in enumerate(bands) for tile in band.tiles]
    worst = heapq.nlargest(WORST_TILES, tiles, key=lambda tile: tile.rmse_db)
    return QualityReport(tuple(band.quality for band in bands), tuple(worst))


class _BandSums:
    """What is found of one band, window by window; `scale` is None for an exact one."""

    def __init__(self, scale: Radiometry | None) -> None:
        self._scale = scale
        self._total, self._tally, self._differing = Distortion(), Tally(), 0
        self._power_original = self._power_decoded = 0.0
        self.tiles: list[tuple[int, int, float]] = []  # row and column of the first pixel, rms error in dB

    def add(self, window: Window, original: Pixels, decoded: Pixels) -> None:
        """Compare the pixels of a window."""
        scale = self._scale
        if scale is None:
            self._differing += _differing(original, decoded)
            return
        valid, decoded_valid = (radiometry.void_of(pixels, scale) == Void.VALID for pixels in (original, decoded))
        original_db, decoded_db = _db(original, scale), _db(decoded, scale)
        self._total.add(original_db, decoded_db, valid, decoded_valid)
        self._tally.add(original.values, valid, scale.kind)
        both = valid & decoded_valid
        error_db = np.where(both, decoded_db - original_db, np.float32(np.nan))
        self.tiles += [(window.row + row, window.col + col, rmse_db) for row, col, rmse_db in _tiles(error_db)]
        self._power_original += float(radiometry.true_power(original.values[both], scale.kind).sum())
        self._power_decoded += float(radiometry.true_power(decoded.values[both], scale.kind).sum())

    @property
    def quality(self) -> BandQuality:
        """What all windows come to."""
        total = self._total
        return BandQuality(
            rmse_db=total.rmse_db,
            bias_db=self._bias_db,
            max_error_db=total.largest,
            psnr_db=total.psnr_db,
            valid_pixels=total.count,
            void_mismatches=total.void_mismatches,
            exact_mismatches=self._differing if self._scale is None else None,
            unkept_pixels=self._tally.negative + self._tally.out_of_range,
        )

    @property
    def _bias_db(self) -> float:
        """Mean decoded power over mean original power, in dB; 0 if there was nothing to compare."""
        if not self._total.count:
            return 0.0
        before, after = self._power_original, self._power_decoded
        return 10 * math.log10(after / before) if before > 0 and after > 0 else math.nan


def _windows(source: RasterSource) -> list[Window]:
    return list(windows(*source.info.shape, NETWORK_WINDOW))


def _radiometry(original: RasterSource, decoded: RasterSource, band: int) -> Radiometry:
    """Return the scale on which both are compared: the container's own, or the original's."""
    if isinstance(decoded, DecodedSource):
        return decoded.reader.header.bands[band].radiometry
    return sample_radiometry(original, band, original.info.bands[band].kind)


def _db(pixels: Pixels, scale: Radiometry) -> NDArray[np.float32]:
    return radiometry.to_db(radiometry.to_network(pixels.values, scale), scale)


def _tiles(error_db: NDArray[np.float32]) -> Iterator[tuple[int, int, float]]:
    """Yield row, column and rms error in dB of each coding tile in a network window; NaN is left out."""
    rows, cols = error_db.shape
    for tile in windows(rows, cols, TILE):
        part = error_db[tile.row : tile.row + tile.rows, tile.col : tile.col + tile.cols]
        error = part[np.isfinite(part)].astype(np.float64)
        if error.size:
            yield tile.row, tile.col, math.sqrt(float(np.mean(error**2)))


def _differing(first: Pixels, second: Pixels) -> int:
    """Return how many pixels of an exact band differ in a bit; all, if their types do."""
    if first.values.dtype != second.values.dtype:
        return first.values.size
    word = f"u{first.values.itemsize}"
    bits = [np.ascontiguousarray(pixels.values).view(word) for pixels in (first, second)]
    return int(np.count_nonzero(bits[0] != bits[1]))
