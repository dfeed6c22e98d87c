"""What compression did: an original against a container or any raster of the same size, in one pass over windows."""

from __future__ import annotations

from threading import Event

import numpy as np
from numpy.typing import NDArray

from sargui.core import radiometry
from sargui.core.errors import MismatchError
from sargui.core.tiling import windows
from sargui.core.types import Kind, Pixels, Progress, Radiometry, RasterSource, Report, Void, Window
from sargui.engine.decoded import DecodedSource
from sargui.engine.encoding import NETWORK_WINDOW
from sargui.engine.planes import measured_kind, sample_radiometry
from sargui.engine.requests import BandQuality, Evaluate, QualityReport
from sargui.engine.sources import open_source
from sargui.engine.stages import stop_if
from sargui.quality.distortion import Distortion


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
    sums = [Distortion() for _ in original.info.bands]
    differing = [0 for _ in original.info.bands]
    scales = [None if exact else _radiometry(original, decoded, band) for band, exact in enumerate(kept[0])]
    for done, (band, window) in enumerate(places, start=1):
        stop_if(cancel)
        scale = scales[band]
        if scale is None:
            differing[band] += _differing(original.read(band, window), decoded.read(band, window))
        else:
            first, valid = _db(original, band, window, scale)
            second, decoded_valid = _db(decoded, band, window, scale)
            sums[band].add(first, second, valid, decoded_valid)
        report(Progress(done, len(places), "measuring"))
    mismatches = [count if exact else None for count, exact in zip(differing, kept[0], strict=True)]
    return QualityReport(tuple(map(_quality, sums, mismatches)))


def _windows(source: RasterSource) -> list[Window]:
    return list(windows(*source.info.shape, NETWORK_WINDOW))


def _radiometry(original: RasterSource, decoded: RasterSource, band: int) -> Radiometry:
    """Return the scale on which both are compared: the container's own, or the original's."""
    if isinstance(decoded, DecodedSource):
        return decoded.reader.header.bands[band].radiometry
    return sample_radiometry(original, band, original.info.bands[band].kind)


def _db(
    source: RasterSource, band: int, window: Window, scale: Radiometry
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    pixels = source.read(band, window)
    db = radiometry.to_db(radiometry.to_network(pixels.values, scale), scale)
    return db, radiometry.void_of(pixels, scale) == Void.VALID


def _differing(first: Pixels, second: Pixels) -> int:
    """Return how many pixels of an exact band differ in a bit; all, if their types do."""
    if first.values.dtype != second.values.dtype:
        return first.values.size
    word = f"u{first.values.itemsize}"
    bits = [np.ascontiguousarray(pixels.values).view(word) for pixels in (first, second)]
    return int(np.count_nonzero(bits[0] != bits[1]))


def _quality(total: Distortion, exact_mismatches: int | None) -> BandQuality:
    return BandQuality(
        rmse_db=total.rmse_db,
        bias_db=total.bias_db,
        max_error_db=total.largest,
        psnr_db=total.psnr_db,
        valid_pixels=total.count,
        void_mismatches=total.void_mismatches,
        exact_mismatches=exact_mismatches,
    )
