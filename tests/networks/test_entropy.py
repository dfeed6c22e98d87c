"""Tests of the entropy network: integers throughout, equal to the same network written in int64 NumPy."""

import math

import numpy as np
import pytest
import torch

from sargui.networks.entropy import (
    LEVEL_UNITS,
    MAGNITUDE_TABLE,
    SMALLEST_SCALE,
    EntropyNetwork,
    GroupHead,
    HyperSynthesis,
    first_half,
    log_scale,
    magnitude_table,
)
from sargui.networks.integer import IntegerConv
from sargui.networks.quality import embedding


def half_up(numerator: np.ndarray, shift: int) -> np.ndarray:
    return (numerator + (1 << (shift - 1))) >> shift


def fixed(values: torch.Tensor, unit: int, limit: int | None = None) -> np.ndarray:
    scaled = values.detach().double().numpy() * unit
    return np.floor((scaled if limit is None else np.clip(scaled, -limit, limit)) + 0.5).astype(np.int64)


def convolved(layer: IntegerConv, x: np.ndarray) -> np.ndarray:
    """Return an integer layer's output, 1×1 or depthwise 3×3, in int64."""
    weight, bias = fixed(layer.weight, 64, 127), fixed(layer.bias, 1024)
    if layer.groups == 1:
        total = np.einsum("oi,bihw->bohw", weight[:, :, 0, 0], x)
    else:
        padded, (rows, cols) = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), x.shape[2:]
        total = np.zeros_like(x)
        for i in range(3):
            for j in range(3):
                total += weight[None, :, 0, i, j, None, None] * padded[:, :, i : i + rows, j : j + cols]
    return half_up(total + bias[None, :, None, None], 6)


