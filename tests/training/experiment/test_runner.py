"""Tests of running the experiment: all arms alike, from the same weights, stopped and gone on with."""

import json
import logging

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from sargui.core import catalogue
from sargui.core.errors import CheckpointError, JobCancelled, RequestError
from sargui.networks import load
from sargui.training.experiment import __main__ as program
from sargui.training.experiment.arms import Arm
from sargui.training.experiment.results import read, read_all
from sargui.training.experiment.runner import Experiment, Place

pytestmark = pytest.mark.usefixtures("_quick")
CONTROL, GATE = Arm("none"), Arm("gate", "latents")


def no_pause() -> None:
    pass


def stop_after(calls: int):
    """Return a pause that stops at its so many-th call."""
    left = iter(range(calls - 1))

    def pause() -> None:
        if next(left, None) is None:
            raise JobCancelled("Stopped.")

    return pause


@pytest.fixture
def data(write_raster, make_scene):
    return write_raster("power.tif", make_scene(96, 96, 1).astype(np.float32)).parent


@pytest.fixture
def experiment(data, baseline, tmp_path):
    def make(steps: int = 3, start_from=baseline) -> Experiment:
        place = Place(start_from, data, data, tmp_path / "out", "cpu")
        return Experiment(place, steps, 1e-3, side=64, batch=1, dependent=False)

    return make


def test_arms_are_run_in_order_and_reported_after_each(experiment, tmp_path):
    reports = []
    experiment().run([CONTROL, GATE], no_pause, lambda results: reports.append([one.arm.label for one in results]))
    assert reports == [["none-s0"], ["none-s0", "gate@latents-s0"]]
    result = read(tmp_path / "out" / "gate@latents-s0" / "result.json")
    assert (result.checkpoint, result.training["steps"], result.training["started_from"]) == (
        "gate@latents-1",
        3,
        "tiny",
    )
    card = catalogue.read_card(tmp_path / "out" / "gate@latents-s0" / "gate@latents-1.json")
    assert card.sha256 == result.sha256
    assert len(card.validation["gates"]) == 2
    assert card.validation["bpp_and_rmse_db"]["power"]
    network, _ = load(card)
    assert (network.config.attention, network.config.placement) == ("gate", "latents")


def test_a_stopped_run_goes_on_from_its_step(experiment, tmp_path, caplog):
    caplog.set_level(logging.INFO, "sargui.training")
    with pytest.raises(JobCancelled):
        experiment().run([CONTROL], stop_after(2), print)
    folder = tmp_path / "out" / "none-s0"
    assert json.loads((folder / "state.json").read_text())["step"] == 2
    assert not (folder / "result.json").exists()
    experiment().run([CONTROL], no_pause, print)
    assert "going on from step 2" in caplog.text
    assert read(folder / "result.json").training["steps"] == 3


def test_a_run_stopped_while_measuring_does_not_train_again(experiment, tmp_path, monkeypatch):
    with pytest.raises(JobCancelled):
        experiment().run([CONTROL], stop_after(4), print)  # three steps, then the first image
    assert (tmp_path / "out" / "none-s0" / "none-1.json").exists()
    monkeypatch.setattr(Experiment, "_fine_tune", None)
    experiment().run([CONTROL], no_pause, print)
    assert [result.arm for result in read_all(tmp_path / "out")] == [CONTROL]


def test_an_arm_that_is_done_is_left_alone(experiment, tmp_path, monkeypatch):
    experiment().run([CONTROL], no_pause, print)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out" / "none-s0").iterdir()}
    monkeypatch.setattr(Experiment, "_fine_tune", None)
    monkeypatch.setattr(Experiment, "_measure", None)
    experiment().run([CONTROL], no_pause, print)
    assert before == {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out" / "none-s0").iterdir()}


@pytest.mark.parametrize("arm", [GATE, Arm("cbam", "all"), Arm("self"), Arm("local")], ids=lambda arm: arm.name)
def test_an_arm_starts_as_the_baseline(arm, experiment, baseline, make_image):
    network, _ = experiment()._network(arm)
    reference, _ = load(catalogue.read_card(baseline))
    x, quality = torch.from_numpy(make_image(64, 64, 1))[None, None], torch.tensor([5000])
    latents = reference.scaled(x, quality)
    assert torch.allclose(network.eval().scaled(x, quality), latents, atol=1e-5)
    indices = torch.full_like(latents, 20)
    expected = reference.reconstruct(latents, indices, quality)
    assert torch.allclose(network.reconstruct(latents, indices, quality), expected, atol=1e-5)


def test_a_folder_holds_one_recipe(experiment):
    experiment(steps=3)
    experiment(steps=3)
    with pytest.raises(RequestError, match="another recipe"):
        experiment(steps=4)


def test_an_arm_without_its_control_is_refused(experiment):
    with pytest.raises(RequestError, match=r"has no control: none-s0 must be run before"):
        experiment(steps=1).run([GATE], no_pause, print)


def test_a_baseline_with_attention_is_refused(experiment, make_baseline):
    with pytest.raises(CheckpointError, match="attention of its own"):
        experiment(start_from=make_baseline(attention="se"))._network(CONTROL)


# The program


@pytest.fixture
def run(data, baseline, tmp_path, monkeypatch):
    monkeypatch.setattr(program.signal, "signal", lambda number, handler: None)

    def run(*arguments):
        options = ("--start-from", baseline, "--data", data, "--validation", data, "--out", tmp_path / "out")
        options += ("--report", tmp_path / "report", "--side", 64, "--batch", 1, "--steps", 1, "--device", "cpu")
        return CliRunner().invoke(program.app, [str(option) for option in (*options, *arguments)])

    return run


def test_the_program_runs_what_it_is_asked_for_and_reports(run, tmp_path):
    result = run("--only", "none-s0")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["none-s0", "recipe.json"]
    assert "`none`" in (tmp_path / "report" / "table.md").read_text()
    (tmp_path / "report" / "table.md").unlink()
    assert run("--report-only").exit_code == 0
    assert (tmp_path / "report" / "table.md").exists()


def test_the_program_refuses_an_unknown_arm_in_one_sentence(run):
    result = run("--only", "magic@latents")
    assert result.exit_code == RequestError.exit_code
    assert "no arm 'magic@latents'" in result.output
    assert "Traceback" not in result.output


def test_a_signal_stops_at_the_next_step_and_a_second_one_at_once(monkeypatch):
    handlers = {}
    monkeypatch.setattr(program.signal, "signal", handlers.__setitem__)
    pause = program._pause_on_signals()
    pause()
    handlers[program.signal.SIGINT](program.signal.SIGINT, None)
    with pytest.raises(JobCancelled, match="goes on from here"):
        pause()
    assert handlers[program.signal.SIGINT] == program.signal.SIG_DFL
