"""Tests of `python -m sargui.training`, from a folder of rasters to a checkpoint that the codec accepts."""

import re
from functools import partial

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from sargui.networks import load
from sargui.training import __main__ as program
from sargui.training import export
from sargui.training.export import VALIDATION_QUALITIES, fit_tables

QUICK = ("--side", "64", "--batch", "1", "--device", "cpu")
SMALL = ("--network", "stages=4,8,8,16", "--network", "hyper=16", "--network", "side=8")


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(export, "fit_tables", partial(fit_tables, batches=1))


@pytest.fixture
def data(write_raster, make_scene):
    write_raster("power.tif", make_scene(96, 96, 1).astype(np.float32))
    return write_raster("amplitude.tif", np.rint(300 * np.sqrt(make_scene(96, 96, 2))).astype(np.uint8)).parent


@pytest.fixture
def train(data, tmp_path):
    """Run the program; return its result and the card of the checkpoint it is asked for."""

    def run(*arguments, out="out", source=data, steps=2, name="tiny"):
        options = (
            "--out",
            tmp_path / out,
            "--data",
            source,
            "--steps",
            steps,
            "--name",
            name,
            *QUICK,
            *SMALL,
            *arguments,
        )
        result = CliRunner().invoke(program.app, [str(option) for option in options])
        return result, tmp_path / out / f"{name}.json"

    return run


def plain(result) -> str:
    """Return what the program said, without the colors that a CI machine asks for, and unwrapped."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", result.output).split())


def one_sentence(result) -> str:
    """Return what the program said, unwrapped, having made sure that it is one sentence and no traceback."""
    assert isinstance(result.exception, SystemExit)
    text = plain(result)
    assert text.endswith(".")
    assert "Traceback" not in text
    return text


def test_a_folder_of_rasters_becomes_a_checkpoint_with_its_facts(train, data):
    result, path = train("--validation", data, "--seed", 3)
    assert result.exit_code == 0, result.output
    card = catalogue.read_card(path)
    assert TileCodec.load(card, "cpu").network.config.stages == (4, 8, 8, 16)
    assert (card.name, card.attention, card.placement) == ("tiny", "none", "bottleneck")
    assert (card.training["steps"], card.training["seed"]) == (2, 3)
    assert {"date", "minutes", "megapixels_seen", "training_megapixels", "machine", "last_loss"} <= set(card.training)
    assert card.validation["qualities"] == [quality / 100 for quality in VALIDATION_QUALITIES]
    assert set(card.validation["bpp_and_rmse_db"]) == {"amplitude", "power"}
    for points in card.validation["bpp_and_rmse_db"].values():
        assert (np.diff(np.array(points), axis=0) * (1, -1) > 0).all()  # more bits, less error


def test_without_validation_images_the_card_has_no_figures(train):
    result, path = train()
    assert result.exit_code == 0, result.output
    assert catalogue.read_card(path).validation == {}


def test_running_again_goes_on_where_the_run_before_stopped(train):
    train(steps=2)
    result, path = train(steps=5)
    assert result.exit_code == 0, result.output
    assert catalogue.read_card(path).training["steps"] == 5


def test_the_same_seed_and_steps_give_the_same_checkpoint(train):
    digests = [catalogue.read_card(train(out=out)[1]).sha256 for out in ("first", "second")]
    assert digests[0] == digests[1]


def test_a_pack_trains_as_its_folder_does(train, tmp_path):
    result, _ = train("--pack-only", tmp_path / "pack.npz", out="nothing")
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "nothing").exists()
    digests = [
        catalogue.read_card(train(out="packed", source=tmp_path / "pack.npz")[1]).sha256,
        catalogue.read_card(train(out="folder")[1]).sha256,
    ]
    assert digests[0] == digests[1]


def test_a_run_can_start_from_another_checkpoint(train):
    _, first = train()
    result, second = train("--start-from", first, "--rate", 0, "--seed", 9, out="second", steps=1)
    assert result.exit_code == 0, result.output
    before, after = (load(catalogue.read_card(path))[0].state_dict() for path in (first, second))
    assert all(torch.equal(value, after[name]) for name, value in before.items())  # a rate of 0 changes nothing


def test_a_smaller_network_starts_as_the_transform_of_a_larger_one(train):
    _, first = train("--rate", 3e-2, steps=20)
    options = ("--start-from", first, "--network", "stages=4,8,8,8", "--rate", 0, "--steps", 1)
    result, second = train(*options, out="second", steps=1)
    assert result.exit_code == 0, result.output
    before, after = (load(catalogue.read_card(path))[0] for path in (first, second))
    assert after.config.stages == (4, 8, 8, 8)
    x, quality = torch.randn(1, 1, 64, 64), torch.tensor([5000])
    with torch.no_grad():
        latents, expected = after.scaled(x, quality), before.scaled(x, quality, linear=True)
        assert (before.scaled(x, quality) - expected).abs().max() > 1e-3
        torch.testing.assert_close(latents, expected)
        index = torch.zeros_like(latents)
        torch.testing.assert_close(
            after.reconstruct(latents, index, quality), before.reconstruct(latents, index, quality, linear=True)
        )
    entropies = (network.entropy.state_dict() for network in (before, after))
    assert all(torch.equal(*values) for values in zip(*(each.values() for each in entropies), strict=True))


def test_an_unknown_attention_is_one_sentence(train):
    result, path = train("--attention", "telepathy")
    assert result.exit_code == 5
    assert "'telepathy'" in one_sentence(result)
    assert not path.exists()


@pytest.mark.parametrize("source", ["nothing", "nothing.npz"])
def test_missing_data_are_one_sentence(source, train, tmp_path):
    result, _ = train(source=tmp_path / source)
    assert result.exit_code == 3
    assert one_sentence(result)


def test_a_device_that_is_not_there_is_one_sentence(train):
    result, _ = train("--device", "tpu9")
    assert result.exit_code == 2
    assert "'tpu9'" in one_sentence(result)


def test_a_folder_with_the_training_of_another_network_is_one_sentence(train):
    train()
    result, _ = train("--network", "hyper=24")
    assert result.exit_code == 5
    assert "another network" in one_sentence(result)


@pytest.mark.parametrize(
    "wrong",
    [("--side", 100), ("--side", 0), ("--batch", 0), ("--seed", -1), ("--minutes", 0), ("--name", "Not a name")],
    ids=lambda wrong: " ".join(map(str, wrong)),
)
def test_what_cannot_be_trained_with_is_refused_before_training(wrong, train, tmp_path):
    result, _ = train(*wrong)
    assert result.exit_code == 2
    assert wrong[0] in plain(result)
    assert not (tmp_path / "out").exists()
