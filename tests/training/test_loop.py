"""Tests of the training loop: it learns, it can be repeated and resumed, and its objective is its formula."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from scipy.fft import dctn

from sargui.core.errors import CheckpointError
from sargui.networks.autoencoder import TrainingOutput
from sargui.training import loop
from sargui.training.loop import Plan, Trainer, learning_rate_factor, objective

SHORT = Plan(steps=6, linear_share=0.5)
QUALITIES = torch.tensor([500, 2500, 4500, 6500, 8500])


def ignore(state, progress):
    pass


def trained(network, sampler, plan, folder):
    trainer = Trainer(network, sampler, plan, folder)
    trainer.run(ignore)
    return trainer


def assert_same_weights(one, other):
    other = other.state_dict()
    for name, value in one.state_dict().items():
        assert torch.equal(value, other[name]), name


@torch.no_grad()
def held_out_loss(network, image) -> float:
    """Return the objective on one patch at qualities all over the scale, with the same noise each time."""
    torch.manual_seed(99)
    x = torch.from_numpy(image)[None, None].expand(len(QUALITIES), 1, *image.shape)
    return float(objective(network(x, QUALITIES), QUALITIES))


# Learning


@pytest.mark.parametrize("linear_share", [0.0, 1.0], ids=["whole network", "linear phase"])
def test_the_loss_falls_within_seconds(linear_share, make_network, make_sampler, make_image, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "WARM_UP_STEPS", 10)
    network, losses = make_network(), []
    plan = Plan(steps=80, rate=1e-2, linear_rate=1e-2, linear_share=linear_share, bfloat16=False)
    trainer = Trainer(network, make_sampler(), plan, tmp_path)
    image = make_image(64, 64, 77)
    before = held_out_loss(network, image)

    trainer.run(lambda state, _: losses.append(state.loss))
    steps = np.diff(losses, prepend=0) / 0.01 + [0, *losses[:-1]]  # the running mean, 0.99 old + 0.01 new, undone
    assert np.mean(steps[-20:]) < np.mean(steps[1:21]) - 0.1
    assert held_out_loss(network, image) < before - 0.1


def test_the_start_spends_no_more_than_a_block_transform_codec(make_network, make_image):
    # The other codec: 16×16 DCT, the same step, and each coefficient's own entropy over the picture as its rate.
    image = make_image(256, 256, 77)
    quality = torch.tensor([6000])
    multiplier = 0.02 * 1000**0.6
    step_db = math.sqrt(12 / (2 * math.log(2)) / multiplier)
    blocks = (10 * image).reshape(16, 16, 16, 16).transpose(0, 2, 1, 3).reshape(256, 16, 16)
    coefficients = dctn(blocks, axes=(1, 2), norm="ortho")
    error = coefficients - step_db * np.round(coefficients / step_db)
    with torch.no_grad():
        output = make_network().eval()(torch.from_numpy(image)[None, None], quality)
    assert float(output.mse) <= 1.05 * np.mean(error**2)
    ideal_bits = np.mean(np.log2(np.maximum(coefficients.std(0) / step_db * math.sqrt(2 * math.pi * math.e), 1)))
    assert float(output.y_bits + output.z_bits) < 2 * ideal_bits + 1


def test_the_linear_phase_leaves_the_nonlinear_branches_alone(make_network, make_sampler, tmp_path):
    network = make_network()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    trained(network, make_sampler(), Plan(steps=3, linear_share=1.0), tmp_path)
    for name, value in network.state_dict().items():
        nonlinear = name.startswith(("g_a.", "g_s.")) and ".lapped." not in name
        if nonlinear:
            assert torch.equal(value, before[name]), name
    for name in ("g_a.lapped.quadrant", "g_s.lapped.quadrant", "gain", "inverse_gain", "z_scale"):
        assert not torch.equal(network.state_dict()[name], before[name]), name


def test_after_the_linear_phase_the_nonlinear_branches_learn(make_network, make_sampler, tmp_path):
    network = make_network()
    trained(network, make_sampler(), SHORT, tmp_path)
    assert network.g_a.out.weight.any()
    assert network.g_s.up[-1].weight.any()


# Repeating and resuming


def test_seed_and_step_count_decide_every_bit_of_the_weights(make_network, make_sampler, tmp_path):
    first, second = make_network(), make_network()
    trained(first, make_sampler(), SHORT, tmp_path / "first")
    torch.rand(1000)  # what else draws numbers must not matter
    trained(second, make_sampler(), SHORT, tmp_path / "second")
    assert_same_weights(first, second)


def test_another_seed_gives_other_weights(make_network, make_sampler, tmp_path):
    first, second = make_network(), make_network()
    trained(first, make_sampler(), SHORT, tmp_path / "first")
    trained(second, make_sampler(), replace(SHORT, seed=1), tmp_path / "second")
    assert not torch.equal(first.gain, second.gain)


def test_resuming_continues_from_the_weights_and_the_step(make_network, make_sampler, tmp_path):
    first, second = make_network(), make_network(seed=5)
    state = trained(first, make_sampler(), SHORT, tmp_path).state
    trainer = Trainer(second, make_sampler(), replace(SHORT, steps=8), tmp_path)
    assert trainer.resume()
    assert trainer.state == state
    assert_same_weights(first, second)
    steps = []
    trainer.run(lambda state, _: steps.append(state.step))
    assert steps == [7, 8]
    assert trainer.state.minutes > state.minutes
    assert trainer.state.megapixels == pytest.approx(8 * 4 * 64 * 64 / 1e6)


def test_a_finished_run_is_not_trained_further(make_network, make_sampler, tmp_path):
    first, second = make_network(), make_network(seed=5)
    trained(first, make_sampler(), SHORT, tmp_path)
    trainer = Trainer(second, make_sampler(), SHORT, tmp_path)
    trainer.resume()
    trainer.run(lambda state, _: pytest.fail("a step too many"))
    assert_same_weights(first, second)


def test_an_empty_folder_is_nothing_to_resume_from(make_network, make_sampler, tmp_path):
    trainer = Trainer(make_network(), make_sampler(), SHORT, tmp_path)
    assert not trainer.resume()
    assert trainer.state == loop.State()


def test_weights_of_another_network_are_refused_in_one_sentence(make_network, make_sampler, tmp_path):
    trained(make_network(), make_sampler(), replace(SHORT, steps=1), tmp_path)
    other = Trainer(make_network(hyper=24), make_sampler(), SHORT, tmp_path)
    with pytest.raises(CheckpointError, match=re.escape(str(tmp_path))):
        other.resume()


# Saving


def test_saving_leaves_two_complete_files_and_nothing_else(make_network, make_sampler, tmp_path):
    trainer = trained(make_network(), make_sampler(), SHORT, tmp_path / "new" / "folder")
    assert sorted(path.name for path in trainer.folder.iterdir()) == ["state.json", "state.safetensors"]
    assert json.loads((trainer.folder / "state.json").read_text())["step"] == 6
    weights = load_file(trainer.folder / "state.safetensors")
    assert weights.keys() == trainer.network.state_dict().keys()


def test_a_save_that_fails_keeps_the_old_state(make_network, make_sampler, tmp_path, monkeypatch):
    trainer = trained(make_network(), make_sampler(), SHORT, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(weights, path):
        path.write_bytes(b"half of it")
        raise OSError("No space left on device")

    monkeypatch.setattr(loop, "save_file", full)
    trainer.state.step += 1
    with pytest.raises(OSError, match="No space"):
        trainer.save()
    assert all((tmp_path / name).read_bytes() == content for name, content in before.items())


def test_a_long_run_saves_on_its_way(make_network, make_sampler, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "SAVE_EVERY_S", 0.0)
    found = []
    Trainer(make_network(), make_sampler(), replace(SHORT, steps=3), tmp_path).run(
        lambda state, _: found.append((tmp_path / "state.json").exists())
    )
    assert found == [False, True, True]


# Objective and schedule


def test_the_objective_is_the_mean_log_of_bits_plus_lambda_times_error():
    rng = np.random.default_rng(0)
    y_bits, z_bits, mse = rng.gamma(2, 1, (3, 6))
    quality = np.array([0, 1234, 3333, 5000, 7500, 10000])
    expected = np.mean(np.log(y_bits + z_bits + 0.02 * 1000 ** (quality / 10000) * mse))
    output = TrainingOutput(*(torch.tensor(part) for part in (y_bits, z_bits, mse)), x_hat=torch.zeros(0))
    assert float(objective(output, torch.tensor(quality))) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("progress", "steps", "factor"),
    [
        (0.0, 0, 1 / 200),
        (0.1, 99, 0.5),
        (0.2, 199, 1.0),
        (0.5, 10_000, 1.0),
        (0.75, 10_000, 0.02 + 0.98 / 2),
        (1.0, 10_000, 0.02),
        (1.3, 10_000, 0.02),
        (0.75, 99, (0.02 + 0.98 / 2) / 2),
    ],
)
def test_the_learning_rate_warms_up_over_200_steps_and_cools_down_by_half_a_cosine(progress, steps, factor):
    assert learning_rate_factor(progress, steps) == pytest.approx(factor)


def test_minutes_end_a_run_that_has_no_steps(make_network, make_sampler, tmp_path):
    trainer = trained(make_network(), make_sampler(), Plan(minutes=1e-3), tmp_path)
    assert trainer.state.step >= 1
    assert 1e-3 <= trainer.state.minutes < 0.1
