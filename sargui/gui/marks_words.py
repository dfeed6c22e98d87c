"""What is said of marks: their lines in the panel, what stands in their tooltips, and of what a plot is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sargui.core.errors import SarguiError
from sargui.core.types import Window
from sargui.engine.readings import PixelReading, PixelValues, ProfileReading, RegionReading, Unit
from sargui.gui import wording
from sargui.gui.marks import Mark, Pin, Region
from sargui.gui.measuring import Measured
from sargui.gui.wording import DASH, MINUS

WAITING = "…"
TOO_LARGE = "The reconstruction of so much is measured once the scene is compressed."


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the panel: a mark, its name, original, reconstruction and error, and its tooltip."""

    mark: Mark
    cells: tuple[str, str, str, str]
    tip: str


def entry(mark: Pin | Region, measured: Measured | None, *, too_large: bool = False) -> Entry:
    """Return how a mark is listed."""
    place = f"{_place(mark)}\n"
    match measured:
        case PixelReading():
            return Entry(mark, (mark.name, *_pixel_cells(measured)), place + _pixel_tip(measured))
        case RegionReading():
            tip = place + _region_tip(measured) + (f"\n{TOO_LARGE}" if too_large else "")
            return Entry(mark, (f"{mark.name}\nENL", *_region_cells(measured)), tip)
        case SarguiError():
            return Entry(mark, (mark.name, DASH, DASH, DASH), place + str(measured))
        case _:
            return Entry(mark, (mark.name, WAITING, WAITING, WAITING), place + "being measured")


def unit(measured: Measured | None, band: str = "") -> str:
    """Return which band a reading is of, if that is given, and what its decibels refer to; nothing if there is none."""
    if isinstance(measured, PixelReading):
        found = Unit.SIGMA0 if _calibrated(measured) else measured.unit
    elif isinstance(measured, RegionReading | ProfileReading):
        found = measured.unit
    else:
        return ""
    return f"{band}, {found}" if band else found


def profile(reading: ProfileReading) -> str:
    """Return what a plot along a line is of."""
    start, end = ((reading.rows[at], reading.cols[at]) for at in (0, -1))
    ends = [f"row {wording.whole(round(row))}, column {wording.whole(round(col))}" for row, col in (start, end)]
    thin = f"; each value is the mean of {reading.averaged} pixels" if reading.averaged > 1 else ""
    return f"from {ends[0]} to {ends[1]}{thin}"


def histogram(region: Region, reading: RegionReading) -> str:
    """Return what a histogram is of."""
    of = f"region {region.name}" if region.name else "the visible part"
    statistics = reading.original or reading.decoded
    return f"of {of}, {wording.whole(statistics.pixels if statistics else 0)} pixels"


def number(value: float | None, digits: int = 2) -> str:
    """Return a number for a narrow column: a dash where there is none, −∞ for no power at all."""
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return f"{MINUS if value < 0 else ''}∞"
    return wording.signed(value, digits)


def _place(mark: Pin | Region) -> str:
    if isinstance(mark, Pin):
        return f"Pin {mark.name}: row {wording.whole(mark.row)}, column {wording.whole(mark.col)}"
    return f"Region {mark.name}: {_span(mark.window)}"


def _span(window: Window) -> str:
    rows = f"rows {wording.whole(window.row)} to {wording.whole(window.row + window.rows - 1)}"
    return f"{rows}, columns {wording.whole(window.col)} to {wording.whole(window.col + window.cols - 1)}"


def _calibrated(reading: PixelReading) -> bool:
    values = reading.original or reading.decoded
    return values is not None and values.sigma0_db is not None


def _db(values: PixelValues | None) -> float | None:
    """Return a pixel in σ⁰ dB where there is a calibration."""
    if values is None:
        return None
    return values.db if values.sigma0_db is None else values.sigma0_db


def _difference(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else second - first


def _pixel_cells(reading: PixelReading) -> tuple[str, str, str]:
    original, decoded = _db(reading.original), _db(reading.decoded)
    return number(original), number(decoded), number(_difference(original, decoded))


def _pixel_tip(reading: PixelReading) -> str:
    lines = []
    if reading.longitude is not None and reading.latitude is not None:
        lines.append(wording.lonlat(reading.longitude, reading.latitude).strip())
    for name, values in (("original", reading.original), ("reconstruction", reading.decoded)):
        if values is not None:
            db = _db(values)
            void = db is None or math.isnan(db)
            shown = "no data" if void else f"{number(db)} {unit(reading)}"
            lines.append(f"{name} {shown}, in the file {values.number:g}")
    return "\n".join(line for line in lines if line)


def _region_cells(reading: RegionReading) -> tuple[str, str, str]:
    """Return the mean power of both and its bias; below them, the equivalent numbers of looks."""
    first, second = (
        f"{DASH}\n{DASH}" if one is None else f"{number(one.mean_db)}\n{number(one.looks, 1)}"
        for one in (reading.original, reading.decoded)
    )
    return first, second, (DASH if reading.comparison is None else number(reading.comparison.bias_db)) + "\n"


def _region_tip(reading: RegionReading) -> str:
    lines = []
    for name, one in (("original", reading.original), ("reconstruction", reading.decoded)):
        if one is not None:
            lines.append(
                f"{name}: mean {number(one.mean_db)} {reading.unit}, ENL {number(one.looks)}, "
                f"standard deviation {number(one.deviation_db)} dB"
            )
    statistics, both = reading.original or reading.decoded, reading.comparison
    lines.append(f"{wording.whole(statistics.pixels if statistics else 0)} valid pixels")
    if both is not None:
        ratio = f"mean {number(both.ratio_mean, 4)}, variance {number(both.ratio_variance, 4)}"
        lines += [f"bias {number(both.bias_db, 3)} dB", f"ratio image, original ∕ reconstruction: {ratio}"]
    return "\n".join(lines)
