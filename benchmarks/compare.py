"""sargui beside the codecs that users would pick instead: tables and plots of rate, error, radiometry and use.

    python -m benchmarks.compare --split test --model none-3 --out docs/benchmarks

The first checkpoint is told of in detail and drawn; more of them, by repeating --model, have their rows in the tables.
What was measured before is kept in `benchmarks/.cache`, and a rerun does only what changed: other pixels, weights, code
or versions. Plots need matplotlib.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import sargui
from benchmarks import bound, images, measured, ours, plots
from benchmarks import results as results_file
from benchmarks.figures import Figures, Judge
from benchmarks.page import page
from benchmarks.peers import PEERS, described, versions
from benchmarks.results import POWER, Result, title
from benchmarks.scene import Scene
from sargui.core import catalogue, radiometry
from sargui.core.types import ModelCard


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which checkpoints are compared, and on which device they work."""

    cards: Sequence[ModelCard]
    device: str

    @property
    def steps(self) -> int:
        """How many points an image takes."""
        settings = sum(len(peer.settings) for peer in PEERS.values())
        return settings + sum(len(ours.qualities(card)) for card in self.cards)

    def points(self, judge: Judge) -> Iterator[dict[str, Figures]]:
        """Yield what a scene comes to at each setting of each codec, by codec."""
        for card in self.cards:
            for quality in ours.qualities(card):
                plain, corrected = measured.of_sargui(judge, card, quality, self.device)
                yield {card.name: plain, card.name + POWER: corrected}
        for name, peer in PEERS.items():
            for setting in peer.settings:
                yield {name: measured.of_peer(judge, name, setting)}


def compare(paths: Sequence[tuple[str, Path]], comparison: Comparison, console: Console) -> list[Result]:
    """Return what was measured on some images, each with its group; shows how far it is."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    results = []
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(paths) * comparison.steps)
        for group, path in paths:
            progress.update(task, description=path.stem[:24])
            judge = Judge(Scene.read(path))
            curves: dict[str, list[Figures]] = {}
            for found in comparison.points(judge):
                for codec, figures in found.items():
                    curves.setdefault(codec, []).append(figures)
                progress.update(task, advance=1, description=f"{path.stem[:24]}, {title(next(iter(found)))}")
            results.append(_result(judge, group, curves))
    return results


def _result(judge: Judge, group: str, curves: dict[str, list[Figures]]) -> Result:
    scene = judge.scene
    spectrum = bound.speckle_spectrum(judge.power, radiometry.to_db(scene.x, scene.scale), scene.valid)
    reference = None if spectrum is None else bound.rate_distortion(spectrum)
    rows, cols = scene.x.shape
    return Result(scene.name, group, (rows, cols), judge.looks, judge.targets, judge.water_share, reference, curves)


def main(
    model: Annotated[list[str] | None, typer.Option(help="Checkpoint, the first in detail; repeat for more.")] = None,
    data: Annotated[Path, typer.Option(help="Folder of the imagery.")] = Path("../shared/data"),
    split: Annotated[str, typer.Option(help="val or test.")] = "test",
    only: Annotated[str, typer.Option(help="Images whose names hold this, all if empty.")] = "",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "cpu",
    out: Annotated[Path, typer.Option(help="Folder of the tables and the plots.")] = Path("docs/benchmarks"),
) -> None:
    """Measure, and write SPLIT.md, SPLIT.json and plots."""
    console = Console()
    cards = [catalogue.card(name) for name in model or [catalogue.default_card().name]]
    if len(ours.qualities(cards[0])) < 2:
        raise typer.BadParameter(f"{cards[0].name} has one quality, and so no curve; name another checkpoint first.")
    paths = [("multi-look", path) for path in images.paths(data, split, images.SPLITS)]
    paths += [("single-look", path) for path in images.paths(data, split, images.COMPLEX)]
    paths = [(group, path) for group, path in paths if only in path.stem]
    if not paths:
        raise typer.BadParameter(f"no image of {split} has '{only}' in its name.")
    results = compare(paths, Comparison(cards, device), console)
    names = [card.name for card in cards]
    out.mkdir(parents=True, exist_ok=True)
    about = {
        "split": split,
        "models": {card.name: card.sha256 for card in cards},
        "sargui": sargui.__version__,
        "python": platform.python_version(),
        "peers": versions(),
    }
    results_file.write(results, about, out / f"{split}.json")
    drawn = plots.draw(results, names[0], out, split)
    if not drawn:
        console.print("There is no matplotlib, so the plots are left as they were.")
    (out / f"{split}.md").write_text(page(results, names, split, described(), drawn), encoding="utf-8")
    console.print(f"Written to {out}.")


if __name__ == "__main__":
    typer.run(main)
