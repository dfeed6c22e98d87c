"""What an analyst reads from a scene, of original and reconstruction alike: a region, a line, a pixel.

Only the parts that are needed are read, at most 1024 × 1024 pixels at once; see `sargui.engine.pictures` for what
their numbers are.
"""

from __future__ import annotations

from threading import Event

import numpy as np
from numpy.typing import NDArray

from sargui.core.errors import RequestError
from sargui.core.tiling import ceil_div, parts
from sargui.core.types import Progress, Report, Window
from sargui.engine.areas import extent, mask
from sargui.engine.bench import Bench
from sargui.engine.encoding import NETWORK_WINDOW
from sargui.engine.locate import place
from sargui.engine.pictures import Pictures
from sargui.engine.readings import (
    InspectRegion,
    PixelReading,
    PixelValues,
    Point,
    Profile,
    ProfileReading,
    ReadPixel,
    RegionReading,
)
from sargui.engine.stages import stop_if
from sargui.quality.histograms import HistogramSums, common_histogram
from sargui.quality.profiles import line_places, thinned
from sargui.quality.regions import RegionSums

MOST_SAMPLES = 4096  # of a profile
SEGMENT = 512  # samples of a profile that are read at once

Floats = NDArray[np.float64]


def inspect_region(request: InspectRegion, report: Report, cancel: Event, bench: Bench) -> RegionReading:
    """Return the statistics and histograms of a region, read part by part.

    Raises:
        RequestError: it has no pixel inside the scene, or neither file was given.
        SarguiError: the files do not fit each other, or one cannot be read.
    """
    pictures = Pictures(request.pair, bench, cancel)
    pieces = list(parts(extent(request.region, pictures.info.shape), NETWORK_WINDOW))
    sums, histograms = RegionSums(len(pictures.sources)), [HistogramSums() for _ in pictures.sources]
    for done, piece in enumerate(pieces, start=1):
        stop_if(cancel)
        inside = mask(request.region, piece)
        if inside.any():
            powers = [power[inside] for power in pictures.powers(piece)]
            sums.add(powers, pictures.floor(piece)[inside])
            void = np.isnan(powers).any(axis=0)
            for values, power in zip(histograms, powers, strict=True):
                values.add(_db(power[~void]))
        report(Progress(done, len(pieces), "measuring"))
    statistics, histogram = sums.statistics(), common_histogram(histograms)
    return RegionReading(
        unit=pictures.unit,
        original=statistics[0] if pictures.original else None,
        decoded=statistics[-1] if pictures.decoded else None,
        comparison=sums.comparison() if len(statistics) == 2 else None,
        edges_db=histogram.edges_db,
        original_counts=histogram.counts[0] if pictures.original else None,
        decoded_counts=histogram.counts[-1] if pictures.decoded else None,
    )


def profile(request: Profile, report: Report, cancel: Event, bench: Bench) -> ProfileReading:
    """Return the values along a line.

    Raises:
        RequestError: an end lies outside of the scene, or neither file was given.
        SarguiError: the files do not fit each other, or one cannot be read.
    """
    pictures = Pictures(request.pair, bench, cancel)
    _refuse_outside(request.start, pictures.info.shape)
    _refuse_outside(request.end, pictures.info.shape)
    rows, cols = line_places(request.start, request.end)
    powers = np.empty((len(pictures.sources), rows.size))
    for first in range(0, rows.size, SEGMENT):
        stop_if(cancel)
        segment = slice(first, min(first + SEGMENT, rows.size))
        powers[:, segment] = _nearest(pictures, rows[segment], cols[segment])
        report(Progress(segment.stop, rows.size, "reading"))
    rows, cols = thinned(rows, MOST_SAMPLES), thinned(cols, MOST_SAMPLES)
    db = [_db(thinned(power, MOST_SAMPLES)) for power in powers]
    return ProfileReading(
        unit=pictures.unit,
        averaged=ceil_div(powers.shape[1], MOST_SAMPLES),
        rows=rows,
        cols=cols,
        distance_px=np.hypot(rows - request.start[0], cols - request.start[1]),
        original_db=db[0] if pictures.original else None,
        decoded_db=db[-1] if pictures.decoded else None,
    )


def read_pixel(request: ReadPixel, report: Report, cancel: Event, bench: Bench) -> PixelReading:
    """Return everything that is known of one pixel.

    Raises:
        RequestError: it lies outside of the scene, or neither file was given.
        SarguiError: the files do not fit each other, or one cannot be read.
    """
    pictures = Pictures(request.pair, bench, cancel)
    _refuse_outside((request.row, request.col), pictures.info.shape)
    values = _pixel_values(pictures, Window(request.row, request.col, 1, 1))
    both = len(values) == 2
    longitude, latitude = _lonlat(pictures, request.row, request.col)
    return PixelReading(
        row=request.row,
        col=request.col,
        unit=pictures.plain_unit,
        original=values[0] if pictures.original else None,
        decoded=values[-1] if pictures.decoded else None,
        error_db=values[1].db - values[0].db if both else None,
        longitude=longitude,
        latitude=latitude,
    )


def _refuse_outside(place: Point, shape: tuple[int, int]) -> None:
    if not all(-0.5 <= at < side - 0.5 for at, side in zip(place, shape, strict=True)):
        raise RequestError(f"The scene has no row {place[0]:g}, column {place[1]:g}.")


def _nearest(pictures: Pictures, rows: Floats, cols: Floats) -> Floats:
    """Return the power of the pixels that places lie in, (pictures, places)."""
    at = np.floor([rows + 0.5, cols + 0.5]).astype(int)
    first, last = at.min(axis=1), at.max(axis=1)
    window = Window(*map(int, (*first, *(last - first + 1))))
    return np.stack([power[tuple(at - first[:, None])] for power in pictures.powers(window)])


def _pixel_values(pictures: Pictures, window: Window) -> list[PixelValues]:
    """Return the values of the one pixel of a window in each picture."""
    calibrated = _db(np.array(pictures.powers(window))).ravel().tolist() if pictures.calibration else None
    found = []
    for number, source in enumerate(pictures.sources):
        pixels = source.read(pictures.band, window)
        db = _db(pictures.plain_power(source, pixels)).item()
        found.append(PixelValues(float(pixels.values.item()), db, calibrated[number] if calibrated else None))
    return found


def _lonlat(pictures: Pictures, row: int, col: int) -> tuple[float | None, float | None]:
    here = place(pictures.info, pictures.sources[0].annexes)
    if here is None:
        return None, None
    with here:
        longitude, latitude = here.lonlat(row, col)
        return float(longitude), float(latitude)


def _db(power: Floats) -> Floats:
    """Return power in dB: −∞ for 0, NaN for NaN."""
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(power))
