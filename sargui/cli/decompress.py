"""`sargui decompress`: a .sarz file back into a GeoTIFF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sargui.cli import jobs
from sargui.core.errors import DamagedFileError
from sargui.core.types import Window
from sargui.engine.requests import Decompress, Decompressed


def window_of(text: str) -> Window:
    """Return the window in a text ROW,COL,ROWS,COLS."""
    try:
        row, col, rows, cols = (int(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no window; write ROW,COL,ROWS,COLS, for example 0,0,512,512.") from None
    return Window(row, col, rows, cols)


def decompress(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A .sarz file.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The GeoTIFF to write; with --safe a folder.")],
    window: Annotated[
        Window | None, typer.Option(parser=window_of, metavar="ROW,COL,ROWS,COLS", help="Only this part.")
    ] = None,
    cog: Annotated[bool, typer.Option("--cog", help="Write a cloud-optimized GeoTIFF, with overviews.")] = False,
    safe: Annotated[
        bool, typer.Option("--safe", help="Write the SAFE product that it came from, as OUT/NAME.SAFE or OUT.SAFE.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite OUT.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Write the raster in a .sarz file as GeoTIFF, or its product, with everything that the original carried."""
    result: Decompressed = jobs.run(Decompress(source, target, window, device, force, cog, safe), as_json=as_json)
    damage = None
    if result.damaged:
        damage = DamagedFileError(f"{source.name} is damaged: {', '.join(result.damaged)}; {result.rest}.")
    if as_json:
        names = ("target", "file_bytes", "damaged", "seconds")
        jobs.print_outcome({name: getattr(result, name) for name in names}, damage)
        return
    shape = f"{result.info.rows} × {result.info.cols} × {len(result.info.bands)}"
    print(f"{result.target}: {shape}, {jobs.size(result.file_bytes)}, {result.seconds['total']:.1f} s")
    if damage is not None:
        jobs.fail(damage, as_json=False)
