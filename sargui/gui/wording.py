"""How numbers are said to the user: sizes, ratios, decibels, times; with unit, true minus and grouped digits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sargui.core.types import BandInfo, Effort, Georeference, Kind, ProductInfo, TileError
from sargui.engine.requests import Compress, Rate, RateKind
from sargui.gui.scene import ReadOut, Settings
from sargui.gui.shading import ErrorKind

if TYPE_CHECKING:
    from sargui.engine.report_request import WrittenReport
    from sargui.gui.curves import Aim
    from sargui.gui.foretelling import Foretold

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
NBSP = "\N{NO-BREAK SPACE}"
SQUARED = "\N{SUPERSCRIPT TWO}"


def size(count: int | float) -> str:
    """Return a number of bytes in decimal units: 835 MB, 20.1 MB, 312 kB, 96 bytes."""
    if count < 1000:
        return f"{count:.0f}{NBSP}bytes"
    for unit in ("kB", "MB", "GB", "TB"):
        count /= 1000
        if count < 999.5 or unit == "TB":
            break
    return f"{count:.{0 if count >= 100 else 1}f}{NBSP}{unit}"


def whole(number: int) -> str:
    """Return an integer with grouped digits: 16,685."""
    return f"{number:,}"


def damaged(count: int, what: str = "tile") -> str:
    """Return how many tiles, or what else, are lost: 1 tile is damaged; 12 tiles are damaged."""
    return f"1 {what} is damaged" if count == 1 else f"{whole(count)} {what}s are damaged"


def signed(number: float, digits: int = 2, plus: bool = False) -> str:
    """Return a number with a true minus, and a plus if wanted: −11.21."""
    text = f"{abs(number):.{digits}f}"
    if number < 0 and float(text) != 0:
        return MINUS + text
    return "+" + text if plus and float(text) != 0 else text


def decibels(number: float | None, plus: bool = False) -> str:
    """Return a value in dB, a dash where there is none, 'no data' for NaN."""
    if number is None:
        return DASH
    if math.isnan(number):
        return "no data"
    if math.isinf(number):
        return f"{MINUS if number < 0 else ''}∞{NBSP}dB"
    return f"{signed(number, plus=plus)}{NBSP}dB"


def meters(length: float) -> str:
    """Return a round length on the ground: 5 km, 200 m, 0.5 m."""
    return f"{length / 1000:g}{NBSP}km" if length >= 1000 else f"{length:g}{NBSP}m"


def error(error_db: float | None, kind: ErrorKind) -> str:
    """Return an error as a kind of it: error +0.17 dB, absolute error 0.17 dB, ratio 0.962, squared error 0.03 dB²."""
    if kind is ErrorKind.SIGNED or error_db is None or math.isnan(error_db):
        return f"error {decibels(error_db, plus=True)}"
    match kind:
        case ErrorKind.ABSOLUTE:
            return f"absolute error {decibels(abs(error_db))}"
        case ErrorKind.RATIO:
            return f"ratio {10 ** (-error_db / 10):.3f}"
        case ErrorKind.SQUARED:
            return f"squared error {decibels(error_db**2)}{SQUARED}"


def duration(seconds: float) -> str:
    """Return minutes and seconds, or hours: 0:41, 12:05, 1:02:10."""
    total = max(0, round(seconds))
    minutes, rest = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def caption(info: ProductInfo, index: int) -> str:
    """Return which band a pane shows and what its decibels refer to: VV, dB of DN (digital numbers, uncalibrated)."""
    return f"{band(info, index)}, dB{reference(info.bands[index])}"


def reference(of_band: BandInfo) -> str:
    """Return what a band's decibels refer to: of DN; re 1 m²; nothing where the band says nothing."""
    if of_band.kind is not Kind.DB and of_band.unit not in ("", "1"):
        return f" re 1{NBSP}{of_band.unit}"
    return " of DN" if of_band.kind is not Kind.DB and of_band.dtype.startswith(("uint", "int")) else ""


def worst_tile(info: ProductInfo, rank: int, tile: TileError) -> str:
    """Return which tile is shown: worst tile: VV, row 512, column 1,024, RMS error 1.31 dB (W: the next)."""
    name = "Worst tile" if rank == 1 else f"Tile {rank} from the worst"
    where = f"row {whole(tile.row)}, column {whole(tile.col)}"
    return f"{name}: {band(info, tile.band)}, {where}, RMS error {decibels(tile.rmse_db)} (W: the next)"


def band(info: ProductInfo, index: int) -> str:
    """Return the name of a band: its description, or its number."""
    return info.bands[index].description or f"Band {index + 1}"


def place(georeference: Georeference) -> str:
    """Return how the raster is georeferenced, in a few words."""
    if georeference.affine is not None:
        return "yes (affine)" if georeference.crs_wkt else "affine, no CRS"
    if georeference.gcps:
        return f"yes ({len(georeference.gcps)}{NBSP}GCPs)"
    return "no"


def cursor(values: ReadOut, kind: ErrorKind = ErrorKind.SIGNED, of_band: BandInfo | None = None) -> str:
    """Return the read-out for the status bar; of a single pixel of whole numbers those as well."""
    shown = [
        f"{name} {decibels(db)}{digital(db, of_band) if values.step == 1 and of_band is not None else ''}"
        for name, db in (("original", values.original_db), ("reconstruction", values.decoded_db))
    ]
    return read_out(values, *shown, error(values.error_db, kind))


