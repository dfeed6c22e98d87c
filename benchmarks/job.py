"""One job of the real program in a process of its own; `benchmarks.process` starts it and reads the line it prints.

python -m benchmarks.job compress IN OUT [--model NAME] [--quality 50] [--effort fast] [--no-keep-power]
python -m benchmarks.job decompress IN OUT
python -m benchmarks.job verify IN
python -m benchmarks.job view IN        a first look: opening, an overview, and 1024 × 1024 pixels
python -m benchmarks.job windows IN     random access: 512 × 512 pixels, here and there
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from threading import Event
from typing import Annotated

import torch
import typer

import sargui
from benchmarks.process import tell
from sargui.codec import devices
from sargui.codec.tile_codec import TileCodec
from sargui.container import Reader
from sargui.core.types import Effort, ModelCard, Progress, RasterSource, Window
from sargui.engine.decoded import DecodedSource
from sargui.engine.requests import DEFAULT_QUALITY, Verify
from sargui.engine.sources import open_source
from sargui.engine.stages import Clock
from sargui.engine.verify import verify as verify_job

WINDOW_SIDE = 512  # pixels
WINDOWS = 5  # after one more that warms up
VIEW_SIDE = 1024  # pixels, of the overview and of the part that is seen as it is

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Threads = Annotated[int, typer.Option()]
Precision = Annotated[str, typer.Option(help="float32 or bfloat16; the program's own choice if empty.")]


def precisions(card: ModelCard) -> tuple[str, ...]:
    """Return the precisions in which the codec computes a checkpoint's nonlinear branch on this processor."""
    halves = card.network.get("preset") == "lapped" and devices.computes_halves(torch.device("cpu"))
    return ("float32", "bfloat16") if halves else ("float32",)


@app.command()
def compress(
    source: Path,
    target: Path,
    model: Annotated[str | None, typer.Option()] = None,
    quality: Annotated[float, typer.Option()] = DEFAULT_QUALITY,
    effort: Annotated[Effort, typer.Option()] = Effort.BEST,
    keep_power: Annotated[bool, typer.Option()] = True,
    precision: Precision = "",
    threads: Threads = 1,
) -> None:
    """Compress a raster."""
    _prepare(threads, precision)
    result = sargui.compress(
        source,
        target,
        quality=quality,
        model=model,
        device="cpu",
        overwrite=True,
        effort=effort,
        keep_power=keep_power,
    )
    tell(
        result.info.rows * result.info.cols * len(result.info.bands),
        result.file_bytes,
        result.seconds,
        bits_per_pixel=result.bits_per_pixel,
        rmse_db=None if result.error is None else result.error.rmse_db,
        model=result.model,
    )


@app.command()
def decompress(source: Path, target: Path, precision: Precision = "", threads: Threads = 1) -> None:
    """Decompress a .sarz file."""
    _prepare(threads, precision)
    result = sargui.decompress(source, target, device="cpu", overwrite=True)
    pixels = result.info.rows * result.info.cols * len(result.info.bands)
    tell(pixels, source.stat().st_size, result.seconds)


@app.command()
def verify(source: Path, threads: Threads = 1) -> None:
    """Check a .sarz file: decode every tile."""
    _prepare(threads)
    clock = Clock()
    with clock("total"):
        found = verify_job(Verify(source, device="cpu"), _silent, Event())
    assert not found.damaged
    with Reader(source) as reader:
        header = reader.header
    tell(header.rows * header.cols * len(header.bands), source.stat().st_size, clock.seconds, tiles=found.tiles)


@app.command()
def view(source: Path, threads: Threads = 1) -> None:
    """Open a raster or a .sarz file, and read what a first look shows of its first band."""
    _prepare(threads)
    clock = Clock()
    with clock("total"):
        with clock("open"):
            opened = open_source(source, None, "cpu", detect=True)
        with opened:
            with clock("overview"):
                opened.preview(0, VIEW_SIDE)
            window = middle(opened, VIEW_SIDE)
            with clock("window"):
                opened.read(0, window)
    tell(window.rows * window.cols, opened.info.source_bytes, clock.seconds)


@app.command()
def windows(source: Path, threads: Threads = 1) -> None:
    """Read small windows of a .sarz file, none of whose tiles were at hand."""
    _prepare(threads)
    size, before = source.stat().st_size, _bytes_read()
    Reader(source).close()
    index_bytes = _bytes_read() - before
    clock = Clock()
    with clock("open"):
        opened = DecodedSource(source, "cpu")
    with opened:
        seconds, counts = [], []
        for window in spread(*opened.info.shape):
            before, begun = _bytes_read(), time.perf_counter()
            opened.read(0, window)
            seconds.append(time.perf_counter() - begun)
            counts.append(_bytes_read() - before)
    counted = before > 0
    tell(
        window.rows * window.cols,
        size,
        {**clock.seconds, "first": seconds[0], "window": median(seconds[1:])},
        index_share=index_bytes / size if counted else None,  # of the file's bytes, read on opening
        window_share=sum(counts[1:]) / len(counts[1:]) / size if counted else None,  # and for one window, mean
    )


def spread(rows: int, cols: int) -> list[Window]:
    """Return windows along the diagonal of a scene, at places that are no multiple of a tile."""
    side = min(WINDOW_SIDE, rows, cols)
    steps = [number / (WINDOWS + 1) for number in range(WINDOWS + 1)]
    places = [(int((rows - side) * step) | 1, int((cols - side) * step) | 1) for step in steps]
    return [Window(min(row, rows - side), min(col, cols - side), side, side) for row, col in places]


def middle(source: RasterSource, side: int) -> Window:
    """Return the middle of a scene, so many pixels a side at most."""
    rows, cols = (min(side, length) for length in source.info.shape)
    return Window((source.info.rows - rows) // 2, (source.info.cols - cols) // 2, rows, cols)


def _prepare(threads: int, precision: str = "") -> None:
    """Let torch use so many threads, and the codec compute in a precision whatever it would choose itself."""
    torch.set_num_threads(threads)
    if not precision:
        return
    load = TileCodec.load

    def loaded(card: ModelCard, device: str = "auto", effort: Effort = Effort.BEST) -> TileCodec:
        codec = load(card, device, effort)
        codec.half_precision = precision != "float32"
        return codec

    TileCodec.load = staticmethod(loaded)  # type: ignore[method-assign]


def _bytes_read() -> int:
    """Return the bytes that this process has read from files so far; 0 where the system does not say."""
    counter = Path("/proc/self/io")
    return int(counter.read_text(encoding="ascii").split()[1]) if counter.exists() else 0


def _silent(progress: Progress) -> None:
    pass


if __name__ == "__main__":
    app()
