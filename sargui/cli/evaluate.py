"""`sargui evaluate`: what compression did to a raster, in figures, and as a report if one is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Column, Table

from sargui.cli import jobs
from sargui.cli.decompress import window_of
from sargui.cli.inspect import Json, output
from sargui.core.errors import TargetError
from sargui.core.types import Window
from sargui.engine.quality_report import BandQuality, QualityReport
from sargui.engine.quality_words import groups
from sargui.engine.report_request import WriteReport, WrittenReport, check_report
from sargui.engine.requests import Evaluate


def evaluate(
    original: Annotated[Path, typer.Argument(metavar="ORIGINAL", help="The raster that was compressed.")],
    compressed: Annotated[Path, typer.Argument(metavar="COMPRESSED", help="A .sarz, or any raster of the same size.")],
    region: Annotated[
        list[Window] | None,
        typer.Option(parser=window_of, metavar="ROW,COL,ROWS,COLS", help="Measure it apart too; may be repeated."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="PAGE.html", help="Write a report with pictures, and the same as JSON.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite the report.")] = False,
    as_json: Json = False,
) -> None:
    """Measure what compression did: errors, radiometry, speckle, structure and point targets."""
    if report is not None:
        try:
            check_report(report, force)
        except TargetError as error:
            jobs.fail(error, as_json=as_json)
    quality: QualityReport = jobs.run(Evaluate(original, compressed, device, tuple(region or ())), as_json=as_json)
    if not as_json:
        output.print(_table(quality.bands))
        if quality.worst:
            worst = quality.worst[0]
            output.print(
                f"The tile that errs most begins at row {worst.row}, column {worst.col} of band {worst.band + 1}: "
                f"{worst.rmse_db:.3f} dB rms."
            )
    written = None
    if report is not None:
        request = WriteReport(original, compressed, report, quality, device=device, overwrite=force)
        written = jobs.run(request, as_json=as_json)
    if as_json:
        jobs.print_json(_fields(quality, written))
    elif written is not None:
        print(f"{written.page}, {written.document}")


def _table(bands: Sequence[BandQuality]) -> Table:
    """Return a row for each figure of any band, a column for each band."""
    names = [Column(f"band {number}", justify="right", no_wrap=True) for number in range(1, len(bands) + 1)]
    table = Table("", *names, box=SIMPLE)
    known = [{(group.title, name): text for group in groups(band) for name, text in group.rows} for band in bands]
    title = ""
    for key in dict.fromkeys(key for found in known for key in found):
        if key[0] != title:
            title = key[0]
            table.add_section()
            table.add_row(title)
        table.add_row(f"  {key[1]}", *(found.get(key, "") for found in known))
    return table


def _fields(quality: QualityReport, written: WrittenReport | None) -> dict[str, Any]:
    fields = {"rmse_db": quality.rmse_db, "bands": quality.bands, "worst": quality.worst}
    return fields if written is None else {**fields, "report": written}
