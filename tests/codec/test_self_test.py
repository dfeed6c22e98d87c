"""Tests of the self-test: it passes where arithmetic is right, fails where it is not, and then the CPU steps in."""

import logging

import numpy as np
import pytest
import torch

from sargui.codec import self_test
from sargui.codec.payload import Payload
from sargui.codec.tile_codec import TileCodec, TileFrame, full_cells
from sargui.core.errors import CheckpointError
from sargui.networks import Autoencoder, NetworkConfig
from sargui.networks.entropy import EntropyNetwork
from sargui.networks.integer import IntegerConv

CPU = torch.device("cpu")
OTHER = "cpu:0"  # the CPU under another name: stands for a device that is not to be trusted
CONFIG = NetworkConfig(stages=(4, 8, 8, 16), hyper=16, side=8)
LAYERS = [name for name, layer in Autoencoder(CONFIG).entropy.named_modules() if isinstance(layer, IntegerConv)]
FRAMES = [TileFrame(full_cells((32, 32)), (32, 32))]


@pytest.fixture
def network() -> Autoencoder:
    """A network of which every layer has a say."""
    torch.manual_seed(0)
    network = Autoencoder(CONFIG).eval().requires_grad_(False)
    for name, value in network.entropy.named_parameters():
        value += (0.5 if name.endswith("weight") else 0.05) * torch.randn_like(value)
    return network


@pytest.fixture
def off_by_one(monkeypatch):
    """Make all integers too large by one until the entropy network is moved (to the CPU)."""
    moved: list[torch.device] = []
    exact = IntegerConv.forward
    monkeypatch.setattr(EntropyNetwork, "to", lambda _, device: moved.append(device))
    monkeypatch.setattr(IntegerConv, "forward", lambda layer, x: exact(layer, x) + (0 if CPU in moved else 1))
    return moved


def test_this_machine_passes_with_every_checkpoint(tiny, shipped, network):
    assert all(self_test.passes(each, CPU) for each in (tiny.network, shipped.network, network))
    assert (tiny.notice, tiny.coding_device) == ("", tiny.device)


def test_numpy_and_torch_choose_the_same_tables_all_over_the_tile(shipped, network):
    for each in (shipped.network, network):
        z, levels = self_test.sample(each)
        with torch.inference_mode():
            (found,) = self_test.chosen(each, CPU, z, levels)
        np.testing.assert_array_equal(found, self_test.expected(each.entropy, z, levels))
        assert len(np.unique(found[:, -self_test.CORNER :, -self_test.CORNER :])) == 64


@pytest.mark.parametrize("layer", LAYERS)
def test_one_layer_that_is_off_by_one_is_found(network, layer):
    network.entropy.get_submodule(layer).register_forward_hook(lambda _, given, found: found + 1)
    assert not self_test.passes(network, CPU)


def test_sums_that_lose_their_last_digits_are_found(network, monkeypatch):
    exact = IntegerConv.forward
    monkeypatch.setattr(IntegerConv, "forward", lambda layer, x: exact(layer, x).to(torch.bfloat16).float())
    assert not self_test.passes(network, CPU)


def test_where_a_device_is_not_exact_the_cpu_chooses_the_tables_and_a_sentence_says_so(
    tiny, tiny_card, off_by_one, caplog
):
    off_by_one.append(CPU)  # written by a machine that is exact
    v = torch.randn(1, 256, 32, 32, generator=torch.Generator().manual_seed(0)) * 3
    symbols, expected = tiny.quantize(v, FRAMES, 5500)
    payloads = [Payload.unpack(tile.payload) for tile in tiny.write(symbols, FRAMES, 5500)]
    off_by_one.clear()
    assert tiny.read(payloads, [(32, 32)])[1] == [0]  # without the fallback its checksum fails
    with caplog.at_level(logging.WARNING, "sargui"):
        codec = TileCodec.load(tiny_card, OTHER)
    assert codec.coding_device == CPU
    assert codec.notice == caplog.messages[0]
    assert f"'{OTHER}' does not compute coding tables exactly" in codec.notice
    assert codec.notice.count(".") == 1
    found, failed = codec.read(payloads, [(32, 32)])
    assert failed == []
    assert torch.equal(found.index, expected.index)
    assert codec.write(codec.quantize(v, FRAMES, 5500)[0], FRAMES, 5500)[0].payload == payloads[0].pack()


@pytest.mark.parametrize("device", ["cpu", OTHER])
def test_where_not_even_the_cpu_is_exact_the_checkpoint_is_refused(tiny_card, monkeypatch, device):
    exact = IntegerConv.forward
    monkeypatch.setattr(IntegerConv, "forward", lambda layer, x: exact(layer, x) + 1)
    with pytest.raises(CheckpointError, match="does not compute the coding tables of the checkpoint 'tiny' exactly"):
        TileCodec.load(tiny_card, device)
