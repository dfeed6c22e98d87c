"""The Python interface: four names over the engine, without requests and callbacks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import Event

from sargui.core.types import Effort, Kind, Progress, RasterSource, Window
from sargui.engine import compress as compress_job
from sargui.engine import decompress as decompress_job
from sargui.engine import evaluate as evaluate_job
from sargui.engine.requests import (
    DEFAULT_QUALITY,
    Compress,
    Compressed,
    Decompress,
    Decompressed,
    Evaluate,
    QualityReport,
    Rate,
    RateKind,
)
from sargui.engine.sources import open_source


def open(path: str | Path, kind: str | None = None, device: str = "auto", detect: bool = False) -> RasterSource:
    """Return the raster at a path, a .sarz file as well as any raster; close it, or use it in a `with` statement.

    Args:
        path: the file.
        kind: "amplitude", "power" or "db", whatever the file says.
        device: "auto", "cpu", "cuda" or "mps"; decodes a .sarz file.
        detect: take the amplitude of complex pixels, which are refused otherwise.
    """
    return open_source(Path(path), Kind(kind) if kind else None, device, detect)


def compress(
    source: str | Path,
    target: str | Path,
    *,
    quality: float = DEFAULT_QUALITY,
    rate: Rate | None = None,
    model: str | None = None,
    kind: str | None = None,
    device: str = "auto",
    overwrite: bool = False,
    effort: str = Effort.BEST,
    detect: bool = False,
    keep_power: bool = True,
    resume: bool = False,
) -> Compressed:
    """Compress a raster into a .sarz file and return what came of it; `rate` overrides `quality` (0..100).

    `effort` "fast" saves the encoder's search, "best" makes the smaller file; both are decoded alike. `detect` takes
    the amplitude of complex pixels and drops their phase for ever. `keep_power` restores mean power when decoded.
    `resume` goes on with what a killed run of the same has left, which is deleted otherwise.
    """
    chosen = rate or Rate(RateKind.QUALITY, quality)
    kind_ = Kind(kind) if kind else None
    effort_ = Effort(effort)
    settings = model, chosen, device, kind_, overwrite, effort_, detect, keep_power, resume
    request = Compress(Path(source), Path(target), *settings)
    return compress_job.compress(request, _silent, Event())


def decompress(
    source: str | Path,
    target: str | Path,
    *,
    window: tuple[int, int, int, int] | None = None,
    device: str = "auto",
    overwrite: bool = False,
    cog: bool = False,
    safe: bool = False,
) -> Decompressed:
    """Write the raster in a .sarz file, or a window (row, column, rows, columns) of it, as GeoTIFF.

    `cog` makes it a cloud-optimized one, with overviews. `safe` writes the SAFE product that it came from instead.
    """
    part = Window(*window) if window else None
    request = Decompress(Path(source), Path(target), part, device, overwrite, cog, safe)
    return decompress_job.decompress(request, _silent, Event())


def evaluate(
    original: str | Path,
    compressed: str | Path,
    *,
    regions: Iterable[tuple[int, int, int, int]] = (),
    device: str = "auto",
) -> QualityReport:
    """Return how far a .sarz file, or any raster of the same size, is from the original.

    `regions`, each a window (row, column, rows, columns), are measured apart too: what became of them stands, in their
    order, in the `details.regions` of each of the report's `bands`.
    """
    parts = tuple(Window(*region) for region in regions)
    return evaluate_job.evaluate(Evaluate(Path(original), Path(compressed), device, parts), _silent, Event())


def _silent(progress: Progress) -> None:
    pass
