"""The training loop: deterministic given seed and step count, resumable from weights alone."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from sargui.core.errors import CheckpointError
from sargui.networks.autoencoder import Autoencoder, Quantizer, TrainingOutput
from sargui.networks.quality import QUALITY_MAX, multiplier
from sargui.training.patches import Sampler

log = logging.getLogger(__name__)

RATE = 1.5e-3
LINEAR_SHARE = 0.1
GRADIENT_LIMIT = 1.0
WARM_UP_STEPS = 200
COOL_DOWN_FROM = 0.5  # of the way: constant before, half a cosine after
LAST_RATE = 0.02
SAVE_EVERY_S = 180.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how hard to train: `steps` decides if it is not 0, else `minutes`.

    For `linear_share` of the way only the lapped transform and the entropy model are trained.
    """

    minutes: float = 60.0
    steps: int = 0
    linear_share: float = LINEAR_SHARE
    rate: float = RATE
    linear_rate: float = 2e-3
    lapped_factor: float = 0.05  # of the rate, for the bases
    bfloat16: bool = False  # in the nonlinear branch
    seed: int = 0


@dataclass(slots=True)
class State:
    """Where training stands; written beside the weights."""

    step: int = 0
    minutes: float = 0.0
    loss: float = 0.0
    bits: float = 0.0
    rms_db: float = 0.0
    megapixels: float = 0.0


def objective(output: TrainingOutput, quality: Tensor) -> Tensor:
    """Return the mean of log(bits + λ·MSE), so that every rate counts by its relative, not its absolute, bits."""
    cost = output.y_bits + output.z_bits + multiplier(quality) * output.mse
    return torch.log(cost).mean()


def learning_rate_factor(progress: float, steps_since_start: int) -> float:
    """Return the factor on the learning rate at `progress` (0..1) of a phase."""
    warm = min(1.0, (steps_since_start + 1) / WARM_UP_STEPS)
    late = max(0.0, (progress - COOL_DOWN_FROM) / (1 - COOL_DOWN_FROM))
    return warm * (LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + math.cos(math.pi * min(late, 1.0))))


class Trainer:
    """Owns network, optimizer and state of one run in one folder."""

    def __init__(
        self, network: Autoencoder, sampler: Sampler, plan: Plan, folder: Path, quantizer: Quantizer | None = None
    ) -> None:
        """Train `network` on what `quantizer` (noisy rounding if None) makes of its latents."""
        self.network, self.sampler, self.plan, self.folder = network, sampler, plan, folder
        self.quantizer = quantizer
        self.state = State()
        self._optimizer: torch.optim.Optimizer | None = None
        self._phase_start = 0
        self._linear = False
        network.g_a.reduced = network.g_s.reduced = plan.bfloat16

    def resume(self) -> bool:
        """Continue from the folder's weights if there are any; say whether there were.

        Raises:
            CheckpointError: they are those of another network.
        """
        weights, state = self.folder / "state.safetensors", self.folder / "state.json"
        if not weights.exists() or not state.exists():
            return False
        try:
            self.network.load_state_dict(load_file(weights))
        except RuntimeError as error:
            raise CheckpointError(f"The folder {self.folder} holds the training of another network.") from error
        self.state = State(**json.loads(state.read_text(encoding="utf-8")))
        return True

    def save(self) -> None:
        """Write weights and state; the old ones stay until the new ones are complete."""
        self.folder.mkdir(parents=True, exist_ok=True)
        weights = {name: value.detach().cpu().contiguous() for name, value in self.network.state_dict().items()}
        save_file(weights, self.folder / "state.safetensors.part")
        (self.folder / "state.json.part").write_text(json.dumps(asdict(self.state)), encoding="utf-8")
        for name in ("state.safetensors", "state.json"):
            (self.folder / f"{name}.part").replace(self.folder / name)

    def progress(self) -> float:
        """Return how far the run is, 0..1."""
        return self.state.step / self.plan.steps if self.plan.steps else self.state.minutes / self.plan.minutes

    def run(self, report: Callable[[State, float], None]) -> None:
        """Train to the end of the plan, reporting (state, progress) after every step and saving now and then."""
        self.network.train()
        before, saved = self.state.minutes, time.monotonic()
        start = saved
        while (progress := self.progress()) < 1:
            self._step(progress)
            now = time.monotonic()
            self.state.minutes = before + (now - start) / 60
            report(self.state, min(self.progress(), 1.0))
            if now - saved > SAVE_EVERY_S:
                self.save()
                saved = now
        self.save()

    def _step(self, progress: float) -> None:
        linear = progress < self.plan.linear_share
        optimizer = self._optimizer_for(linear)
        share = self.plan.linear_share
        within = progress / share if linear else (progress - share) / (1 - share)
        factor = learning_rate_factor(within, self.state.step - self._phase_start)
        for group in optimizer.param_groups:
            group["lr"] = group["base"] * factor
        torch.manual_seed(self.plan.seed * 1_000_003 + self.state.step)
        x = self.sampler.draw(self.state.step).contiguous(memory_format=torch.channels_last)
        only = self.network.config.quality
        lowest, highest = (0, QUALITY_MAX) if only is None else (only, only)
        quality = torch.randint(lowest, highest + 1, (len(x),), device=x.device)
        output = self.network(x, quality, linear=linear, quantizer=self.quantizer)
        loss = objective(output, quality)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_LIMIT)
        optimizer.step()
        self._account(loss, output, x.numel())

    def _optimizer_for(self, linear: bool) -> torch.optim.Optimizer:
        """Return the optimizer of a phase; each phase starts a fresh one."""
        if self._optimizer is None or linear != self._linear:
            rate = self.plan.linear_rate if linear else self.plan.rate
            bases = [value for name, value in self.network.named_parameters() if name.endswith("quadrant")]
            others = [value for name, value in self.network.named_parameters() if not name.endswith("quadrant")]
            groups = [{"params": others, "base": rate}, {"params": bases, "base": rate * self.plan.lapped_factor}]
            self._optimizer = torch.optim.Adam(groups, lr=rate, betas=(0.9, 0.95))
            self._linear, self._phase_start = linear, self.state.step
        return self._optimizer

    def _account(self, loss: Tensor, output: TrainingOutput, pixels: int) -> None:
        """Keep running means over about a hundred steps."""
        state = self.state
        keep = 0.99 if state.step else 0.0
        state.loss = keep * state.loss + (1 - keep) * loss.item()
        state.bits = keep * state.bits + (1 - keep) * (output.y_bits + output.z_bits).mean().item()
        state.rms_db = keep * state.rms_db + (1 - keep) * output.mse.mean().sqrt().item()
        state.megapixels += pixels / 1e6
        state.step += 1
