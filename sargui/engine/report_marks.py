"""What was marked in a scene, measured for its report: pins and regions, in the band that its pictures show."""

from __future__ import annotations

from threading import Event
from typing import Any

from sargui.core.types import Report
from sargui.engine.bench import Bench
from sargui.engine.inspect import inspect_region, read_pixel
from sargui.engine.readings import InspectRegion, Pair, PixelValues, ReadPixel
from sargui.engine.report_request import WriteReport
from sargui.quality.regions import RegionStatistics


def marks(request: WriteReport, report: Report, cancel: Event, bench: Bench) -> dict[str, Any]:
    """Return the figures of all pins and regions, by their names.

    Raises:
        SarguiError: one of them lies outside of the scene, or a file cannot be read; JobCancelled: `cancel` was set.
    """
    pair = Pair(request.original, request.compressed, request.band, device=request.device)
    pins = {name: _pin(ReadPixel(pair, *place), report, cancel, bench) for name, place in request.pins.items()}
    regions = {}
    for name, window in request.regions.items():
        found = inspect_region(InspectRegion(pair, window), report, cancel, bench)
        regions[name] = {
            "row": window.row,
            "column": window.col,
            "rows": window.rows,
            "columns": window.cols,
            "unit": str(found.unit),
            "original": _region(found.original),
            "decoded": _region(found.decoded),
            "bias_db": None if found.comparison is None else found.comparison.bias_db,
        }
    return {"pins": pins, "regions": regions}


def _pin(request: ReadPixel, report: Report, cancel: Event, bench: Bench) -> dict[str, Any]:
    found = read_pixel(request, report, cancel, bench)
    return {
        "row": found.row,
        "column": found.col,
        "longitude": found.longitude,
        "latitude": found.latitude,
        "unit": str(found.unit),
        "original": _pixel(found.original),
        "decoded": _pixel(found.decoded),
        "error_db": found.error_db,
    }


def _pixel(values: PixelValues | None) -> dict[str, float | None] | None:
    if values is None:
        return None
    return {"number": values.number, "db": values.db, "sigma0_db": values.sigma0_db}


def _region(values: RegionStatistics | None) -> dict[str, float] | None:
    if values is None:
        return None
    return {
        "pixels": values.pixels,
        "mean_db": values.mean_db,
        "looks": values.looks,
        "deviation_db": values.deviation_db,
    }
