"""How fast the whole program is, how much memory it takes, and what reading a small window costs.

    python ../shared/tools/make_scene.py mosaic /tmp/mosaic.tif
    python -m benchmarks.speed /tmp/mosaic.tif --model none-3 --out docs/benchmarks/speed.json

Every job is a process of its own, timed from outside: starting Python, importing torch, and compiling count.
OpenJPEG codes a part of the same raster, in memory and in one thread, at our error, in the same run, as 12-bit codes
(as small as from 16 bits, and a third faster). Where machines differ, or something else runs, give the ratio by
processor time, not seconds.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any, TypeVar

import imagecodecs
import numpy as np
import rasterio
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

import sargui
from benchmarks import images, peers
from benchmarks.curves import rms
from sargui.codec.fill import fill_void
from sargui.container import Reader
from sargui.core import radiometry
from sargui.core.tiling import ceil_div
from sargui.core.types import Void, Window
from sargui.engine.decoded import DecodedSource
from sargui.engine.requests import DEFAULT_QUALITY
from sargui.io import open_product

WINDOW_SIDE = 512  # pixels
PEER_BITS = 12
PREVIEW_SIDE = 1024  # of the map of what was measured
WINDOWS = 5  # after one more that warms up
Result = TypeVar("Result")
REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Job:
    """One job of the whole program."""

    name: str
    pixels: int
    wall_s: float  # from outside, with the start of Python
    cpu_s: float  # of all threads
    peak_bytes: int
    shares: dict[str, float]  # stage -> part of wall_s; "start" is all that came before the job
    threads: int
    file_bytes: int
    more: dict[str, Any]

    @property
    def megapixels_per_s(self) -> float:
        """Speed of the whole program."""
        return self.pixels / self.wall_s / 1e6

    @property
    def megapixels_per_cpu_s(self) -> float:
        """The same by processor time."""
        return self.pixels / self.cpu_s / 1e6


@dataclass(frozen=True, slots=True)
class Access:
    """What it costs to read windows of 512 × 512 pixels from a compressed file."""

    open_s: float  # with loading the checkpoint
    first_s: float  # the first window, with all that is compiled or allocated once
    window_s: float  # median of the next ones, none of whose tiles were at hand
    index_share: float | None  # of the file's bytes, read on opening; None where the system does not count
    window_share: float | None  # mean, of the same, read for one window


@dataclass(frozen=True, slots=True)
class Pace:
    """Megapixels per second of wall and of processor time."""

    megapixels_per_s: float
    megapixels_per_cpu_s: float


@dataclass(frozen=True, slots=True)
class Peer:
    """OpenJPEG in memory, in one thread, on a part of the raster at our error."""

    side: int
    encode: Pace
    decode: Pace
    error_db: float
    our_error_db: float
    valid_share: float  # of the part; gaps cost no codec much time
    valid_share_of_raster: float


def run(name: str, *arguments: str) -> Job:
    """Return what became of one job of `benchmarks.job`."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.job", name, *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    wall_s = time.perf_counter() - start
    told = json.loads(done.stdout.splitlines()[-1])
    common = {key: told.pop(key) for key in ("pixels", "cpu_s", "peak_bytes", "threads", "file_bytes")}
    return Job(name, wall_s=wall_s, shares=shares(told.pop("seconds"), wall_s), more=told, **common)


def shares(seconds: Mapping[str, float], wall_s: float) -> dict[str, float]:
    """Return the part of the wall time that each stage took; what no stage claims is "start" and "other"."""
    stages = {stage: value for stage, value in seconds.items() if stage != "total"}
    stages["other"] = max(seconds["total"] - sum(stages.values()), 0)
    stages["start"] = wall_s - seconds["total"]
    ordered = sorted(stages.items(), key=lambda item: -item[1])
    return {stage: round(value / wall_s, 4) for stage, value in ordered}


