"""BD-rate of a checkpoint against OpenJPEG and JPEG XL; ours is counted from files on disk.

    python -m benchmarks.rate_distortion --model none-3 --data ../shared/data --split val --update-card

`--peers docs/benchmarks/none-3-val.json` takes the curves of the others, which no checkpoint changes, from an old run.
Errors are in dB of (power + floor), before rounding to the raster's type, for every codec alike; pixels without a
measurement do not count. What counts as our bytes is all that the pixels need: header, tiles, index, footer; the gains
that keep mean power are left out of bytes and error. `benchmarks.compare` has more codecs, figures and plots.
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

import rasterio
import typer
from rich.console import Console
from rich.table import Table

import sargui
from benchmarks import card as card_file
from benchmarks import images, measured, ours, peers
from benchmarks.curves import Point, in_range, is_monotone, rms, saving
from benchmarks.figures import Judge
from benchmarks.scene import Scene
from sargui.core import catalogue
from sargui.core.types import ModelCard
from sargui.training.export import VALIDATION_QUALITIES

PEERS = "openjpeg", "jpegxl"
Curves = Mapping[str, list[Point]]  # by peer


@dataclass(frozen=True, slots=True)
class Coded:
    """One image at one quality, compressed into a file and decoded from it."""

    quality: float
    pixel_bytes: int  # without the gains that keep mean power
    file_bytes: int  # with them, metadata and overviews
    stream_bytes: int  # symbols alone
    estimated_bytes: int  # of the same, foretold by the tables
    error_db: float  # root-mean-square, without the gains

    @staticmethod
    def of(coded: ours.Coded, scene: Scene) -> Coded:
        """Return what is told of a coded scene."""
        return Coded(
            coded.quality,
            coded.plain_bytes,
            coded.file_bytes,
            coded.stream_bytes,
            coded.estimated_bytes,
            rms(coded.plain, scene.x, scene.valid),
        )

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
        part = Path(folder) / path.name
        with rasterio.open(path) as raster:
            shape = images.measured_part(*raster.shape)
        images.write_part(path, part, *shape)
        scene = Scene.read(part)
        coded = [Coded.of(ours.code(scene, model, quality / 100, device), scene) for quality in VALIDATION_QUALITIES]
    references = known.get(path.stem) or _peer_curves(Judge(scene))

    def against(attribute: str) -> dict[str, float]:
        points = [(8 * getattr(one, attribute) / scene.x.size, one.error_db) for one in coded]
        return {name: saving(points, reference) for name, reference in references.items()}

    return Measured(
        path.stem, shape, coded, references, against("pixel_bytes"), against("file_bytes"), against("stream_bytes")
    )


def _peer_curves(judge: Judge) -> Curves:
    found = {name: [measured.of_peer(judge, name, setting) for setting in peers.PEERS[name].settings] for name in PEERS}
    return {name: [(one.rate, one.error_db) for one in figures] for name, figures in found.items()}


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
    for path in images.paths(data, split, images.SPLITS):
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
