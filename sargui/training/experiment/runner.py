"""Running the experiment: arm after arm fine-tuned from one baseline, exported, measured, written down.

Each arm has a folder, and each step of it leaves files there that appear whole: the training's state, the checkpoint,
the result. So a run that was stopped goes on where it was, and an arm with a result is not touched again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from sargui.codec.devices import pick_device
from sargui.codec.tables import CodingTables
from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from sargui.core.errors import CheckpointError, JobCancelled, RequestError
from sargui.core.types import ModelCard
from sargui.networks import Autoencoder, NetworkConfig, write_card
from sargui.training.dependent import DependentQuantizer
from sargui.training.experiment import results
from sargui.training.experiment.arms import CONTROL, Arm
from sargui.training.experiment.cards import validation
from sargui.training.experiment.looks import Image
from sargui.training.experiment.measure import Pause, held_out, measure
from sargui.training.experiment.results import Result
from sargui.training.export import begin, export
from sargui.training.loop import Plan, State, Trainer
from sargui.training.patches import Pools, Sampler, load_pack, pack

log = logging.getLogger("sargui.training")

RECIPE_FILE = "recipe.json"
LINE_EVERY = 250  # steps


@dataclass(frozen=True, slots=True)
class Recipe:
    """What all arms share; a folder holds arms of one recipe. `baseline` is the SHA-256 of the weights at the start."""

    baseline: str
    steps: int
    rate: float
    side: int
    batch: int
    dependent: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where things are and on what they run; nothing of it changes a result but its last digits.

    `data` is a folder of rasters or a pack; `suffix` ends the names of the checkpoints.
    """

    start_from: Path
    data: Path
    validation: Path
    out: Path
    device: str = "auto"
    bfloat16: bool = False
    suffix: str = "-1"


Done = Callable[[list[Result]], None]  # called after each arm with all results so far


class Experiment:
    """The arms of one recipe in one folder. `pause` is called between steps and images; it raises JobCancelled."""

    def __init__(self, place: Place, steps: int, rate: float, side: int, batch: int, dependent: bool) -> None:
        """Prepare the folder.

        Raises:
            RequestError: the folder holds arms of another recipe.
            CheckpointError: the baseline cannot be used.
        """
        self.place = place
        self.card = catalogue.read_card(place.start_from)
        self.recipe = Recipe(self.card.sha256, steps, rate, side, batch, dependent)
        self.device = pick_device(place.device)
        self._pools: Pools | None = None
        self._images: dict[str, Image] | None = None
        _agree(self.recipe, place.out)

    def run(self, arms: Sequence[Arm], pause: Pause, done: Done) -> None:
        """Do all arms that have no result yet, in order."""
        for arm in arms:
            folder = self.place.out / arm.label
            if (folder / results.FILE).exists():
                log.info("%s is done", arm.label)
                continue
            card = self._checkpoint(arm) or self._fine_tune(arm, pause)
            log.info("%s: measuring", arm.label)
            results.write(self._measure(arm, card, pause), folder)
            done(results.read_all(self.place.out))

    def _checkpoint(self, arm: Arm) -> ModelCard | None:
        """Return the checkpoint of an arm whose training is over, if there is one that can be used."""
        try:
            card = catalogue.read_card(self.place.out / arm.label / f"{arm.name}{self.place.suffix}.json")
            catalogue.check_digest(card)
        except CheckpointError:
            return None
        return card

    def _fine_tune(self, arm: Arm, pause: Pause) -> ModelCard:
        """Train an arm from the baseline's weights, or go on with it, and return the checkpoint that comes of it."""
        network, tables = self._network(arm)
        sampler = Sampler(self._training_images(), self.recipe.side, self.recipe.batch, arm.seed, self.device)
        plan = Plan(
            steps=self.recipe.steps,
            linear_share=0.0,
            rate=self.recipe.rate,
            bfloat16=self.place.bfloat16,
            seed=arm.seed,
        )
        quantizer = DependentQuantizer(tables) if self.recipe.dependent else None
        trainer = Trainer(network, sampler, plan, self.place.out / arm.label, quantizer)
        log.info("%s: %s step %d", arm.label, "going on from" if trainer.resume() else "from", trainer.state.step)
        _train(trainer, arm, pause)
        log.info("%s: fitting tables", arm.label)
        name = f"{arm.name}{self.place.suffix}"
        return export(trainer, self._training_images(), name, started_from=self.card.name)

    def _network(self, arm: Arm) -> tuple[Autoencoder, CodingTables]:
        """Return the baseline with the arm's attention, which starts as the identity, and the baseline's tables."""
        baseline = NetworkConfig.from_card(self.card.network)
        torch.manual_seed(arm.seed)
        return begin(replace(baseline, attention=arm.attention, placement=arm.placement), self.card, self.device)

    def _measure(self, arm: Arm, card: ModelCard, pause: Pause) -> Result:
        """Return what is measured of what was saved (half precision and all), and note it in the card too."""
        control = card if arm.attention == CONTROL else self._checkpoint(arm.control)
        if control is None:
            raise RequestError(f"The arm {arm.label} has no control: {arm.control.label} must be run before it.")
        if self._images is None:
            self._images = held_out(self.place.validation)
        codecs = [TileCodec.load(each, str(self.device)) for each in (card, control)]
        measured = measure(codecs[0], codecs[1], self._images, pause)
        card = replace(card, validation=validation(measured))
        write_card(card)
        return Result(arm, card.name, card.sha256, dict(card.training), measured)

    def _training_images(self) -> Pools:
        if self._pools is None:
            data = self.place.data
            self._pools = load_pack(data) if data.suffix == ".npz" else pack(data)
        return self._pools


def _train(trainer: Trainer, arm: Arm, pause: Pause) -> None:
    """Run a training; where `pause` stops it, the step is complete and its state is saved."""

    def report(state: State, _: float) -> None:
        if state.step % LINE_EVERY == 0:
            line = "%s: %.1f min  step %d  loss %.4f  %.3f bit/px  %.3f dB"
            log.info(line, arm.label, state.minutes, state.step, state.loss, state.bits, state.rms_db)
        pause()

    try:
        trainer.run(report)
    except JobCancelled:
        trainer.save()
        raise


def _agree(recipe: Recipe, out: Path) -> None:
    """Note the recipe in the folder, or make sure that it is the one noted there."""
    path = out / RECIPE_FILE
    if not path.exists():
        results.write_text(path, json.dumps(asdict(recipe), indent=1) + "\n")
    elif json.loads(path.read_text(encoding="utf-8")) != asdict(recipe):
        raise RequestError(f"The folder {out} holds arms of another recipe ({path.name}); choose another folder.")
