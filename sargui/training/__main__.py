"""`python -m sargui.training`: make a checkpoint from a folder of rasters."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sargui.codec.devices import pick_device
from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from sargui.core.errors import SarguiError
from sargui.core.types import ModelCard
from sargui.networks import NetworkConfig, write_card
from sargui.training.dependent import DependentQuantizer
from sargui.training.export import VALIDATION_QUALITIES, begin, crop, export, qualities, summary, validate
from sargui.training.loop import LINEAR_SHARE, RATE, Plan, State, Trainer
from sargui.training.patches import Sampler, load_pack, named_bands, pack, save_pack

console = Console(stderr=True)
log = logging.getLogger("sargui.training")
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

TEXT = (
    "loss {task.fields[loss]:.4f}  {task.fields[bits]:.3f} bit/px  {task.fields[rms]:.3f} dB  step {task.fields[step]}"
)
LINE_EVERY = 500  # steps, where the output is not a terminal


def _name(name: str) -> str:
    if name and not catalogue.NAME.fullmatch(name):
        raise typer.BadParameter("a checkpoint's name is of a-z, 0-9, @, ., _ and -, at most 64 characters.")
    return name


def _side(side: int) -> int:
    if side % 64:
        raise typer.BadParameter("the side of a patch is a multiple of 64.")
    return side


@app.command()
def train(
    out: Annotated[Path, typer.Option(help="Folder for weights, card and the state to resume from.")],
    data: Annotated[Path, typer.Option(help="Folder of rasters, or a pack (.npz).")] = Path("../shared/data/train"),
    validation: Annotated[Path | None, typer.Option(help="Folder of rasters to measure on.")] = None,
    attention: Annotated[str, typer.Option(help="Attention variant.")] = "none",
    placement: Annotated[str, typer.Option(help="Where the attention sits.")] = "bottleneck",
    network: Annotated[list[str] | None, typer.Option(help="KEY=VALUE of the network's card; repeat for more.")] = None,
    minutes: Annotated[float, typer.Option(help="How long to train.", min=0.01)] = 60.0,
    steps: Annotated[int, typer.Option(help="How many steps instead; makes the result reproducible.")] = 0,
    name: Annotated[str, typer.Option(help="Name of the checkpoint.", callback=_name)] = "",
    start_from: Annotated[Path | None, typer.Option(help="Card of a checkpoint to start from.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of weights, patches and noise.", min=0)] = 0,
    side: Annotated[int, typer.Option(help="Side of the patches in pixels.", min=64, callback=_side)] = 256,
    batch: Annotated[int, typer.Option(help="Patches a step.", min=1)] = 8,
    rate: Annotated[float, typer.Option(help="Learning rate.")] = RATE,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, mps.")] = "auto",
    dependent: Annotated[bool, typer.Option(help="Train on dependent quantization, with START_FROM's tables.")] = False,
    bfloat16: Annotated[bool, typer.Option(help="Half precision in the branch; for GPUs and AVX512-BF16.")] = False,
    threads: Annotated[int, typer.Option(help="CPU threads; 0 leaves it to torch.")] = 0,
    pack_only: Annotated[Path | None, typer.Option(help="Write the data as a pack to this file and stop.")] = None,
) -> None:
    """Train a checkpoint, or go on with the one in OUT."""
    logging.basicConfig(
        level=logging.INFO, format="%(message)s", handlers=[RichHandler(console=console, show_path=False)]
    )
    try:
        torch.manual_seed(seed)
        config = _config(attention, placement, network or [])
        model, tables = begin(config, catalogue.read_card(start_from) if start_from else None, pick_device(device))
        pools = load_pack(data) if data.suffix == ".npz" else pack(data, seed)
        if pack_only is not None:
            save_pack(pools, pack_only)
            return
        if threads:
            torch.set_num_threads(threads)
        linear_share = 0.0 if start_from else LINEAR_SHARE
        plan = Plan(minutes, steps, linear_share, rate, bfloat16=bfloat16, seed=seed)
        sampler = Sampler(pools, side, batch, seed, next(model.parameters()).device)
        trainer = Trainer(model, sampler, plan, out, DependentQuantizer(tables) if dependent else None)
        if trainer.resume():
            log.info("going on from step %d", trainer.state.step)
        _run(trainer)
        card = export(trainer, pools, name or f"{attention}-1")
        if validation is not None:
            _validate(card, validation, device)
        log.info("wrote %s", card.path)
    except SarguiError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(error.exit_code) from None


def _config(attention: str, placement: str, fields: list[str]) -> NetworkConfig:
    """Return the configuration of a network, given what differs from the usual one as KEY=VALUE, or KEY=1,2,3."""
    values: dict[str, object] = {"attention": attention, "placement": placement}
    for name, _, text in (field.partition("=") for field in fields):
        parts = [int(part) if part.lstrip("-").isdigit() else part for part in text.split(",")]
        values[name] = parts if len(parts) > 1 or name == "groups" else parts[0]
    return NetworkConfig.from_card(values)


def _run(trainer: Trainer) -> None:
    columns = (BarColumn(), TextColumn("{task.percentage:.1f} %"), TextColumn(TEXT), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("training", total=1.0, loss=0.0, bits=0.0, rms=0.0, step=0)

        def report(state: State, progress: float) -> None:
            bar.update(task, completed=progress, loss=state.loss, bits=state.bits, rms=state.rms_db, step=state.step)
            if not console.is_terminal and state.step % LINE_EVERY == 0:
                line = "%.1f min  step %d  loss %.4f  %.3f bit/px  %.3f dB"
                log.info(line, state.minutes, state.step, state.loss, state.bits, state.rms_db)

        trainer.run(report)


def _validate(card: ModelCard, folder: Path, device: str) -> None:
    """Measure what was saved (half precision and all) and note it in the card."""
    codec = TileCodec.load(card, device)
    points = validate(codec, ((image, crop(x)) for image, _, x in named_bands(folder) if min(x.shape) >= 64))
    write_card(replace(card, validation=summary(points, qualities(codec, VALIDATION_QUALITIES))))


if __name__ == "__main__":
    app()
