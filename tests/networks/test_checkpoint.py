"""Tests of checkpoints: what is saved is what is loaded, and nothing else is."""

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from sargui.core.catalogue import read_card
from sargui.core.errors import CheckpointError
from sargui.core.types import ModelCard
from sargui.networks import Autoencoder, NetworkConfig, load, save
from sargui.networks.quality import embedding

TABLES = {"half": torch.arange(5, dtype=torch.int16), "frequency": torch.arange(9, dtype=torch.int16)}


@pytest.fixture
def card(network, tmp_path) -> ModelCard:
    config = network.config
    return save(network, TABLES, ModelCard("mine", "", "none", "bottleneck", config.to_card()), tmp_path)


def with_content(card: ModelCard, **changed) -> ModelCard:
    """Return a card of the same weights with some tensors changed (None: left out), its digest in order."""
    content = {name: value for name, value in (load_file(card.path) | changed).items() if value is not None}
    save_file(content, card.path)
    return dataclasses.replace(card, sha256=hashlib.sha256(Path(card.path).read_bytes()).hexdigest())


def test_the_card_on_the_disk_is_the_card_returned(card, tmp_path):
    assert read_card(tmp_path / "mine.json") == dataclasses.replace(card, network=json.loads(json.dumps(card.network)))
    assert card.sha256 == hashlib.sha256((tmp_path / "mine.safetensors").read_bytes()).hexdigest()


def test_the_integer_path_is_identical_after_loading(card, network):
    loaded, _ = load(card)
    generator = torch.Generator().manual_seed(1)
    z = torch.randint(-63, 64, (2, 8, 3, 3), generator=generator).float()
    embedded = embedding(torch.tensor([777, 8888]))
    features = network.entropy.features(z, embedded)
    assert torch.equal(loaded.entropy.features(z, embedded), features)
    contexts = []
    for group, size in enumerate(network.config.groups):
        shared = network.entropy.shared(group, features, contexts)
        assert torch.equal(loaded.entropy.shared(group, features, contexts), shared)
        near = torch.randint(0, 128, (2, size, 12, 12), generator=generator).float()
        for given in (None, near):
            assert torch.equal(
                loaded.entropy.indices(group, shared, given), network.entropy.indices(group, shared, given)
            )
        contexts.append(near)
    assert torch.equal(loaded.entropy.magnitudes, network.entropy.magnitudes)


def test_all_other_weights_are_loaded_to_half_precision(card, network):
    loaded, _ = load(card)
    before = {k: v for k, v in network.state_dict().items() if not k.startswith("entropy.") or ".mean." in k}
    assert len(before) > 50
    for name, value in before.items():
        expected = value.numpy().astype(np.float16).astype(np.float32)
        np.testing.assert_array_equal(loaded.state_dict()[name].numpy(), expected, err_msg=name)


def test_integer_weights_are_stored_in_single_bytes(card):
    content = load_file(card.path)
    assert content["entropy.heads.0.into.weight"].dtype == torch.int8
    assert content["entropy.h_s.quality.weight"].dtype == torch.int8
    assert content["entropy.heads.0.into.bias"].dtype == torch.int32
    assert content["entropy.heads.0.base"].dtype == torch.int32


def test_the_coding_tables_come_back(card):
    _, tables = load(card)
    assert set(tables) == set(TABLES)
    assert all(torch.equal(tables[name], TABLES[name]) for name in TABLES)


def test_a_loaded_network_is_ready_to_decode(card):
    loaded, _ = load(card)
    assert not loaded.training
    assert not any(parameter.requires_grad for parameter in loaded.parameters())


@pytest.mark.parametrize("place", [0, 8, 5000, -1])
def test_one_altered_byte_is_found(card, place, tmp_path):
    data = bytearray(Path(card.path).read_bytes())
    data[place] ^= 1
    Path(card.path).write_bytes(data)
    with pytest.raises(
        CheckpointError, match=rf"not the ones its card describes; put its two files into {tmp_path} again"
    ):
        load(card)


def test_missing_weights_are_one_sentence(card):
    Path(card.path).unlink()
    with pytest.raises(CheckpointError, match="'mine' cannot be read"):
        load(card)


def test_weights_of_another_shape_do_not_fit(card):
    other = NetworkConfig(stages=(4, 8, 8, 24), hyper=16, side=8)
    with pytest.raises(CheckpointError, match="do not fit"):
        load(dataclasses.replace(card, network=other.to_card()))


@pytest.mark.parametrize("changed", [{"attention": "eca"}, {"kernel": 3}, {"heads": 4}, {"quality": 5000}])
def test_a_card_that_changes_the_network_but_no_shape_does_not_fit(card, changed):
    with pytest.raises(CheckpointError, match="do not fit"):
        load(dataclasses.replace(card, network={**card.network, **changed}))


def test_weights_without_their_configuration_are_taken_by_their_card(card, network):
    content = load_file(card.path)
    save_file(content, card.path, metadata={"format": "pt"})  # as before it was stored with them
    digest = hashlib.sha256(Path(card.path).read_bytes()).hexdigest()
    loaded, _ = load(dataclasses.replace(card, sha256=digest))
    assert loaded.config == network.config


@pytest.mark.parametrize(
    "changed",
    [
        {"gain": None},
        {"gain": torch.zeros(8, 255, dtype=torch.float16)},
        {"stranger": torch.zeros(3)},
        {"entropy.heads.0.into.bias": torch.full((16,), 2**31 - 1, dtype=torch.int32)},  # sums beyond 2^24
        {"entropy.magnitudes": torch.full((2, 4096), 32767, dtype=torch.int16)},  # more than an activation
        {"entropy.magnitudes": torch.full((2, 4096), -1, dtype=torch.int16)},
        {"entropy.magnitudes": torch.zeros(4096, dtype=torch.int16)},  # of one profile
        {"entropy.heads.0.into.weight": torch.full((16, 16, 1, 1), float("nan"), dtype=torch.float16)},
    ],
    ids=[
        "missing",
        "misshapen",
        "unknown",
        "overflow",
        "magnitudes",
        "negative magnitudes",
        "one profile",
        "not a number",
    ],
)
def test_weights_that_cannot_be_computed_with_are_refused(card, changed):
    with pytest.raises(CheckpointError):
        load(with_content(card, **changed))


def test_nothing_is_ever_unpickled(card, tmp_path):
    # A pickle in the oldest protocol: call os.mkdir(PATH).
    bomb = b"cos\nmkdir\n(S'" + bytes(tmp_path / "exploded") + b"'\ntR."
    Path(card.path).write_bytes(bomb)
    with pytest.raises(CheckpointError, match=r"'mine' cannot be read: mine\.safetensors is no safetensors file\.$"):
        load(dataclasses.replace(card, sha256=hashlib.sha256(bomb).hexdigest()))
    assert not (tmp_path / "exploded").exists()


def test_a_network_that_could_overflow_is_not_saved(network, tmp_path):
    with torch.no_grad():
        network.entropy.h_s.into.bias[0] = 1e5
    with pytest.raises(ValueError, match="overflow"):
        save(network, {}, ModelCard("bad", "", "none", "bottleneck", {}), tmp_path)
    assert not list(tmp_path.iterdir())


def test_saving_keeps_the_network_as_it_is(config, tmp_path):
    torch.manual_seed(3)
    network = Autoencoder(config)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    save(network, {}, ModelCard("kept", "", "none", "bottleneck", config.to_card()), tmp_path)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