def digital(db: float | None, of_band: BandInfo) -> str:
    """Return the digital number of a pixel, as ` (DN 160)`; nothing where there is none."""
    if db is None or math.isnan(db) or db == math.inf or not of_band.dtype.startswith(("uint", "int")):
        return ""
    match of_band.kind:
        case Kind.AMPLITUDE:
            number = 10 ** (db / 20)
        case Kind.POWER:
            number = 10 ** (db / 10)
        case _:
            return ""
    return f" (DN{NBSP}{number:.0f})"


def read_out(values: ReadOut, *shown: str) -> str:
    """Return where the cursor is, what is shown of the values there, and of how many pixels they are the mean."""
    mean = [f"mean of {values.step} × {values.step} pixels"] if values.step > 1 else []
    return "     ".join([f"row {whole(values.row)}   col {whole(values.col)}", *shown, *mean])


def reported(written: WrittenReport) -> str:
    """Return where a report is: The report is keep.html, its figures are in keep.json beside it, in /home/me."""
    page, document = written.page, written.document
    return f"The report is {page.name}, its figures are in {document.name} beside it, in {page.parent}."


def lonlat(longitude: float, latitude: float) -> str:
    """Return a place on the Earth: 47.31204° N 12.48210° E; nothing where there is none."""
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        return ""
    north, east = "NS"[latitude < 0], "EW"[longitude < 0]
    return f"     {abs(latitude):.5f}°{NBSP}{north} {abs(longitude):.5f}°{NBSP}{east}"


def version(model: str, quality: float, effort: Effort | None, *, keep_power: bool = True) -> str:
    """Return what settings make of a scene, by name: none-3, quality 50, fast, power not kept."""
    return _named(model, f"quality {quality:g}", effort, keep_power)


def settings(chosen: Settings | Compress) -> str:
    """Return settings by name, with what they aim at: none-3, quality 50, fast; none-3, 20 MB."""
    aim = _of_rate(chosen.rate.kind, chosen.rate.value)
    return _named(chosen.model or "the default checkpoint", aim, chosen.effort, chosen.keep_power)


def aimed(found: Aim, rate: Rate) -> str:
    """Return which quality reaches a target, or that none does: quality about 34 reaches 20 MB."""
    target, reached = _of_rate(rate.kind, rate.value), _of_rate(rate.kind, found.reached, digits=3)
    if found.missed:
        return f"{target} is out of reach: quality {found.quality:.0f} comes to about {reached}"
    if found.loose:
        return f"{target} is more than quality {found.quality:.0f} needs: about {reached}"
    return f"quality about {found.quality:.0f} reaches {target}"


def _named(model: str, aim: str, effort: Effort | None, keep_power: bool) -> str:
    fast, power = ", fast" if effort is Effort.FAST else "", "" if keep_power else ", power not kept"
    return f"{model}, {aim}{fast}{power}"


def _of_rate(kind: RateKind, value: float, digits: int = 6) -> str:
    """Return a target with its unit: 20 MB, a ratio of 20, 0.5 bit a pixel, 0.8 dB rms error."""
    if kind is RateKind.BYTES:
        power = 3 if value >= 1e9 else 2 if value >= 1e6 else 1
        return f"{_significant(value / 1000**power, digits)}{NBSP}{('', 'kB', 'MB', 'GB')[power]}"
    number = _significant(value, digits)
    match kind:
        case RateKind.RATIO:
            return f"a ratio of {number}"
        case RateKind.BITS_PER_PIXEL:
            return f"{number}{NBSP}bit a pixel"
        case RateKind.RMSE_DB:
            return f"{number}{NBSP}dB rms error"
        case _:
            return f"quality {number}"


def _significant(number: float, digits: int) -> str:
    """Return a number with at most so many significant digits, without exponent."""
    return f"{float(f'{number:.{digits}g}'):,.6f}".rstrip("0").rstrip(".")


def foretold(found: Foretold) -> str:
    """Return what settings will come to: about 61.2 kB ± 3 %, 17.1 ×, 0.453 bit a pixel; in view 0.51 bit, 0.84 dB."""
    parts = [f"{'estimating… ' if found.estimated is None else ''}about {size(found.file_bytes)}"]
    if found.estimated is not None and found.estimated.half_width_bytes > 0:
        share = 100 * found.estimated.half_width_bytes / found.estimated.file_bytes
        parts[0] += f" ± {share:.{0 if share >= 2 else 1}f}{NBSP}%" if math.isfinite(share) else ""
    parts.append(f"{found.raw_bytes / found.file_bytes:.1f}{NBSP}×")
    parts.append(f"{found.bits_per_pixel:.3f}{NBSP}bit a pixel")
    if found.estimated is not None and found.estimated.rmse_db is not None:
        parts.append(f"{found.estimated.rmse_db:.2f}{NBSP}dB rms error")
    here = [f"{found.part_bits:.3f}{NBSP}bit"] if found.part_bits is not None else []
    here += [f"{found.part_rmse_db:.2f}{NBSP}dB rms error"] if found.part_rmse_db is not None else []
    return ", ".join(parts) + (f"\nin view: {', '.join(here)}" if here else "")
