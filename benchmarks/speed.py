"""How fast the whole program is, beside OpenJPEG and JPEG XL at the same bits per pixel: one run, one machine.

    python -m benchmarks.speed --model none-3 --out docs/benchmarks

Every job is a process of its own, bound to one core or to two, and timed from outside: starting Python, importing
torch, reading and writing count; "inside" is the same without the start, from the first pixel read to the file on disk.
The others are measured by their codec alone, in memory. All take turns, and the best of some runs counts, so that what
else the machine does disturbs none more than the others. Scenes of other sizes, and memory: `benchmarks.scale`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from benchmarks import rasters, record, speed_page
from benchmarks.equal_rate import Match, alike, match
from benchmarks.job import precisions
from benchmarks.peer_job import CODECS
from benchmarks.process import Job, cores, run
from benchmarks.scene import Scene
from sargui.core import catalogue
from sargui.core.types import Effort, ModelCard
from sargui.engine.requests import DEFAULT_QUALITY
from sargui.io import open_product

SIDE = 4096  # pixels, of the default scene


@dataclass(frozen=True, slots=True)
class Way:
    """One way to use sargui."""

    model: str
    quality: float
    effort: Effort
    precision: str  # of the nonlinear branch
    keep_power: bool  # the radiometric correction
    threads: int

    def run(self, scene: Path, folder: Path) -> Pair:
        """Compress a scene and decompress the file, once."""
        coded, back = folder / "coded.sarz", folder / "back.tif"
        power = "--keep-power" if self.keep_power else "--no-keep-power"
        asked = ["--model", self.model, "--quality", str(self.quality), "--effort", self.effort, power]
        common = {"threads": self.threads}
        encode = run("benchmarks.job", "compress", scene, coded, *asked, "--precision", self.precision, **common)
        decode = run("benchmarks.job", "decompress", coded, back, "--precision", self.precision, **common)
        return Pair(encode, decode)


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to use another codec."""

    codec: str
    match: Match
    threads: int

    def run(self, scene: Path, folder: Path) -> Pair:
        """Encode a scene and decode the file, once."""
        coded, back, asked = folder / "coded", folder / "back.tif", ["--codec", self.codec]
        setting = ["--setting", str(self.match.setting)]
        encode = run("benchmarks.peer_job", "encode", scene, coded, *asked, *setting, threads=self.threads)
        return Pair(encode, run("benchmarks.peer_job", "decode", coded, back, *asked, threads=self.threads))


@dataclass(frozen=True, slots=True)
class Pair:
    """The best runs of encoding and of decoding: of another codec, those of its codec alone."""

    encode: Job
    decode: Job

    def best(self, other: Pair | None) -> Pair:
        """Return the faster ones of two pairs."""
        if other is None:
            return self
        jobs = (self.encode, other.encode), (self.decode, other.decode)
        return Pair(*(min(both, key=lambda job: job.seconds.get("code", job.wall_s)) for both in jobs))


@dataclass(slots=True)
class Speeds:
    """The best of all that was measured so far."""

    ours: dict[Way, Pair] = field(default_factory=dict)
    peers: dict[Peer, Pair] = field(default_factory=dict)

    def rate(self, way: Way) -> float:
        """Return the bits per pixel of a way."""
        return float(self.ours[way].encode.more["bits_per_pixel"])

    def peer_of(self, way: Way, codec: str) -> Pair | None:
        """Return what another codec did with as many threads at the rate of a way; None if it has no such rate."""
        rate = self.rate(way)
        near = [
            peer
            for peer in self.peers
            if peer.codec == codec and peer.threads == way.threads and alike(peer.match.bits_per_pixel, rate)
        ]
        nearest = min(near, key=lambda peer: abs(peer.match.bits_per_pixel - rate), default=None)
        return None if nearest is None else self.peers[nearest]


