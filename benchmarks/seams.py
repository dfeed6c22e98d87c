"""Whether seams show: the error near the joints of a grid, less that of the same pixels when the grid is shifted.

    python ../shared/tools/make_scene.py mosaic /tmp/mosaic.tif
    python -m benchmarks.seams /tmp/mosaic.tif --model none-3 --model cbam@bottleneck-2

Two grids: the coding tiles (512 pixels, shifted by 256), and the windows of attention that looks at all of its window
(their borders lie 128 pixels apart; shifted by 64). A part of the raster is compressed as it is, and again without its
first rows and columns, so that the grids lie elsewhere in it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

import sargui
from benchmarks import images
from sargui.core import radiometry
from sargui.core.types import Void, Window
from sargui.engine.decoded import DecodedSource
from sargui.io import open_product

REACH = 16  # pixels on each side of a joint
MARGIN = 512  # pixels at the borders of the part that do not count
GRIDS = {"tiles": (512, 256), "attention windows": (128, 64)}  # distance of the joints, and the shift
LIMIT_DB = 0.01


def errors(source: Path, folder: Path, model: str, quality: float, side: int, shift: int) -> NDArray[np.float64]:
    """Return squared errors in dB² of the part that begins at `shift`, (side − shift)²; NaN where nothing is valid."""
    part, target = folder / "part.tif", folder / "part.sarz"
    images.write_part(source, part, side - shift, side - shift, shift, shift)
    sargui.compress(part, target, quality=quality, model=model, device="cpu", overwrite=True)
    whole = Window(0, 0, side - shift, side - shift)
    with DecodedSource(target, "cpu") as decoded, open_product(part, None) as original:
        x_hat, _ = decoded.read_network(0, whole)
        scale = decoded.reader.header.bands[0].radiometry
        pixels = original.read(0, whole)
    valid = radiometry.void_of(pixels, scale) == Void.VALID
    squared = 100 * (x_hat.astype(np.float64) - radiometry.to_network(pixels.values, scale)) ** 2
    return np.where(valid, squared, np.nan)


def near_joints(side: int, period: int) -> NDArray[np.bool_]:
    """Return which pixels (side, side), away from the borders, lie within REACH of a joint."""
    place = np.arange(side)
    near = np.minimum(place % period, period - place % period - 1) < REACH
    inner = (place >= MARGIN) & (place < side - MARGIN)
    return (near[:, None] | near) & (inner[:, None] & inner)


def seam_db(first: NDArray[np.float64], second: NDArray[np.float64], period: int, shift: int) -> float:
    """Return the rms error near the joints, less that of the same pixels in the shifted coding."""
    chosen = near_joints(len(first), period)
    moved = np.full_like(first, np.nan)
    moved[shift:, shift:] = second
    return float(np.sqrt(np.nanmean(first[chosen])) - np.sqrt(np.nanmean(moved[chosen])))


def main(
    source: Annotated[Path, typer.Argument(help="A raster, at least SIDE pixels high and wide.")],
    model: Annotated[list[str], typer.Option(help="Name of a checkpoint; repeat for more.")],
    quality: Annotated[float, typer.Option(help="At which to compress.")] = 40.0,
    side: Annotated[int, typer.Option(help="Of the part, in pixels.")] = 3072,
) -> None:
    """Measure seams."""
    table = Table("checkpoint", *(f"{name}, dB" for name in GRIDS), "rms, dB")
    with tempfile.TemporaryDirectory() as name:
        for one in model:
            first = errors(source, Path(name), one, quality, side, 0)
            seams = [
                seam_db(first, errors(source, Path(name), one, quality, side, shift), period, shift)
                for period, shift in GRIDS.values()
            ]
            marks = (f"{seam:+.4f}" + ("" if abs(seam) < LIMIT_DB else " !") for seam in seams)
            table.add_row(one, *marks, f"{np.sqrt(np.nanmean(first)):.3f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
