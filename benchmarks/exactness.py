"""Whether all ways of computing choose the same coding tables: a table in Markdown, with a control that must break.

    python -m benchmarks.exactness --data ../shared/data [--no-control] [--no-pixels]

Every tile of the test images is coded at five qualities in the first way. Each other way, in a process of its own and
one factor away from the first, is given the same levels; counted are the table indices that it chooses otherwise, and
the tiles that it decodes from their payloads (the checksum of the levels decides). Its pixels are compared in single
precision, before any rounding. The control (float_control.py) has the same network with its scales in real numbers.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated
from unittest.mock import patch

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from torch import Tensor, nn

from benchmarks.float_control import with_float_scales
from sargui.codec.payload import Payload
from sargui.codec.symbols import Latents, dequantize
from sargui.codec.tables import CodingTables
from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from sargui.core.tiling import CELL, TILE_CELLS, ceil_div
from sargui.core.types import ModelCard
from sargui.networks import load
from sargui.training.export import code_image, qualities
from sargui.training.patches import named_bands

QUALITIES = (500, 2500, 5000, 7500, 9500)
LIMIT_DB = 0.001  # by which pixels may differ
LAYOUTS = {"channels_last": torch.channels_last, "contiguous": torch.contiguous_format}

Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Way:
    """A way of computing: what of it differs from the first is its name."""

    name: str
    layout: str = "channels_last"
    onednn: bool = True
    nnpack: bool = True
    batch: int = 1
    threads: int = 1
    device: str = "cpu"
    environment: tuple[tuple[str, str], ...] = ()  # read when torch is loaded


FIRST = Way("channels_last, oneDNN, NNPACK, batch 1, 1 thread, native instructions")
IN_PROCESS = (
    Way("contiguous", layout="contiguous"),
    Way("oneDNN off", onednn=False),
    Way("NNPACK off", nnpack=False),
    Way("batch 16", batch=16),
    Way("2 threads", threads=2),
    Way("oneDNN off, batch 16 (NNPACK computes)", onednn=False, batch=16),
    Way("oneDNN and NNPACK off, batch 16", onednn=False, nnpack=False, batch=16),
)
BY_ENVIRONMENT = tuple(
    Way(f"{name}={value}", environment=((name, value),))
    for name, value in (
        ("ONEDNN_MAX_CPU_ISA", "SSE41"),
        ("ONEDNN_MAX_CPU_ISA", "AVX2"),
        ("ONEDNN_MAX_CPU_ISA", "AVX512_CORE"),
        ("ATEN_CPU_CAPABILITY", "default"),
        ("MKL_CBWR", "COMPATIBLE"),
    )
)


@dataclass(frozen=True, slots=True)
class Coded:
    """All tiles of all images at one quality, as the first way codes them, and its table indices and pixels."""

    quality: int
    payloads: list[bytes]
    extents: list[tuple[int, int]]  # cells of each tile in its image
    levels: list[NDArray[np.int16]]  # of all parts, in coding order
    index: NDArray[np.uint8]  # (tiles, latents, 32, 32)
    sizes: list[tuple[int, int]]  # cells of each image
    pictures: list[Image]  # network output


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a way of computing agrees with the first; `largest_db` is the largest difference of a pixel."""

    tiles: int = 0
    flips: int = 0
    decoded: int = 0
    largest_db: float = 0.0

    def __add__(self, other: Agreement) -> Agreement:
        """Return both together."""
        largest = max(self.largest_db, other.largest_db)
        return Agreement(self.tiles + other.tiles, self.flips + other.flips, self.decoded + other.decoded, largest)


def codec_of(card: ModelCard, device: str, *, control: bool) -> TileCodec:
    """Return the codec of a checkpoint, or of its float control; without the self-test, which lets the CPU step in."""
    network, tensors = load(card)
    tables = CodingTables.from_tensors(tensors, network.config.side)
    codec = TileCodec(with_float_scales(network) if control else network, tables, torch.device(device))
    codec.half_precision = False
    return codec