def access(path: Path, device: str) -> Access:
    """Return what random access to a compressed file costs."""
    size = path.stat().st_size
    before = _bytes_read()
    Reader(path).close()
    index_bytes = _bytes_read() - before
    start = time.perf_counter()
    with DecodedSource(path, device) as source:
        open_s = time.perf_counter() - start
        seconds, counts = [], []
        for window in spread(*source.info.shape):
            before, start = _bytes_read(), time.perf_counter()
            source.read(0, window)
            seconds.append(time.perf_counter() - start)
            counts.append(_bytes_read() - before)
    counted = before > 0
    mean = sum(counts[1:]) / max(len(counts) - 1, 1)
    return Access(
        open_s=open_s,
        first_s=seconds[0],
        window_s=median(seconds[1:] or seconds),
        index_share=index_bytes / size if counted else None,
        window_share=mean / size if counted else None,
    )


def spread(rows: int, cols: int) -> list[Window]:
    """Return windows along the diagonal of a scene, at places that are no multiple of a tile."""
    side = min(WINDOW_SIDE, rows, cols)
    steps = [number / (WINDOWS + 1) for number in range(WINDOWS + 1)]
    places = [(int((rows - side) * step) | 1, int((cols - side) * step) | 1) for step in steps]
    return [Window(min(row, rows - side), min(col, cols - side), side, side) for row, col in places]


def _bytes_read() -> int:
    """Return the bytes that this process has read from files so far; 0 where the system does not say."""
    counter = Path("/proc/self/io")
    return int(counter.read_text(encoding="ascii").split()[1]) if counter.exists() else 0


