"""`python -m sargui.training.experiment`: fine-tune and measure every attention variant, from one baseline.

It goes on where it was stopped (Ctrl-C, SIGTERM, a crash). In the background, without getting in anyone's way:

    OMP_WAIT_POLICY=PASSIVE nohup nice -n 19 python -m sargui.training.experiment --start-from models/none-3.json \
        --threads 1 > experiment.log 2>&1 &
"""

from __future__ import annotations

import logging
import signal
from pathlib import Path
from threading import Event
from typing import Annotated

import torch
import typer
from rich.console import Console

from sargui.core.errors import JobCancelled, SarguiError
from sargui.training.experiment.arms import chosen
from sargui.training.experiment.cards import note
from sargui.training.experiment.measure import Pause
from sargui.training.experiment.report import write_report
from sargui.training.experiment.results import Result, read_all
from sargui.training.experiment.runner import Experiment, Place

RATE = 5e-4  # of fine-tuning: a third of training's

console = Console(stderr=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _side(side: int) -> int:
    if side % 64:
        raise typer.BadParameter("the side of a patch is a multiple of 64.")
    return side


@app.command()
def experiment(
    start_from: Annotated[Path, typer.Option(help="Card of the baseline, a checkpoint without attention.")],
    data: Annotated[Path, typer.Option(help="Folder of rasters, or a pack (.npz).")] = Path("../shared/data/train"),
    validation: Annotated[Path, typer.Option(help="Folder of rasters to measure on.")] = Path("../shared/data/val"),
    out: Annotated[Path, typer.Option(help="Folder with a folder for each arm.")] = Path("runs/experiment"),
    report: Annotated[Path, typer.Option(help="Folder of the table and the plots.")] = Path("docs/attention"),
    only: Annotated[str, typer.Option(help="Arms to run, as in cbam@all,gate@latents-s0; all if empty.")] = "",
    steps: Annotated[int, typer.Option(help="Steps of each arm.", min=1)] = 2000,
    rate: Annotated[float, typer.Option(help="Learning rate.", min=0)] = RATE,
    side: Annotated[int, typer.Option(help="Side of the patches in pixels.", min=64, callback=_side)] = 256,
    batch: Annotated[int, typer.Option(help="Patches a step.", min=1)] = 8,
    dependent: Annotated[bool, typer.Option(help="Train on dependent quantization, the baseline's tables.")] = False,
    bfloat16: Annotated[bool, typer.Option(help="Half precision in the branch; for GPUs and AVX512-BF16.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, mps.")] = "auto",
    threads: Annotated[int, typer.Option(help="CPU threads; 0 leaves it to torch.", min=0)] = 0,
    suffix: Annotated[str, typer.Option(help="Ends the names of the checkpoints.")] = "-1",
    report_only: Annotated[bool, typer.Option(help="Write the report of what is done, and stop.")] = False,
    cards: Annotated[Path | None, typer.Option(help="Note what is found in the model cards in this folder.")] = None,
) -> None:
    """Run the arms that are not done yet, in order of value, and report after each."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%m-%d %H:%M")
    if threads:
        torch.set_num_threads(threads)

    def done(results: list[Result]) -> None:
        write_report(results, report)
        if cards is not None:
            note(results, cards)

    try:
        if report_only:
            done(read_all(out))
            return
        arms = chosen([name for name in only.split(",") if name])
        place = Place(start_from, data, validation, out, device, bfloat16, suffix)
        Experiment(place, steps, rate, side, batch, dependent).run(arms, _pause_on_signals(), done)
    except SarguiError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(error.exit_code) from None


def _pause_on_signals() -> Pause:
    """Return a function that raises once the process was asked to stop; asked twice, it stops at once."""
    asked = Event()

    def ask(number: int, _: object) -> None:
        asked.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)

    def pause() -> None:
        if asked.is_set():
            raise JobCancelled("Stopped as asked; the same command goes on from here.")

    return pause


if __name__ == "__main__":
    app()
