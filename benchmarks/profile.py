"""What the work on a network window goes into, in one thread: each step, and torch's operators that take most.

    python -m benchmarks.profile --model none-3 --out docs/benchmarks

The window is the sample scene of the repository. Counted is processor time, of the best of some runs; what of a step
does not lie in operators of torch is numpy, numba (trellis and rANS), zlib and GDAL.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import torch
import typer
from torch.profiler import ProfilerActivity
from torch.profiler import profile as profiled

import sargui
from benchmarks import record
from benchmarks.process import REPOSITORY, cores
from benchmarks.tables import markdown, plain
from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from sargui.core.tiling import windows
from sargui.core.types import ModelCard, RasterSource, Window
from sargui.engine.decoded import DecodedSource
from sargui.engine.encoding import NETWORK_WINDOW, Encoder
from sargui.engine.plane_decoder import PlaneDecoder
from sargui.engine.planes import BandPlane, read_extended
from sargui.engine.requests import DEFAULT_QUALITY
from sargui.engine.scene import Scene
from sargui.engine.sources import open_source
from sargui.engine.stages import Clock
from sargui.io import RasterWriter

SAMPLE = REPOSITORY / "resources" / "sample.tif"
RUNS = 5
OPERATORS = 4  # named of each step


@dataclass(frozen=True, slots=True)
class Step:
    """A step of one direction: processor time per megapixel, and of it that of operators, the most expensive first."""

    direction: str
    name: str
    seconds: float
    operators: Mapping[str, float]

    @property
    def elsewhere(self) -> float:
        """Seconds per megapixel outside torch."""
        return max(0.0, self.seconds - sum(self.operators.values()))


def encoding(source: RasterSource, card: ModelCard, quality: int) -> Iterator[Step]:
    """Yield the steps from pixels to payloads."""
    scene = Scene.of(source, card, Event())
    encoder, plane, window = Encoder(TileCodec.load(card, "cpu"), Clock()), scene.planes[0], _window(source)
    assert isinstance(plane, BandPlane)
    x, _ = read_extended(plane, window, encoder.codec.analysis_halo)
    analyzed = encoder.analyze(plane, window, quality)
    coded = encoder.quantize(analyzed, quality)

    def decode() -> None:
        PlaneDecoder(encoder.codec, plane, 1, 0, quality, Clock()).add(coded)

    steps = {
        "reading": lambda: read_extended(plane, window, encoder.codec.analysis_halo),
        "analysis": lambda: encoder.codec.analyze(x, quality),
        "entropy network and trellis": lambda: encoder.quantize(analyzed, quality),
        "rANS": lambda: encoder.write(coded, quality),
        "synthesis and gains": decode,
    }
    for name, run in steps.items():
        yield step("compress", name, run, window)


def decoding(coded: Path, scratch: Path) -> Iterator[Step]:
    """Yield the steps from payloads to a raster."""
    with DecodedSource(coded, "cpu") as source:
        window = _window(source)
        keys = list(source.reader.keys(0))
        pixels = source.read(0, window)

        def tiles() -> None:
            source._store.forget(keys)
            source._store.get(keys)

        def write() -> None:
            with RasterWriter(scratch / "back.tif", source.info, {}) as writer:
                writer.write(0, window, pixels)

        steps = {
            "entropy network and rANS": tiles,
            "synthesis and gains": lambda: source.read(0, window),
            "writing": write,
        }
        for name, run in steps.items():
            yield step("decompress", name, run, window)


def step(direction: str, name: str, run: Callable[[], object], window: Window) -> Step:
    """Return what a step takes, after a run that warms it up."""
    run()
    times = []
    for _ in range(RUNS):
        begun = time.process_time()
        run()
        times.append(time.process_time() - begun)
    with profiled(activities=[ProfilerActivity.CPU]) as found:
        run()
    megapixels = window.rows * window.cols / 1e6
    own = {event.key: event.self_cpu_time_total / 1e6 / megapixels for event in found.key_averages()}
    ranked = dict(sorted(own.items(), key=lambda item: -item[1]))
    return Step(direction, name, min(times) / megapixels, ranked)


def _window(source: RasterSource) -> Window:
    return next(windows(*source.info.shape, NETWORK_WINDOW))


def page(steps: Sequence[Step], about: Mapping[str, Any]) -> str:
    """Return the page in Markdown."""

    def rows() -> Iterator[list[str]]:
        for direction in dict.fromkeys(each.direction for each in steps):
            members = [each for each in steps if each.direction == direction]
            for each in members:
                few = list(each.operators.items())[:OPERATORS]
                named = ", ".join(f"{name.removeprefix('aten::')} {1000 * seconds:.0f}" for name, seconds in few)
                yield [direction, each.name, _ms(each.seconds), _ms(each.elsewhere), named]
            total, elsewhere = sum(each.seconds for each in members), sum(each.elsewhere for each in members)
            yield [direction, "**all**", _ms(total), _ms(elsewhere), ""]

    return f"""# Where the time goes

Made by `python -m benchmarks.profile`; all figures are in profile.json.

- {record.words(about["machine"])}.
- `{about["model"]}` at quality {about["quality"]:g}, its branch in {about["precision"]}; {about["window"]}.
- One thread on one core. Milliseconds of processor time per megapixel, the best of {RUNS} runs; *outside torch*: numpy,
  numba, zlib, GDAL.

{markdown(["job", "step", "ms/MP", "outside torch", "operators of torch that take most"], rows())}"""


def _ms(seconds: float) -> str:
    return plain(1000 * seconds, 0)


def main(
    model: Annotated[str | None, typer.Option(help="Name of the checkpoint.")] = None,
    quality: Annotated[float, typer.Option(min=0, max=100)] = DEFAULT_QUALITY,
    out: Annotated[Path, typer.Option(help="Folder of profile.md and profile.json.")] = Path("docs/benchmarks"),
) -> None:
    """Measure each step in one thread, and write profile.md and profile.json."""
    torch.set_num_threads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores()[:1])
    card = catalogue.card(model) if model else catalogue.default_card()
    with tempfile.TemporaryDirectory() as folder, open_source(SAMPLE, None, "cpu") as source:
        coded = Path(folder) / "coded.sarz"
        sargui.compress(SAMPLE, coded, quality=quality, model=card.name, device="cpu")
        steps = [*encoding(source, card, round(100 * quality)), *decoding(coded, Path(folder))]
        window = _window(source)
    halves = TileCodec.load(card, "cpu").half_precision
    about = {"machine": record.machine(), "model": card.name, "sha256": card.sha256, "quality": quality}
    about |= {"precision": "bfloat16" if halves else "float32", "window": f"{window.rows} × {window.cols} pixels"}
    record.write(out, "profile", {**about, "steps": [asdict(each) for each in steps]}, page(steps, about))


if __name__ == "__main__":
    typer.run(main)
