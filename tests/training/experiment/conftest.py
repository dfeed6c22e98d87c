"""Tiny checkpoints to experiment with, and figures in place of measured ones."""

import pytest
import torch

from sargui.codec.tables import empty_counts, fit
from sargui.codec.tile_codec import TileCodec
from sargui.core.types import ModelCard
from sargui.networks import save
from sargui.training import export
from sargui.training.experiment import cost, measure
from sargui.training.experiment.arms import Arm
from sargui.training.experiment.compare import Interval, Point
from sargui.training.experiment.cost import Memory, Times
from sargui.training.experiment.gates import ModuleGates
from sargui.training.experiment.measure import Measured
from sargui.training.experiment.results import Result
from sargui.training.export import as_float32, fit_tables


@pytest.fixture
def _quick(monkeypatch):
    """Measure on small windows, once, at few qualities, and fit tables to little."""
    monkeypatch.setattr(measure, "VALIDATION_QUALITIES", (1000, 4924, 9260))
    monkeypatch.setattr(export, "FIT_QUALITIES", (500, 5000, 9500))
    monkeypatch.setattr(cost, "WINDOW", 64)
    monkeypatch.setattr(cost, "REPETITIONS", 1)
    monkeypatch.setattr(export, "fit_tables", lambda network, sampler: fit_tables(network, sampler, batches=1))


@pytest.fixture
def make_codec(make_network):
    def make(**sizes) -> TileCodec:
        network = as_float32(make_network(**sizes))
        return TileCodec(network, fit(empty_counts(network.config.side)), torch.device("cpu"))

    return make


@pytest.fixture
def make_baseline(make_network, tmp_path):
    """Save a tiny checkpoint; return the path of its card."""

    def make(**sizes):
        network = make_network(seed=5, **sizes)
        config = network.config
        card = ModelCard("tiny", "", config.attention, config.placement, config.to_card())
        save(network, fit(empty_counts(config.side)).to_tensors(), card, tmp_path / "baseline")
        return tmp_path / "baseline" / "tiny.json"

    return make


@pytest.fixture
def baseline(make_baseline):
    return make_baseline()


def canned_points(rate_factor: float, ssim_gain: float = 0.0) -> dict[str, list[Point]]:
    """Return curves of three images that need `rate_factor` times the bits, and are more similar at every rate."""
    curves = {}
    for number, name in enumerate(("city", "lake", "field")):
        factor = rate_factor ** (1 + 0.1 * (number - 1))  # so that images differ
        curves[name] = [Point(0.1 * 2**k * factor, 3 / 1.5**k, 0.5 + 0.06 * k + ssim_gain) for k in range(7)]
    return curves


@pytest.fixture
def make_result():
    """Make the result of an arm, the control's rates multiplied by a factor."""

    def make(arm: Arm, factor: float = 1.0, modules: tuple[ModuleGates, ...] = (), bypassed: float = 0.0) -> Result:
        points = canned_points(factor)
        measured = Measured(
            points=points,
            bypassed=canned_points(factor * bypassed) if bypassed else None,
            times=Times(0.5, 0.25, 1.1 if modules else 1.0, 1.2 if modules else 1.0),
            memory=Memory(75.0, 210.5),
            parameters=1_000_000 + 2048 * len(modules),
            attention_parameters=2048 * len(modules),
            gates=modules,
        )
        training = {"started_from": "none-2", "steps": 2000}
        return Result(arm, f"{arm.name}-1", "0" * 64, training, measured)

    return make


@pytest.fixture
def make_module():
    def make(name: str = "g_a.attention.3", spread: float = 0.2, gamma: float | None = None) -> ModuleGates:
        edges = Interval(0.42, 0.05, 3)
        return ModuleGates(name, spread, spread / 2, None, gamma, edges, edges, 0.3, 0.75)

    return make