def shuffled(x: np.ndarray) -> np.ndarray:
    """Return x with four channels each spread over 2×2 pixels (Shi et al., 2016)."""
    batch, channels, rows, cols = x.shape
    parts = x.reshape(batch, channels // 4, 2, 2, rows, cols).transpose(0, 1, 4, 2, 5, 3)
    return parts.reshape(batch, channels // 4, 2 * rows, 2 * cols)


def byte(x: np.ndarray) -> np.ndarray:
    return np.clip(x, 0, 255)


def numpy_hyper_synthesis(module: HyperSynthesis, z: np.ndarray, embedded: np.ndarray) -> np.ndarray:
    x = byte(shuffled(convolved(module.into, 4 * z)))
    x = byte(shuffled(convolved(module.expand, byte(convolved(module.depthwise, x)))))
    offset = half_up(embedded @ fixed(module.quality.weight, 64, 127).T, 8) + fixed(module.quality.bias, 16)
    return np.clip(convolved(module.smooth, x) + offset[:, :, None, None], -127, 127)


def numpy_head(module: GroupHead, x: np.ndarray, near: np.ndarray | None = None) -> np.ndarray:
    x = convolved(module.into, x)
    x = convolved(module.middle, byte(x + byte(convolved(module.depthwise, byte(x)))))
    if near is not None:
        x = x + convolved(
            module.near_out, byte(convolved(module.near_depthwise, byte(convolved(module.near_into, near))))
        )
    x = convolved(module.out, byte(x)) + fixed(module.base, 16)[None, :, None, None]
    if near is not None:
        x = x + convolved(module.near_same, near)
    return np.clip(x >> 1, 0, 63)  # half a unit of 1/16 is an index


@pytest.fixture
def entropy(network) -> EntropyNetwork:
    """Wild weights, so that every clamp is met."""
    generator = torch.Generator().manual_seed(5)
    for module in network.entropy.modules():
        if isinstance(module, IntegerConv):
            module.weight.copy_(torch.randn(module.weight.shape, generator=generator) * 0.7)
            module.bias.copy_(torch.randn(module.bias.shape, generator=generator))
    return network.entropy


def side_information(batch: int = 2) -> torch.Tensor:
    return torch.randint(-63, 64, (batch, 8, 2, 3), generator=torch.Generator().manual_seed(6)).float()


@pytest.mark.parametrize("quality", [0, 1234, 5000, 9999, 10000])
def test_the_features_equal_int64_arithmetic(entropy, quality):
    embedded = embedding(torch.tensor([quality, 10000 - quality]))
    z = side_information()
    expected = numpy_hyper_synthesis(entropy.h_s, z.numpy().astype(np.int64), embedded.numpy().astype(np.int64))
    found = entropy.features(z, embedded).numpy()
    np.testing.assert_array_equal(found, expected)
    assert len(np.unique(expected)) > 50  # a test of more than the clamps


def given_to_a_head(entropy: EntropyNetwork, group: int) -> tuple[torch.Tensor, list[torch.Tensor], torch.Tensor]:
    """Return features, the contexts of the groups before, and that of the group's own first half."""
    generator = torch.Generator().manual_seed(group)
    features = torch.randint(-127, 128, (2, 16, 8, 12), generator=generator).float()
    contexts = [
        torch.randint(0, 128, (2, size, 8, 12), generator=generator).float() for size in entropy.groups[: group + 1]
    ]
    return features, contexts[:-1], contexts[-1] * first_half(features)


@pytest.mark.parametrize("half", ["first half", "second half"])
@pytest.mark.parametrize("group", [0, 1, 2])
def test_the_table_indices_equal_int64_arithmetic(entropy, group, half):
    features, contexts, near = given_to_a_head(entropy, group)
    shared = entropy.shared(group, features, contexts)
    whole = torch.cat([features, *contexts], 1).numpy().astype(np.int64)
    if half == "first half":
        found, expected = entropy.indices(group, shared), numpy_head(entropy.heads[group], whole)
    else:
        found = entropy.indices(group, shared, near)
        expected = numpy_head(entropy.heads[group], whole, near.numpy().astype(np.int64))
    np.testing.assert_array_equal(found.numpy(), expected)
    assert len(np.unique(expected)) > 20


@pytest.mark.parametrize("group", [0, 1, 2])
def test_chosen_cells_have_the_indices_that_they_have_among_all(entropy, group):
    features, contexts, near = given_to_a_head(entropy, group)
    shared = entropy.shared(group, features, contexts)

    def chosen(cells):
        return cells[:, :, 1::3, ::2]

    for given in (None, near):
        found = entropy.indices(group, shared, given, chosen)
        assert torch.equal(found, chosen(entropy.indices(group, shared, given)))


@pytest.mark.parametrize("group", [0, 1, 2])
def test_the_first_half_changes_the_tables_of_the_second(entropy, group):
    features, contexts, near = given_to_a_head(entropy, group)
    shared = entropy.shared(group, features, contexts)
    second = ~first_half(features)
    changed = entropy.indices(group, shared, near) != entropy.indices(group, shared)
    assert changed[:, :, second].float().mean() > 0.1


def test_a_new_head_gives_the_second_half_what_it_would_be_without_the_first(config):
    head = GroupHead(config.hyper, 0, 24)
    x = torch.randint(-127, 128, (1, config.hyper, 8, 8), generator=torch.Generator().manual_seed(0)).float()
    near = torch.randint(0, 128, (1, 24, 8, 8), generator=torch.Generator().manual_seed(1)).float()
    shared = head.features(x)
    assert torch.equal(head(shared, near), head(shared))


def test_the_halves_are_the_cells_of_a_checkerboard_and_the_first_holds_the_corner():
    half = first_half(torch.zeros(2, 3, 4, 5))
    assert half.tolist() == [[(row + col) % 2 == 0 for col in range(5)] for row in range(4)]


@pytest.mark.parametrize("profile", range(len(LEVEL_UNITS)))
def test_the_context_is_round_of_16_times_log_of_one_plus_the_magnitude_in_steps(profile):
    unit = LEVEL_UNITS[profile]
    exact = [min(math.floor(16 * math.log1p(unit * level) + 0.5), 127) for level in range(MAGNITUDE_TABLE)]
    assert magnitude_table()[profile].tolist() == exact
    assert len(magnitude_table()) == len(LEVEL_UNITS) == 2


@pytest.mark.parametrize("unit", LEVEL_UNITS)
def test_no_entry_of_the_context_table_is_near_a_tie(unit):
    # Otherwise another machine's logarithm in double precision could round it the other way.
    scaled = 16 * np.log1p(unit * np.arange(1, MAGNITUDE_TABLE))
    assert np.abs(scaled - np.floor(scaled) - 0.5).min() > 1e-9


def test_the_context_of_levels_ignores_signs_and_saturates(entropy):
    levels = torch.tensor([[[[0.0, 1.0, -1.0, 7.0, -4095.0, 32767.0, -32767.0]]]])
    assert entropy.context(levels)[0, 0, 0].tolist() == [0, 11, 11, 33, 127, 127, 127]
    dependent = [math.floor(16 * math.log1p(LEVEL_UNITS[1] * level) + 0.5) for level in (0, 1, 1, 7)]
    assert entropy.context(levels, 1)[0, 0, 0].tolist() == [*dependent, 127, 127, 127]


@pytest.mark.parametrize("profile", range(len(LEVEL_UNITS)))
def test_the_context_has_the_gradient_of_the_logarithm_in_training(entropy, profile):
    levels = torch.tensor([[[[-3.0, 0.0, 5.0, 4000.0]]]], requires_grad=True)
    context = entropy.context(levels, profile)
    assert torch.equal(context.detach(), entropy.context(levels.detach(), profile))
    context.sum().backward()
    unit = LEVEL_UNITS[profile]
    expected = [sign * 16 * unit / (1 + unit * size) for sign, size in ((-1, 3), (0, 0), (1, 5), (1, 4000))]
    assert levels.grad[0, 0, 0].tolist() == pytest.approx(expected)


def test_scales_are_spaced_by_an_eighth_of_a_neper_from_0_06():
    scales = log_scale(torch.arange(64.0)).double().exp()
    assert scales[0].item() == pytest.approx(0.06)
    assert scales[63].item() == pytest.approx(0.06 * math.exp(63 / 8), rel=1e-5)
    assert SMALLEST_SCALE == 0.06


def test_a_sum_that_float32_might_not_hold_is_refused(network):
    network.entropy.check_sums()
    with torch.no_grad():
        network.entropy.heads[1].middle.bias[3] = 8192.0  # times 1024: 2^23
    with pytest.raises(ValueError, match=r"heads\.1\.middle"):
        network.entropy.check_sums()


def test_the_largest_inputs_of_every_layer_are_those_that_check_sums_assumes(entropy):
    seen = {}
    handles = [
        module.register_forward_pre_hook(
            lambda _, inputs, name=name: seen.__setitem__(name, inputs[0].abs().max().item())
        )
        for name, module in entropy.named_modules()
        if isinstance(module, IntegerConv)
    ]
    features = entropy.features(63.0 * torch.ones(1, 8, 2, 2), embedding(torch.tensor([5000])))
    contexts = []
    for group, size in enumerate(entropy.groups):
        shared, near = (
            entropy.shared(group, features, contexts),
            entropy.context(torch.full((1, size, 8, 8), 32767.0)),
        )
        entropy.indices(group, shared, near)
        contexts.append(near)
    for handle in handles:
        handle.remove()
    assert len(seen) == 4 + 3 * 8
    assert max(seen.values()) <= 255
