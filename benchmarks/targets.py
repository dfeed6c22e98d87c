"""How closely targets are met, how well sizes are foretold, and what tiny images cost: tables in Markdown.

    python -m benchmarks.targets --data ../shared/data > targets.md

Of each image a part is compressed at five qualities. What came of them gives five targets of each kind, a little aside,
which are then asked for. Also of the parts: the bytes that tables and sample had foretold.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from threading import Event
from typing import Annotated

import numpy as np
import rasterio
import typer

import sargui
from benchmarks import images
from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from sargui.core.types import Effort, Progress
from sargui.engine.compress import compress
from sargui.engine.encoding import Encoder
from sargui.engine.requests import Compress, Compressed, Rate, RateKind
from sargui.engine.scene import Scene
from sargui.engine.sources import open_source
from sargui.engine.stages import Clock
from sargui.engine.targets import Sample

QUALITIES = (10.0, 30.0, 50.0, 70.0, 90.0)
ASIDE = 0.97  # of what a quality gave: no target that it hits by itself
TOLERANCE = 0.01
TINY = (1, 64, 512)  # pixels a side


@dataclass(frozen=True, slots=True)
class Met:
    """One target, and what was reached."""

    image: str
    effort: Effort
    rate: Rate
    reached: float
    passes: int  # over the scene
    trials: int  # of the sample
    seconds: float

    @property
    def off(self) -> float:
        """How far the target was missed, relative; below 0: smaller than asked for."""
        return self.reached / self.rate.value - 1

    @property
    def is_met(self) -> bool:
        """Whether the target is met within 1 %; sizes and rates from the side that costs the user nothing."""
        if self.rate.kind is RateKind.RMSE_DB:
            return abs(self.off) <= TOLERANCE
        off = -self.off if self.rate.kind is RateKind.RATIO else self.off
        return -TOLERANCE - 1e-6 <= off <= 1e-9


class Watch:
    """A `Report` that counts passes over the scene and trials of the sample."""

    def __init__(self) -> None:
        self.trials = 0
        self._stages: set[str] = set()

    def __call__(self, progress: Progress) -> None:
        """Note a step."""
        if progress.total:
            self._stages.add(progress.stage)
        else:
            self.trials = progress.done

    @property
    def passes(self) -> int:
        """How often the scene was coded."""
        return len(self._stages)


@dataclass(frozen=True, slots=True)
class Foretold:
    """One image at one quality: bytes, and the relative errors of what had been foretold for them."""

    image: str
    effort: Effort
    quality: float
    file_bytes: int
    by_tables: float  # of the symbol streams
    by_sample: float  # of the file


def reached(part: Path, result: Compressed, kind: RateKind) -> float:
    """Return what a compressed file has of what a target fixes."""
    match kind:
        case RateKind.BYTES:
            return result.file_bytes
        case RateKind.RATIO:
            return result.ratio
        case RateKind.BITS_PER_PIXEL:
            return result.bits_per_pixel
        case _:
            return sargui.evaluate(part, result.target, device="cpu").rmse_db


def foretell(part: Path, model: str, effort: Effort, results: list[Compressed]) -> list[Foretold]:
    """Return how far forecasts were from the files of all qualities."""
    card = catalogue.card(model)
    with open_source(part) as source:
        scene = Scene.of(source, card, Event())
        encoder = Encoder(TileCodec.load(card, "cpu", effort), Clock())
        sample = Sample(encoder, scene.measured, scene.budget(Event()), lambda _: None, Event())
        said = [sample.file_bytes(round(100 * result.quality)) for result in results]
    return [
        Foretold(
            part.stem,
            effort,
            result.quality,
            result.file_bytes,
            result.estimated_bytes / result.stream_bytes - 1,
            forecast / result.file_bytes - 1,
        )
        for result, forecast in zip(results, said, strict=True)
    ]


def measure(part: Path, target: Path, model: str, effort: Effort) -> tuple[list[Met], list[Foretold]]:
    """Return what came of all targets of one image, and of its forecasts."""

    def code(rate: Rate) -> tuple[Compressed, Watch]:
        watch = Watch()
        return compress(Compress(part, target, model, rate, "cpu", None, True, effort), watch, Event()), watch

    results, rates = [], []
    for quality in QUALITIES:
        result, _ = code(Rate(value=quality))
        results.append(result)
        for kind in (RateKind.BYTES, RateKind.RATIO, RateKind.BITS_PER_PIXEL, RateKind.RMSE_DB):
            value = ASIDE * reached(part, result, kind)
            rates.append(Rate(kind, round(value) if kind is RateKind.BYTES else value))
    met = []
    for rate in rates:
        start = time.perf_counter()
        result, watch = code(rate)
        seconds = time.perf_counter() - start
        value = reached(part, result, rate.kind)
        met.append(Met(part.stem, effort, rate, value, watch.passes, watch.trials, seconds))
    return met, foretell(part, model, effort, results)


def tiny_bytes(folder: Path, model: str) -> Iterator[tuple[int, Compressed]]:
    """Yield what speckle of few pixels takes at quality 0, by its side."""
    rng = np.random.default_rng(0)
    for side in TINY:
        path = folder / f"tiny_{side}.tif"
        profile = {"driver": "GTiff", "height": side, "width": side, "count": 1, "dtype": "float32"}
        with rasterio.open(path, "w", **profile) as out:
            out.write(rng.gamma(4, 25, (side, side)).astype(np.float32), 1)
        target = path.with_suffix(".sarz")
        yield side, sargui.compress(path, target, quality=0, model=model, device="cpu", kind="power")


def met_lines(all_met: list[Met], every: bool) -> Iterator[str]:
    """Yield the tables of targets: by kind and effort, and if wanted every single one."""
    yield "| effort | target | met within 1 % | farthest off | passes, mean (most) | seconds, mean (most) |"
    yield "|---|---|---:|---:|---:|---:|"
    for effort in Effort:
        for kind in RateKind:
            some = [met for met in all_met if met.effort is effort and met.rate.kind is kind]
            if not some:
                continue
            worst = max((met.off for met in some), key=abs)
            passes, seconds = [met.passes for met in some], [met.seconds for met in some]
            yield (
                f"| {effort} | {kind} | {sum(met.is_met for met in some)} of {len(some)} | {100 * worst:+.2f} % "
                f"| {fmean(passes):.1f} ({max(passes)}) | {fmean(seconds):.1f} ({max(seconds):.1f}) |"
            )
    if not every:
        return
    yield ""
    yield "| image | effort | target | asked | reached | off | trials | passes | seconds |"
    yield "|---|---|---|---:|---:|---:|---:|---:|---:|"
    for met in all_met:
        mark = "" if met.is_met else " !"
        yield (
            f"| {met.image} | {met.effort} | {met.rate.kind} | {met.rate.value:.6g} | {met.reached:.6g} "
            f"| {100 * met.off:+.2f} %{mark} | {met.trials} | {met.passes} | {met.seconds:.1f} |"
        )


def foretold_lines(foretold: list[Foretold]) -> Iterator[str]:
    """Yield the table of forecasts."""
    yield "| image | effort | quality | file | streams, by the tables | file, by the sample |"
    yield "|---|---|---:|---:|---:|---:|"
    for one in foretold:
        yield (
            f"| {one.image} | {one.effort} | {one.quality:g} | {one.file_bytes} | {100 * one.by_tables:+.2f} % "
            f"| {100 * one.by_sample:+.2f} % |"
        )


def main(
    sources: Annotated[list[Path] | None, typer.Argument(help="Rasters; without, those of a split.")] = None,
    model: Annotated[str | None, typer.Option(help="Name of the checkpoint.")] = None,
    data: Annotated[Path, typer.Option(help="Folder of the imagery.")] = Path("../shared/data"),
    split: Annotated[str, typer.Option(help="val or test.")] = "test",
    side: Annotated[int, typer.Option(help="Of the part that is measured, in pixels at most.")] = 512,
    every: Annotated[bool, typer.Option(help="Show every target.")] = True,
) -> None:
    """Measure and print."""
    name = model or catalogue.default_card().name
    all_met: list[Met] = []
    foretold: list[Foretold] = []
    with tempfile.TemporaryDirectory() as folder:
        for path in sources or images.paths(data, split):
            with rasterio.open(path) as raster:
                rows, cols = (min(length, side) for length in raster.shape)
            part = Path(folder) / path.name
            images.write_part(path, part, rows, cols)
            for effort in Effort:
                met, said = measure(part, Path(folder) / "coded.sarz", name, effort)
                all_met, foretold = all_met + met, foretold + said
        tiny = list(tiny_bytes(Path(folder), name))
    print(f"# Targets, {name}, parts of at most {side}² pixels\n")
    print("\n".join(met_lines(all_met, every)))
    print("\n# Sizes foretold\n")
    print("\n".join(foretold_lines(foretold)))
    print("\n# Tiny images at quality 0\n\n| pixels | file, bytes | for the pixels |\n|---|---:|---:|")
    for length, result in tiny:
        print(f"| {length} × {length} | {result.file_bytes} | {result.pixel_bytes} |")


if __name__ == "__main__":
    typer.run(main)
