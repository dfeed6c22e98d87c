"""`sargui compress`: a raster into a .sarz file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from sargui.cli import jobs
from sargui.core.types import Effort, Kind
from sargui.engine.requests import DEFAULT_QUALITY, Compress, Compressed, Rate, RateKind

_UNITS = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "ki": 2**10, "mi": 2**20, "gi": 2**30}


def byte_count(text: str) -> float:
    """Return the number of bytes in a text such as 500000, 500kB, 20MB or 19.5MiB."""
    match = re.fullmatch(r"\s*([0-9.]+)\s*([kmg]?i?)b?\s*", text.lower())
    try:
        return float(match[1]) * _UNITS[match[2]] if match else float(text)
    except (KeyError, ValueError):
        raise typer.BadParameter(f"'{text}' is no size; write it as 500kB, 20MB or 19.5MiB.") from None


def compress(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A raster that GDAL reads.")],
    target: Annotated[
        Path | None, typer.Argument(metavar="[OUT]", help="The .sarz file; beside IN if left out.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Checkpoint; see `sargui models`.")] = None,
    quality: Annotated[float | None, typer.Option(help="0 (smallest) to 100 (best).")] = None,
    target_size: Annotated[
        float | None, typer.Option(parser=byte_count, metavar="SIZE", help="Size of the file: 500kB, 20MB.")
    ] = None,
    target_ratio: Annotated[float | None, typer.Option(help="Raw bytes over the file's bytes.")] = None,
    target_bpp: Annotated[float | None, typer.Option(help="Bits per pixel and band, without metadata.")] = None,
    target_rmse_db: Annotated[float | None, typer.Option(help="Root-mean-square error in dB.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="What the numbers mean, if the file does not say.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    effort: Annotated[Effort, typer.Option(help="Search for the smaller file, or be done sooner.")] = Effort.BEST,
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite OUT.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Compress a raster. Fix one of quality, size, ratio, bits per pixel or error; the rest follows."""
    choices = {
        RateKind.QUALITY: quality,
        RateKind.BYTES: target_size,
        RateKind.RATIO: target_ratio,
        RateKind.BITS_PER_PIXEL: target_bpp,
        RateKind.RMSE_DB: target_rmse_db,
    }
    given = [Rate(rate, value) for rate, value in choices.items() if value is not None]
    if len(given) > 1:
        raise typer.BadParameter("Fix one of quality, size, ratio, bits per pixel and error, not several.")
    rate = given[0] if given else Rate(RateKind.QUALITY, DEFAULT_QUALITY)
    request = Compress(source, target or source.with_suffix(".sarz"), model, rate, device, kind, force, effort)
    result: Compressed = jobs.run(request, as_json=as_json)
    if as_json:
        jobs.print_json({**_fields(result), "ratio": result.ratio})
    else:
        print(
            f"{result.target}: {jobs.size(result.raw_bytes)} -> {jobs.size(result.file_bytes)}, {result.ratio:.1f}x, "
            f"{result.bits_per_pixel:.3f} bits per pixel and band, quality {result.quality:g}, {result.model}, "
            f"{result.seconds['total']:.1f} s"
        )


def _fields(result: Compressed) -> dict[str, object]:
    names = ("target", "file_bytes", "pixel_bytes", "raw_bytes", "bits_per_pixel", "estimated_bytes", "stream_bytes")
    return {name: getattr(result, name) for name in (*names, "quality", "model", "seconds")}
