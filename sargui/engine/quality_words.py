"""The figures of a comparison as people read them: in groups, each with its name and its number in words.

The command line and the report show the same. A name carries the unit; a dash stands for what could not be measured.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from sargui.core.types import Window
from sargui.engine.areas import Region
from sargui.engine.quality_report import BandDetails, BandQuality, RegionQuality

DASH, INFINITY, MINUS, ARROW = "\N{EN DASH}", "\N{INFINITY}", "\N{MINUS SIGN}", "\N{RIGHTWARDS ARROW}"

Row = tuple[str, str]


class Group(NamedTuple):
    """Figures that belong together."""

    title: str
    rows: tuple[Row, ...]


def groups(band: BandQuality) -> tuple[Group, ...]:
    """Return all that is known of a band, in words; of an exact one how many of its pixels differ."""
    if band.exact_mismatches is not None:
        return (Group("Error", (("Differing pixels of an exact band", whole(band.exact_mismatches)),)),)
    if (details := band.details) is None:
        return Group("Error", _errors(band)), Group("Radiometry", (_bias(band),))
    found = (
        Group("Error", (*_errors(band), *_amplitude(details))),
        Group("Radiometry", (_bias(band), *_radiometry(details))),
        Group("Texture and speckle", _speckle(details)),
        Group("Structure", _structure(details)),
        Group("Point targets", _targets(details)),
    )
    regions = tuple(row for number, region in enumerate(details.regions, start=1) for row in _region(number, region))
    return (*found, Group("Regions", regions)) if regions else found


def number(value: float, digits: int = 3, *, signed: bool = False) -> str:
    """Return a number with so many digits after the point."""
    if math.isnan(value):
        return DASH
    text = f"{value:{'+' if signed else ''}.{digits}f}" if math.isfinite(value) else f"{value:+}"[0] + INFINITY
    if not signed:
        text = text.removeprefix("+")
    return text.replace("-", MINUS)


def whole(value: int) -> str:
    """Return a count."""
    return f"{value:,}"


def _errors(band: BandQuality) -> tuple[Row, ...]:
    rows = [
        ("RMS error, dB", number(band.rmse_db)),
        ("Largest error, dB", number(band.max_error_db)),
        ("PSNR, dB", number(band.psnr_db)),
        ("Valid pixels", whole(band.valid_pixels)),
        ("Pixels valid in one file only", whole(band.void_mismatches)),
    ]
    if band.unkept_pixels:
        rows.append(("Pixels not kept (negative, or beyond float32)", whole(band.unkept_pixels)))
    return tuple(rows)


def _amplitude(details: BandDetails) -> tuple[Row, ...]:
    found = details.amplitude
    return (
        ("RMS error of amplitude", _short(found.rmse)),
        ("Largest error of amplitude", _short(found.max_error)),
        ("PSNR of amplitude, dB", number(found.psnr_db)),
    )


def _bias(band: BandQuality) -> Row:
    return "Bias of mean power, dB", number(band.bias_db, signed=True)


def _radiometry(details: BandDetails) -> tuple[Row, ...]:
    cells = details.cell_bias
    return (
        ("Bias of cells of 64 × 64, mean, dB", number(cells.mean_db, signed=True)),
        ("Bias of cells of 64 × 64, 95 % within ± dB", number(cells.p95_db)),
        ("Kolmogorov distance of amplitudes", number(details.distributions.kolmogorov_distance, 4)),
    )


def _speckle(details: BandDetails) -> tuple[Row, ...]:
    looks, ratio = details.looks, details.ratio
    return (
        ("Looks where homogeneous", _before_after(looks.original, looks.decoded, 2)),
        ("Blocks of 32 × 32 that are homogeneous", whole(looks.blocks)),
        ("Ratio image, mean", number(ratio.mean, 4)),
        ("Ratio image, variance", number(ratio.variance, 4)),
        ("Ratio image, structure left, %", number(ratio.structure_percent, 2)),
    )


def _structure(details: BandDetails) -> tuple[Row, ...]:
    found = details.structure
    return (
        (f"SSIM over {found.display_range_db:g} dB", number(found.ssim, 4)),
        (f"MS-SSIM over {found.display_range_db:g} dB", number(found.ms_ssim, 4)),
        ("Edge preservation index", number(found.edge_preservation, 4)),
    )


def _targets(details: BandDetails) -> tuple[Row, ...]:
    found = details.point_targets
    if not found.count:
        return (("Isolated scatterers", "none"),)
    return (
        ("Isolated scatterers, the brightest", whole(found.count)),
        ("Peak level change, mean, dB", number(found.peak_change_db, 2, signed=True)),
        ("Peak level change, largest, dB", number(found.peak_change_max_db, 2)),
        (
            f"{MINUS}3 dB width down, pixels",
            _before_after(found.width_rows_original_px, found.width_rows_decoded_px, 2),
        ),
        (
            f"{MINUS}3 dB width across, pixels",
            _before_after(found.width_cols_original_px, found.width_cols_decoded_px, 2),
        ),
        ("Side lobes below the peak, dB", _before_after(found.sidelobe_original_db, found.sidelobe_decoded_db, 1)),
    )


def _region(order: int, found: RegionQuality) -> tuple[Row, ...]:
    name = f"Region {order} ({_place(found.region)})"
    return (
        (f"{name}, pixels", whole(found.original.pixels)),
        (f"{name}, bias, dB", number(found.comparison.bias_db, signed=True)),
        (f"{name}, looks", _before_after(found.original.looks, found.decoded.looks, 2)),
        (f"{name}, ratio image, variance", number(found.comparison.ratio_variance, 4)),
    )


def _place(region: Region) -> str:
    if isinstance(region, Window):
        return f"{region.row},{region.col},{region.rows},{region.cols}"
    return f"polygon of {len(region)} corners"


def _before_after(before: float, after: float, digits: int) -> str:
    return f"{number(before, digits)} {ARROW} {number(after, digits)}"


def _short(value: float) -> str:
    """Return a number of any size with four digits."""
    return number(value) if not math.isfinite(value) else f"{value:.4g}".replace("-", MINUS)