def ways(cards: Iterable[ModelCard], quality: float, threads: Sequence[int]) -> list[Way]:
    """Return all ways of all checkpoints; one of a single quality is used at that."""
    found = []
    for card in cards:
        only = card.network.get("quality")
        at = quality if only is None else only / 100
        choices = product(Effort, precisions(card), (True, False), threads)
        found += [Way(card.name, at, *choice) for choice in choices]
    return found


def measure(scene: Path, chosen: Sequence[Way], runs: int, say: Callable[[str], None]) -> Speeds:
    """Return the best of some runs of all, by turns; files lie beside the scene."""
    best, peers = Speeds(), list[Peer]()
    for number in range(1, runs + 1):
        for way in chosen:
            say(f"run {number} of {runs}: {way.model}, {way.effort}, {way.precision}, {way.threads} threads")
            best.ours[way] = way.run(scene, scene.parent).best(best.ours.get(way))
        if not peers:
            say("looking for the settings of the others")
            threads = sorted({way.threads for way in chosen})
            rates = [best.rate(way) for way in chosen]
            peers = [Peer(*found, count) for found in settings(Scene.read(scene), rates) for count in threads]
        for peer in peers:
            say(f"run {number} of {runs}: {peer.codec}, {peer.threads} threads")
            best.peers[peer] = peer.run(scene, scene.parent).best(best.peers.get(peer))
    return best


def settings(scene: Scene, rates: Sequence[float]) -> Iterator[tuple[str, Match]]:
    """Yield settings of each other codec, until each of some rates has one that is alike, if the codec has."""
    for name, codec in CODECS.items():
        found: list[Match] = []
        for rate in rates:
            if not any(alike(rate, other.bits_per_pixel) for other in found):
                found.append(match(codec, scene, rate))
                yield name, found[-1]


def content(found: Speeds, about: dict[str, Any]) -> dict[str, Any]:
    """Return everything measured, ready for JSON."""
    return {
        **about,
        "ours": [asdict(way) | asdict(pair) for way, pair in found.ours.items()],
        "peers": [asdict(peer) | asdict(pair) for peer, pair in found.peers.items()],
    }


def main(
    scene: Annotated[Path | None, typer.Argument(help="A raster; without, a scene of 16 megapixels is made.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Checkpoint; repeat for more.")] = None,
    quality: Annotated[float, typer.Option(min=0, max=100)] = DEFAULT_QUALITY,
    threads: Annotated[list[int] | None, typer.Option(help="And cores; repeat for more. 1 and 2 if left out.")] = None,
    runs: Annotated[int, typer.Option(min=1, help="Of each, by turns; the best counts.")] = 3,
    side: Annotated[int, typer.Option(help="Of the scene that is made, in pixels.")] = SIDE,
    scratch: Annotated[Path | None, typer.Option(help="Folder for the files of the run.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of speed.md and speed.json.")] = Path("docs/benchmarks"),
) -> None:
    """Measure speed, and write speed.md and speed.json."""
    cards = [catalogue.card(name) for name in model or [catalogue.default_card().name]]
    counts = threads or [1, 2]
    if max(counts) > len(cores()):
        raise typer.BadParameter(f"there are {len(cores())} cores here.")
    console = Console()
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        source, what = rasters.square(Path(folder), side) if scene is None else (scene.resolve(), scene.name)
        ours = Path(folder) / "scene.tif"
        if source != ours:
            ours.symlink_to(source)
        with open_product(ours, None, detect=True) as raster:
            described = {"what": what, "shape": raster.info.shape, "dtype": raster.info.bands[0].dtype}
        with console.status("") as status:
            found = measure(ours, ways(cards, quality, counts), runs, status.update)
    versions = {name: str(codec.version()) for name, codec in CODECS.items()}
    models = {card.name: card.sha256 for card in cards}
    about = {"machine": record.machine(), "scene": described, "models": models, "quality": quality, "runs": runs}
    about |= {"peers": versions}
    record.write(out, "speed", content(found, about), speed_page.page(found, about))
    console.print(f"Written to {out}.")


if __name__ == "__main__":
    typer.run(main)
