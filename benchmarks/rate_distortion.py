"""BD-rate of a checkpoint against OpenJPEG and JPEG XL; ours is counted from files on disk.

    python -m benchmarks.rate_distortion --model none-3 --data ../shared/data --split val --update-card

`--peers docs/benchmarks/none-3-val.json` takes the curves of the others, which no checkpoint changes, from an old run.
Errors are in dB of (power + floor), before rounding to the raster's type, for every codec alike; pixels without a
measurement do not count. What counts as our bytes is all that the pixels need: header, tiles, index, footer.
"""

from __future__ import annotations

import json
import platform
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Annotated

import numpy as np
import rasterio
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

import sargui
from benchmarks import card as card_file
from benchmarks import images, peers
from benchmarks.curves import Point, in_range, is_monotone, rms, saving
from sargui.codec.fill import fill_void
from sargui.core import catalogue, radiometry
from sargui.core.types import ModelCard, Radiometry, Void, Window
from sargui.engine.decoded import DecodedSource
from sargui.io import open_product
from sargui.training.export import VALIDATION_QUALITIES

Curves = Mapping[str, list[Point]]  # by peer


@dataclass(frozen=True, slots=True)
class Coded:
    """One image at one quality, compressed into a file and decoded from it."""

    quality: float
    pixel_bytes: int
    file_bytes: int  # with metadata and overviews
    stream_bytes: int  # symbols alone
    estimated_bytes: int  # of the same, foretold by the tables
    error_db: float  # root-mean-square

    @property
    def estimate_off(self) -> float:
        """The estimate's relative error."""
        return self.estimated_bytes / self.stream_bytes - 1 if self.stream_bytes else 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One image: our points, the peers' curves, and the BD-rates in percent."""

    name: str
    shape: tuple[int, int]
    ours: list[Coded]
    peers: Curves
    bd_rate: dict[str, float]
    bd_rate_whole_file: dict[str, float]
    bd_rate_streams: dict[str, float]


def measure(path: Path, model: str, device: str, known: Mapping[str, Curves]) -> Measured:
    """Return what a checkpoint does to the measured part of an image; `known` has the peers' curves of some images."""
    with tempfile.TemporaryDirectory() as folder:
        part, target = Path(folder) / path.name, Path(folder) / "coded.sarz"
        with rasterio.open(path) as raster:
            shape = images.measured_part(*raster.shape)
        images.write_part(path, part, *shape)
        coded: list[Coded] = []
        scale: Radiometry | None = None
        for quality in VALIDATION_QUALITIES:
            result, own_scale = _code(part, target, quality / 100, model, device)
            assert scale in (None, own_scale), "the radiometry of an image does not depend on the quality"
            coded.append(result)
            scale = own_scale
        assert scale is not None
        x, valid = _network_input(part, scale)
    references = known[path.stem] if path.stem in known else peers.curves(x, valid)

    def against(attribute: str) -> dict[str, float]:
        points = [(8 * getattr(one, attribute) / x.size, one.error_db) for one in coded]
        return {name: saving(points, reference) for name, reference in references.items()}

    return Measured(
        path.stem, shape, coded, references, against("pixel_bytes"), against("file_bytes"), against("stream_bytes")
    )


def _code(part: Path, target: Path, quality: float, model: str, device: str) -> tuple[Coded, Radiometry]:
    """Return what came of one quality, and the radiometry that the file's header names."""
    result = sargui.compress(part, target, quality=quality, model=model, device=device, overwrite=True)
    with DecodedSource(target, device) as decoded:
        x_hat, _ = decoded.read_network(0, Window(0, 0, *decoded.info.shape))
        scale = decoded.reader.header.bands[0].radiometry
        sizes = decoded.reader.sizes()
    x, valid = _network_input(part, scale)
    assert target.stat().st_size == result.file_bytes == sizes["total"]
    assert sizes["pixels"] == result.pixel_bytes
    error = rms(x_hat, x, valid)
    return Coded(
        quality, result.pixel_bytes, result.file_bytes, result.stream_bytes, result.estimated_bytes, error
    ), scale


def _network_input(part: Path, scale: Radiometry) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return an image as every codec gets it, smoothly filled where nothing was measured, and what was measured."""
    with open_product(part, None) as source:
        pixels = source.read(0, Window(0, 0, *source.info.shape))
    valid = radiometry.void_of(pixels, scale) == Void.VALID
    return fill_void(radiometry.to_network(pixels.values, scale), ~valid), valid


def known_peers(path: Path) -> dict[str, Curves]:
    """Return the peers' curves of each image, from what `--out` wrote."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return {
        one["name"]: {peer: [(rate, error) for rate, error in curve] for peer, curve in one["peers"].items()}
        for one in content["images"]
    }