def peer(raster: Path, coded: Path, side: int, device: str) -> Peer:
    """Return the speed of OpenJPEG on a part as full as the whole raster, at the error of the compressed file there."""
    with open_product(raster, None) as source, DecodedSource(coded, device) as decoded:
        valid_map = np.isfinite(source.preview(0, PREVIEW_SIDE))
        step = ceil_div(max(source.info.shape), max(valid_map.shape))
        rows, cols = (min(side, length) for length in source.info.shape)
        place = typical(valid_map, max(side // step, 1))
        row, col = (
            min(at * step, length - size)
            for at, length, size in zip(place, source.info.shape, (rows, cols), strict=True)
        )
        window = Window(row, col, rows, cols)
        scale = decoded.reader.header.bands[0].radiometry
        pixels = source.read(0, window)
        x_hat, _ = decoded.read_network(0, window)
    valid = radiometry.void_of(pixels, scale) == Void.VALID
    x = fill_void(radiometry.to_network(pixels.values, scale), ~valid)
    our_error = rms(x_hat, x, valid)
    image = peers.Scaled.of(x, PEER_BITS)
    target = our_error * float(np.sqrt(valid.mean()))  # the gaps, smooth, have no error
    content, encode = _paced(lambda: peers.openjpeg(image, target), x.size)
    codes, decode = _paced(lambda: imagecodecs.jpeg2k_decode(content, numthreads=1), x.size)
    return Peer(
        side=max(rows, cols),
        encode=encode,
        decode=decode,
        error_db=rms(image.back(codes), x, valid),
        our_error_db=our_error,
        valid_share=float(valid.mean()),
        valid_share_of_raster=float(valid_map.mean()),
    )


def _paced(work: Callable[[], Result], pixels: int) -> tuple[Result, Pace]:
    """Return what work returns, and its pace."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return result, Pace(pixels / 1e6 / wall, pixels / 1e6 / cpu)


def typical(valid: NDArray[np.bool_], side: int) -> tuple[int, int]:
    """Return row and column of the square whose share of valid pixels is nearest to that of the whole."""
    steps = [range(0, max(length - side, 0) + 1, max(side // 2, 1)) for length in valid.shape]
    places = [(row, col) for row in steps[0] for col in steps[1]]
    whole = float(valid.mean())
    return min(places, key=lambda at: abs(float(valid[at[0] : at[0] + side, at[1] : at[1] + side].mean()) - whole))


def table(jobs: list[Job], where: Access, openjpeg: Peer) -> Table:
    """Return everything measured, ready to print."""
    result = Table("what", "figure", title="Speed of the whole program")
    theirs = {"compress": openjpeg.encode, "decompress": openjpeg.decode}
    for job in jobs:
        speed = f"{job.megapixels_per_s:.2f} MP/s in {job.wall_s:.1f} s ({job.threads} threads)"
        result.add_row(job.name, speed)
        wall = job.megapixels_per_s / theirs[job.name].megapixels_per_s
        cpu = job.megapixels_per_cpu_s / theirs[job.name].megapixels_per_cpu_s
        result.add_row("  by processor time", f"{job.megapixels_per_cpu_s:.2f} MP/s")
        result.add_row("  times OpenJPEG's", f"{wall:.3f} by the clock, {cpu:.3f} by processor time")
        result.add_row("  peak memory", f"{job.peak_bytes / 2**30:.2f} GiB")
        result.add_row("  time", ", ".join(f"{stage} {share:.0%}" for stage, share in job.shares.items()))
    result.add_row("opening", f"{where.open_s:.2f} s, {_percent(where.index_share)} of the file")
    cost = f"{where.window_s:.2f} s ({where.first_s:.2f} s the first), {_percent(where.window_share)} of the file"
    result.add_row(f"a window of {WINDOW_SIDE}²", cost)
    speeds = " and ".join(
        f"{pace.megapixels_per_s:.2f} ({pace.megapixels_per_cpu_s:.2f})" for pace in (openjpeg.encode, openjpeg.decode)
    )
    errors = f"{openjpeg.error_db:.2f} dB (ours {openjpeg.our_error_db:.2f} dB), {openjpeg.side}², one thread"
    result.add_row("OpenJPEG", f"{speeds} MP/s at {errors}")
    full = f"{openjpeg.valid_share:.0%} of its part, {openjpeg.valid_share_of_raster:.0%} of the raster"
    result.add_row("  measured pixels", full)
    return result


def _percent(share: float | None) -> str:
    return "?" if share is None else f"{100 * share:.2f} %"


def main(
    raster: Annotated[Path, typer.Argument(help="A raster, the larger the better.")],
    model: Annotated[str, typer.Option(help="Name of the checkpoint.")],
    quality: Annotated[float, typer.Option(min=0, max=100)] = DEFAULT_QUALITY,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "cpu",
    crop: Annotated[int, typer.Option(help="Take only the middle, this many pixels a side; 0 is all.")] = 0,
    sample: Annotated[int, typer.Option(help="Side of the part that OpenJPEG codes, in pixels.")] = 4096,
    scratch: Annotated[Path | None, typer.Option(help="Folder for the files of the run.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write everything measured to this JSON file.")] = None,
) -> None:
    """Measure speed and memory."""
    if not raster.is_file():
        typer.echo(f"Skipped: {raster} is not here.")
        raise typer.Exit
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        source, coded, back = (Path(folder) / name for name in ("part.tif", "coded.sarz", "back.tif"))
        if crop:
            with rasterio.open(raster) as scene:
                rows, cols = (min(crop, side) for side in scene.shape)
                top, left = (scene.height - rows) // 2, (scene.width - cols) // 2
            images.write_part(raster, source, rows, cols, top, left)
        else:
            source = raster.resolve()
        options = ["--model", model, "--quality", str(quality), "--device", device]
        jobs = [
            run("compress", str(source), str(coded), *options),
            run("decompress", str(coded), str(back), "--device", device),
        ]
        where = access(coded, device)
        openjpeg = peer(source, coded, sample, device)
    Console().print(table(jobs, where, openjpeg))
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "sargui": sargui.__version__,
            "machine": {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()},
            "jobs": [
                asdict(job)
                | {"megapixels_per_s": job.megapixels_per_s, "megapixels_per_cpu_s": job.megapixels_per_cpu_s}
                for job in jobs
            ],
            "random_access": asdict(where),
            "openjpeg": asdict(openjpeg) | peers.versions(),
        }
        out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
