"""Tests of what is said of attention: gates seen at work, with networks whose attention is known."""

import numpy as np
import pytest
import torch
from torch import nn

from sargui.attention import Gating, attention_modules
from sargui.training.experiment.edges import edge_strength
from sargui.training.experiment.gates import patches, study
from sargui.training.experiment.looks import look


class KnownGate(Gating):
    """A gate that is what it was told, whatever it sees."""

    def __init__(self, values: np.ndarray) -> None:
        super().__init__()
        self.values = nn.Parameter(torch.tensor(values, dtype=torch.float32)[None, None])

    def gates(self, source):
        return self.values


def with_halo(inner: np.ndarray, cells: int) -> np.ndarray:
    """Return a map with a rim that would spoil every figure."""
    return np.pad(inner, cells, constant_values=99.0)


@pytest.fixture
def network_with(make_codec):
    """Return a codec whose analysis has the given module at the bottleneck."""

    def make(module):
        codec = make_codec()
        codec.network.g_a.attention[3] = module.requires_grad_(False)
        return codec

    return make


def test_without_attention_there_is_nothing_to_study(make_codec, make_image):
    codec = make_codec()
    assert attention_modules(codec.network) == {}
    assert study(codec, {"one": make_image(64, 64, 1)}) == ()


@pytest.mark.parametrize(
    ("attention", "placement", "count"),
    [("gate", "latents", 2), ("spatial", "bottleneck", 2), ("cbam", "latents", 2), ("eca", "decoder", 4)],
)
def test_every_module_is_found_once_and_at_rest(attention, placement, count, make_codec, make_image):
    codec = make_codec(attention=attention, placement=placement)
    modules = study(codec, {"one": make_image(64, 64, 1)})
    assert len(modules) == count
    assert all(module.module.startswith(("g_a.", "g_s.")) for module in modules)
    for module in modules:
        assert module.idle
        assert module.spread == pytest.approx(0, abs=1e-6)
        assert module.gamma is None


def test_a_residual_is_idle_until_its_weight_moves(make_codec, make_image):
    codec, images = make_codec(attention="self"), {"one": make_image(64, 64, 1)}
    assert [module.idle for module in study(codec, images)] == [True, True]
    for module in attention_modules(codec.network).values():
        dict(module.named_parameters())["attention.gamma"].fill_(-0.5)
    assert [(module.idle, module.gamma) for module in study(codec, images)] == [(False, 0.5)] * 2


def test_a_gate_that_is_the_edge_strength_is_found_to_be_so(network_with, make_codec, make_image):
    x = make_image(128, 192, 7)
    edges = edge_strength(10 * x, (8, 12))
    codec = network_with(KnownGate(with_halo(edges, make_codec().analysis_halo // 16)))
    (module,) = study(codec, {"one": x})
    assert module.pearson.mean == pytest.approx(1, abs=1e-5)
    assert module.spearman.mean == pytest.approx(1, abs=1e-5)
    assert module.position_spread == pytest.approx(edges.std(), rel=1e-4)
    assert module.channel_spread is None
    assert not module.idle


def test_the_spread_of_single_gates_counts_all_images(network_with, make_image):
    codec = network_with(KnownGate(np.full((10, 10), 1.25)))
    (module,) = study(codec, {"one": make_image(64, 64, 7), "two": make_image(64, 64, 8)})
    assert module.gate_spread == pytest.approx(0, abs=1e-6)
    assert module.pearson.mean == 0  # a constant gate follows nothing


def test_a_look_leaves_the_halo_out(make_codec, make_image):
    codec = make_codec(attention="cbam", placement="all")
    looks = look(codec, make_image(64, 128, 2), 5000)
    assert len(looks) == 8
    shapes = {name: one.features.shape[1:] for name, one in looks.items()}
    assert shapes["g_a.attention.0"] == (32, 64)
    assert shapes["g_a.attention.3"] == shapes["g_s.attention.0"] == (4, 8)
    assert all(one.position_map.shape == one.features.shape[1:] for one in looks.values())
    assert all(one.channel_gates.shape == one.features.shape[:1] for one in looks.values())


def test_patches_are_spread_over_an_image():
    x = np.arange(16.0).repeat(64).reshape(4, 4, 8, 8).transpose(0, 2, 1, 3).reshape(32, 32).astype(np.float32)
    assert [patch.mean() for patch in patches(x, 8, 4)] == [0, 5, 10, 15]
    assert len(patches(x, 8, 99)) == 16
    assert patches(x, 64)[0] is x