def table(measured: list[Measured], title: str) -> Table:
    """Return BD-rates of every image and their means, ready to print."""
    result = Table(title=f"{title}: BD-rate in %")
    result.add_column("image", no_wrap=True, max_width=24)
    for heading in ("OpenJPEG", "JPEG XL", "file*", "symbols*", "est."):
        result.add_column(heading, justify="right", no_wrap=True, min_width=7)
    for one in measured:
        worst = 100 * max((point.estimate_off for point in one.ours), key=abs)
        result.add_row(one.name, *(f"{rate:+.2f}" for rate in _rates(one)), f"{worst:+.2f}")
    result.add_section()
    result.add_row("mean", *(f"{fmean(column):+.2f}" for column in zip(*map(_rates, measured), strict=True)), "")
    result.caption = "* vs OpenJPEG: with metadata, and symbols alone. est.: worst error of the size foretold."
    return result


def _rates(one: Measured) -> list[float]:
    return [*one.bd_rate.values(), one.bd_rate_whole_file["openjpeg"], one.bd_rate_streams["openjpeg"]]


def oddities(measured: list[Measured]) -> list[str]:
    """Return a sentence for every curve that is none, and every estimate that is more than 1 % off."""
    found = []
    for one in measured:
        pixels = one.shape[0] * one.shape[1]
        ours = [(8 * point.pixel_bytes / pixels, point.error_db) for point in one.ours]
        found += [
            f"{one.name}: the curve of {name} is not monotone."
            for name, points in {**one.peers, "sargui": ours}.items()
            if not is_monotone(in_range(points))
        ]
        found += [
            f"{one.name}: the estimate at quality {point.quality:g} is off by {100 * point.estimate_off:+.2f} % "
            f"of {point.stream_bytes} bytes."
            for point in one.ours
            if abs(point.estimate_off) > 0.01
        ]
    return found


def means(measured: list[Measured]) -> dict[str, float]:
    """Return the mean BD-rate of each peer."""
    return {peer: fmean(one.bd_rate[peer] for one in measured) for peer in measured[0].bd_rate}


def main(
    model: Annotated[str, typer.Option(help="Name of the checkpoint, or path of its card.")],
    data: Annotated[Path, typer.Option(help="Folder of the imagery.")] = Path("../shared/data"),
    split: Annotated[str, typer.Option(help="val or test.")] = "val",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "cpu",
    peers_of: Annotated[
        Path | None, typer.Option("--peers", help="What --out wrote before: take the others' curves from there.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write everything measured to this JSON file.")] = None,
    update_card: Annotated[bool, typer.Option("--update-card", help="Write the BD-rates into the model card.")] = False,
) -> None:
    """Measure the rate and distortion of a checkpoint."""
    if update_card and split != "val":
        raise typer.BadParameter("a card holds figures of val alone: the default checkpoint is chosen by them.")
    console = Console()
    checkpoint = catalogue.card(model)
    if checkpoint.network.get("quality") is not None:
        raise typer.BadParameter(
            f"{checkpoint.name} has one fixed rate, and a curve needs more; its card has its point."
        )
    known = {} if peers_of is None else known_peers(peers_of)
    measured = []
    for path in images.paths(data, split):
        with console.status(path.stem):
            measured.append(measure(path, model, device, known))
    console.print(table(measured, f"{checkpoint.name} on {split}"))
    for sentence in oddities(measured):
        console.print(f"[yellow]{sentence}[/yellow]")
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(report(measured, checkpoint, split), indent=1) + "\n", encoding="utf-8")
    if update_card:
        rates = {one.name: one.bd_rate for one in measured}
        card_file.update(Path(checkpoint.path).with_suffix(".json"), means(measured), rates)


def report(measured: list[Measured], checkpoint: ModelCard, split: str) -> dict[str, object]:
    """Return everything measured, ready for JSON."""
    return {
        "model": checkpoint.name,
        "sha256": checkpoint.sha256,
        "split": split,
        "sargui": sargui.__version__,
        "python": platform.python_version(),
        "peers": peers.versions(),
        "bd_rate_mean": means(measured),
        "images": [asdict(one) for one in measured],
    }


if __name__ == "__main__":
    typer.run(main)