@contextmanager
def computing(way: Way, codec: TileCodec) -> Iterator[None]:
    """Compute in a way inside the `with` block; its environment is whoever's starts the process."""

    def laid_out(module: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tuple(x.contiguous(memory_format=LAYOUTS[way.layout]) for x in given)

    threads = torch.get_num_threads()
    torch.set_num_threads(way.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    codec.network.to(memory_format=LAYOUTS[way.layout])
    layers = [module for module in codec.network.modules() if isinstance(module, nn.Conv2d)]
    hooks = [layer.register_forward_pre_hook(laid_out) for layer in layers]
    try:
        with torch.backends.mkldnn.flags(enabled=way.onednn), torch.backends.nnpack.flags(enabled=way.nnpack):
            yield
    finally:
        torch.set_num_threads(threads)
        codec.network.to(memory_format=torch.channels_last)
        for hook in hooks:
            hook.remove()


def code(codec: TileCodec, images: Sequence[Image], quality: int) -> Coded:
    """Return images at a quality, coded in the first way."""
    payloads, extents, parts, indices, sizes, pictures = [], [], [], [], [], []
    with computing(FIRST, codec):
        for x in images:
            symbols, latents, frames = code_image(codec, x, quality)
            payloads += [tile.payload for tile in codec.write(symbols, frames, quality)]
            extents += [frame.extent for frame in frames]
            parts.append([part.levels for part in symbols.parts])
            indices.append(latents.index.to(torch.uint8).numpy())
            sizes.append((ceil_div(x.shape[0], CELL), ceil_div(x.shape[1], CELL)))
            pictures.append(codec.synthesize_scene(latents, *sizes[-1], quality))
    levels = [np.concatenate(part) for part in zip(*parts, strict=True)]
    return Coded(quality, payloads, extents, levels, np.concatenate(indices), sizes, pictures)


@torch.inference_mode()
def compare(codec: TileCodec, coded: Coded, way: Way, *, pixels: bool = True) -> Agreement:
    """Return how a way of computing agrees with the first."""
    count = len(coded.payloads)
    payloads = [Payload.unpack(payload) for payload in coded.payloads]
    latents = Latents(torch.empty(coded.index.shape), torch.empty(coded.index.shape))
    failed: set[int] = set()
    with computing(way, codec):
        for start in range(0, count, way.batch):
            places = np.arange(start, start + way.batch) % count  # so that all batches are full
            found = _given(codec, coded, places)
            latents.v_hat[places], latents.index[places] = found.v_hat.cpu(), found.index.cpu()
            _, lost = codec.read([payloads[place] for place in places], [coded.extents[place] for place in places])
            failed |= {int(places[tile]) for tile in lost}
        largest = max(_differences(codec, coded, latents)) if pixels else 0.0
    flips = int((latents.index.numpy() != coded.index).sum())
    return Agreement(count, flips, count - len(failed), largest)


def _given(codec: TileCodec, coded: Coded, places: NDArray[np.int64]) -> Latents:
    """Return what a decoder makes of tiles if it finds their levels, whatever tables it chooses."""
    rest = iter(coded.levels[1:])
    cells = np.zeros((len(places), TILE_CELLS, TILE_CELLS), np.float32)
    for tile, place in enumerate(places):
        cells[tile, : coded.extents[place][0], : coded.extents[place][1]] = 1
    mask = torch.from_numpy(cells).to(codec.coding_device)
    z = coded.levels[0][places]
    _, latents = dequantize(codec.network, mask, coded.quality, codec.quantizer, z, lambda tables: next(rest)[places])
    return latents


def _differences(codec: TileCodec, coded: Coded, latents: Latents) -> Iterator[float]:
    """Yield the largest difference, in dB, of each image's pixels."""
    start = 0
    for (rows, cols), picture in zip(coded.sizes, coded.pictures, strict=True):
        tiles = slice(start, start + ceil_div(rows, TILE_CELLS) * ceil_div(cols, TILE_CELLS))
        part = Latents(latents.v_hat[tiles].to(codec.device), latents.index[tiles].to(codec.device))
        yield 10 * float(np.abs(codec.synthesize_scene(part, rows, cols, coded.quality) - picture).max())
        start = tiles.stop


def compare_all(card: ModelCard, coded: Sequence[Coded], way: Way, *, control: bool, pixels: bool) -> Agreement:
    """Return how a way agrees with the first over all qualities; called in a process of its own."""
    codec = codec_of(card, way.device, control=control)
    return sum((compare(codec, each, way, pixels=pixels) for each in coded), Agreement())


def in_own_process(card: ModelCard, coded: Sequence[Coded], way: Way, *, control: bool, pixels: bool) -> Agreement:
    """Return how a way agrees with the first, its environment set before torch is loaded."""
    with (
        patch.dict(os.environ, dict(way.environment)),
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
    ):
        return pool.submit(compare_all, card, coded, way, control=control, pixels=pixels).result()


def matrix(
    card: ModelCard, images: Sequence[Image], *, control: bool = True, pixels: bool = True
) -> Iterator[tuple[Way, list[Agreement]]]:
    """Yield each way of computing, how a checkpoint agrees in it with the first way, and then how its control does."""
    codecs = [codec_of(card, "cpu", control=in_float) for in_float in (False, True)[: 1 + control]]
    chosen = qualities(codecs[0], QUALITIES)
    coded = [[code(codec, images, quality) for quality in chosen] for codec in codecs]
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    on_gpu = [Way(f"{gpu}, batch {batch}", device="cuda", batch=batch) for batch in (1, 16) if gpu]
    for way in (replace(FIRST, name="the first again"), *IN_PROCESS, *BY_ENVIRONMENT, *on_gpu):
        yield (
            way,
            [
                in_own_process(card, each, way, control=number == 1, pixels=pixels and number == 0)
                for number, each in enumerate(coded)
            ],
        )


def main(
    data: Annotated[Path, typer.Option(help="Folder of imagery, with a folder test.")] = Path("../shared/data"),
    model: Annotated[
        list[str] | None, typer.Option(help="Name of a checkpoint; repeat for more. All if not given.")
    ] = None,
    control: Annotated[bool, typer.Option(help="Also compare the float control, which takes twice the time.")] = True,
    pixels: Annotated[bool, typer.Option(help="Also compare pixels, which takes twice the time.")] = True,
) -> None:
    """Compare all ways of computing."""
    images = [x for _, _, x in named_bands(data / "test")]
    if not images:
        typer.echo(f"Skipped: there is no imagery in {data / 'test'}; say where it is with --data.")
        raise typer.Exit
    cards = [catalogue.card(name) for name in model] if model else catalogue.cards()
    machine = f"{platform.machine()} with {torch.backends.cpu.get_cpu_capability()}"
    shown = ", ".join(f"{quality / 100:g}" for quality in QUALITIES)
    print(f"torch {torch.__version__}, {machine}; {len(images)} images at qualities {shown}. The first way:")
    print(f"{FIRST.name}.")
    for card in cards:
        print(f"\n## {card.name}\n")
        columns = ["what differs", "tiles", "indices that differ", "tiles that decode"]
        columns += ["pixels differ by, dB"] if pixels else []
        columns += ["float control: indices that differ", "float control: tiles that decode"] if control else []
        print(f"| {' | '.join(columns)} |\n|---{'|---:' * (len(columns) - 1)}|")
        for way, (ours, *floats) in matrix(card, images, control=control, pixels=pixels):
            row = [way.name, ours.tiles, ours.flips, ours.decoded]
            row += [f"{ours.largest_db:.6f}"] if pixels else []
            row += [number for broken in floats for number in (broken.flips, broken.decoded)]
            print(f"| {' | '.join(map(str, row))} |", flush=True)


if __name__ == "__main__":
    typer.run(main)
