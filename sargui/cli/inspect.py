"""`sargui info`, `verify` and `models`: looking without changing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

from sargui.cli import jobs
from sargui.core import catalogue
from sargui.core.errors import DamagedFileError, MismatchError, SarguiError
from sargui.core.types import ModelCard
from sargui.engine.requests import BandQuality, Describe, Described, Verified, Verify

output = Console(highlight=False, markup=False)  # what a file says is text
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def info(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A .sarz file or a raster.")],
    kind: Annotated[
        jobs.KindChoice | None, typer.Option(help="What a raster's numbers mean, whatever it says.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what a file holds, without decoding it."""
    found: Described = jobs.run(Describe(source, jobs.kind_of(kind)), as_json=as_json, quiet=True)
    lost = (found.container or {}).get("damaged_layers")
    damage = DamagedFileError(f"{source.name} is damaged: {', '.join(lost)}.") if lost else None
    if as_json:
        jobs.print_outcome({"info": found.info, "container": found.container}, damage)
        return
    table = Table(show_header=False, box=None)
    for name, value in _rows(found):
        table.add_row(name, "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in value))
    output.print(table)
    if damage is not None:
        jobs.fail(damage, as_json=False)


def _rows(found: Described) -> list[tuple[str, str]]:
    product, place = found.info, found.info.georeference
    rows = [("name", product.name), ("size", f"{product.rows} × {product.cols} pixels, {len(product.bands)} band(s)")]
    for number, band in enumerate(product.bands, start=1):
        nodata = "" if band.nodata is None else f", nodata {band.nodata:g}"
        rows.append((f"band {number}", f"{band.dtype} {band.kind}{nodata} {band.description}".rstrip()))
    if place.affine:
        rows.append(("place", f"affine {place.affine}"))
    if place.gcps:
        rows.append(("place", f"{len(place.gcps)} ground control points"))
    crs = place.crs_wkt or place.gcps_crs_wkt
    if crs:
        rows.append(("CRS", crs.split('"')[1] if '"' in crs else crs))
    if found.container is not None:
        box = found.container
        rows += [
            ("checkpoint", f"{box['model']}, quality {box['quality']:g}"),
            ("rate", f"{box['bits_per_pixel']:.4f} bits per pixel, {box['ratio']:.1f}x"),
            ("bytes", ", ".join(f"{part} {count:,}" for part, count in box["bytes"].items())),
            ("written by", box["software"]),
        ]
        if (error := box["rmse_db"]) is not None:
            rows.append(("error", f"{error:.3f} dB rms, measured by the encoder on {box['rmse_pixels']:,} pixels"))
        if annexes := box["annexes"]:
            rows.append(("beside it", f"{len(annexes)} files of its product, {sum(annexes.values()):,} bytes unpacked"))
    return rows


def verify(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A .sarz file.")],
    against: Annotated[Path | None, typer.Option(help="The original: how far is the file from it?")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    as_json: Json = False,
) -> None:
    """Check every checksum and decode every tile; with --against, measure the error and compare descriptions too."""
    found: Verified = jobs.run(Verify(source, against, device), as_json=as_json)
    bands = () if found.quality is None else found.quality.bands
    wrong = _what_is_wrong(source.name, found, bands)
    if as_json:
        jobs.print_outcome({name: getattr(found, name) for name in ("tiles", "damaged", "quality", "differing")}, wrong)
        return
    if not found.damaged:
        print(f"{source}: all {found.tiles} tiles are whole")
    for number, band in enumerate(bands, start=1):
        for sentence in _findings(band):
            print(f"band {number}: {sentence}")
    if wrong is not None:
        jobs.fail(wrong, as_json=False)


def _findings(band: BandQuality) -> Iterator[str]:
    """Yield what there is to say of a band, as far as nothing is wrong with it."""
    if band.exact_mismatches is None:
        bias = "unknown" if math.isnan(band.bias_db) else f"{band.bias_db:+.3f} dB"
        yield (
            f"rms error {band.rmse_db:.3f} dB, largest {band.max_error_db:.2f} dB, "
            f"bias of mean power {bias}, PSNR {band.psnr_db:.2f} dB"
        )
    elif not band.exact_mismatches:
        yield "every bit as it was"
    if band.unkept_pixels:
        yield (
            f"{band.unkept_pixels:,} pixels of the original are negative, or too large or too small to be kept: "
            "of these figures only the bias counts them as they are"
        )


def _what_is_wrong(name: str, found: Verified, bands: Sequence[BandQuality]) -> SarguiError | None:
    """Return what is wrong with a file, if anything is: its damage, or else all that differs."""
    if found.damaged:
        return DamagedFileError(f"{name} is damaged: {', '.join(found.damaged)}.")
    differs = []
    if found.differing:
        differs.append(f"{name} describes another raster: they differ in {', '.join(found.differing)}.")
    for number, band in enumerate(bands, start=1):
        if band.exact_mismatches:
            differs.append(f"{band.exact_mismatches} pixels of band {number}, which is kept bit for bit, differ.")
        if band.void_mismatches:
            differs.append(f"{band.void_mismatches} pixels of band {number} are valid in one of the two files only.")
    return MismatchError(" ".join(differs)) if differs else None


def models(as_json: Json = False) -> None:
    """List the checkpoints that are installed."""
    cards = catalogue.cards()
    if as_json:
        jobs.print_json(cards)
        return
    name = Column("name", no_wrap=True)  # whole, for it is what --model takes
    figures = [Column(text, justify="right", no_wrap=True) for text in ("OpenJPEG", "JPEG XL", "attention")]
    table = Table(name, *figures, "remark", box=SIMPLE)
    table.caption = (
        "Bits at equal error, on validation images (mostly multi-look): against OpenJPEG, JPEG XL, and the same "
        "without attention."
    )
    for card in cards:
        rates = [card.validation.get(f"bd_rate_{peer}") for peer in ("openjpeg", "jpegxl")]
        shown = [f"{rate:+.1f} %" if isinstance(rate, int | float) else "-" for rate in rates]
        remark = "experimental: " * card.experimental + card.description
        remark += f"; best for {card.best_for}" if card.best_for else ""
        table.add_row(card.name, *shown, _brought(card), remark)
    output.print(table)


def _brought(card: ModelCard) -> str:
    """Return what attention brought in the experiment, with its interval."""
    found = card.validation.get("experiment")
    rate, half = (found.get(key) if isinstance(found, dict) else None for key in ("bd_rate", "bd_rate_half"))
    known = card.attention != "none" and isinstance(rate, int | float) and isinstance(half, int | float)
    return f"{rate:+.2f} ± {half:.2f} %" if known else "-"
