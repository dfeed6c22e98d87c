"""What compression did: an original against a container or any raster of the same size, in one pass over windows."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from contextlib import closing
from threading import Event

from sargui.core.errors import MismatchError
from sargui.core.tiling import windows
from sargui.core.types import Kind, Progress, RasterSource, Report, TileError, Window
from sargui.engine.areas import Region
from sargui.engine.band_sums import BandSums, ExactSums
from sargui.engine.detail_sums import DetailSums
from sargui.engine.encoding import NETWORK_WINDOW
from sargui.engine.planes import measured_kind, sample_radiometry
from sargui.engine.requests import Evaluate, QualityReport
from sargui.engine.sources import open_source
from sargui.engine.stages import ahead, stop_if, until

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
        return compare(original, decoded, report, cancel, request.regions)


def compare(
    original: RasterSource,
    decoded: RasterSource,
    report: Report,
    cancel: Event,
    regions: Sequence[Region] | None = (),
) -> QualityReport:
    """Return the quality of each band of `decoded`, and of regions of it; None: its errors alone, without details.

    Raises:
        RequestError: a region lies outside of the scene.
        MismatchError: the two are not of the same shape, or hold other bands for measurements.
    """
    sizes = [f"{s.info.rows} × {s.info.cols} × {len(s.info.bands)}" for s in (original, decoded)]
    if sizes[0] != sizes[1]:
        raise MismatchError(f"The two rasters differ in size: {sizes[0]} and {sizes[1]} (rows × columns × bands).")
    kept = [[band.kind is Kind.EXACT for band in source.info.bands] for source in (original, decoded)]
    if kept[0] != kept[1]:
        raise MismatchError("The two rasters differ in which of their bands hold measurements and which alpha.")
    places = [(band, window) for band in range(len(original.info.bands)) for window in _windows(original)]
    bands = [ExactSums() if exact else _sums(original, band, regions) for band, exact in enumerate(kept[0])]
    pairs = ((original.read(*place), decoded.read(*place)) for place in until(cancel, places))
    with closing(ahead(pairs)) as read:
        for done, ((band, window), pair) in enumerate(zip(places, read, strict=True), start=1):
            stop_if(cancel)
            bands[band].add(window, *pair)
            report(Progress(done, len(places), "measuring"))
    tiles = [TileError(number, *tile) for number, band in enumerate(bands) for tile in band.tiles]
    worst = heapq.nlargest(WORST_TILES, tiles, key=lambda tile: tile.rmse_db)
    return QualityReport(tuple(band.quality for band in bands), tuple(worst))


def _sums(original: RasterSource, band: int, regions: Sequence[Region] | None) -> BandSums:
    """Return what compares a band of measurements.

    Its floor is that of the original, whatever it is compared with, so that all that is ever measured of an image in
    dB is measured alike. (A container's own is the same number: it was found in the same way.)
    """
    scale = sample_radiometry(original, band, original.info.bands[band].kind)
    return BandSums(scale, None if regions is None else DetailSums(scale, original.info.shape, regions))


def _windows(source: RasterSource) -> list[Window]:
    return list(windows(*source.info.shape, NETWORK_WINDOW))
