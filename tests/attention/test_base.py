"""Tests of what every attention variant promises, whatever it computes."""

import pytest
import torch

from sargui.attention import Attention, Gating, Mixing, bypassed, create, options


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_it_starts_as_the_identity(fresh):
    x = noise(2, 16, 9, 12).abs()  # the residual block ends in a ReLU
    torch.testing.assert_close(fresh(x), x)


def test_gates_start_at_exactly_one(fresh):
    if isinstance(fresh, Gating):
        assert torch.equal(fresh.gates(noise(2, 16, 5, 5)), torch.ones_like(fresh.gates(noise(2, 16, 5, 5))))


@pytest.mark.parametrize("shape", [(1, 16, 1, 1), (2, 16, 5, 7), (3, 16, 1, 13), (1, 16, 32, 31)])
def test_it_keeps_the_shape_and_the_type(moved, shape):
    found = moved(noise(*shape))
    assert found.shape == shape
    assert found.dtype == torch.float32
    assert found.isfinite().all()


def test_it_does_something_once_its_weights_have_moved(moved):
    x = noise(1, 16, 8, 8)
    assert (moved(x) - x).abs().max() > 0.01


def test_after_two_steps_every_parameter_has_a_gradient(fresh):
    fresh.train()
    optimizer = torch.optim.Adam([*fresh.parameters(), torch.nn.Parameter(torch.zeros(1))], 1e-3)
    for step in range(3):
        optimizer.zero_grad()
        x, target = noise(4, 16, 8, 9, seed=step), noise(4, 16, 8, 9, seed=step + 9)
        (fresh(x.requires_grad_()) - target).square().mean().backward()
        if step < 2:
            optimizer.step()
    assert [name for name, p in fresh.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0] == []


def test_it_works_under_autocast(moved):
    x = noise(2, 16, 7, 8)
    with torch.autocast("cpu", torch.bfloat16):
        half = moved(x.bfloat16())
    assert half.shape == x.shape
    torch.testing.assert_close(half.float(), moved(x), atol=0.1 * moved(x).abs().max().item(), rtol=0)


def test_pictures_of_a_batch_do_not_see_each_other(moved):
    x = noise(3, 16, 6, 7)
    torch.testing.assert_close(moved(x)[1:2], moved(x[1:2]))


def test_a_position_sees_as_far_as_the_variant_says(moved):
    x = (0.1 * noise(1, 16, 17, 17).abs()).double().requires_grad_()
    moved.double()(x)[:, :, 8, 8].sum().backward()
    seen = x.grad[0].abs().sum(0).nonzero()
    distance = (seen - 8).abs().max().item()
    assert distance == (8 if moved.reach is None else moved.reach)
    if moved.reach is not None:
        assert moved.needed(5) == 5 + moved.reach


def test_gates_handed_out_are_the_gates_applied(moved):
    x = noise(2, 16, 6, 7)
    found = moved.attended(x)
    if not isinstance(moved, Gating) or (found.channel_gates is None and found.position_map is None):
        return
    product = torch.ones_like(x)
    if found.channel_gates is not None:
        product = product * found.channel_gates[:, :, None, None]
    if found.position_map is not None:
        product = product * found.position_map[:, None]
    if type(moved).__name__ == "Gate":  # a gate for each channel and place: handed out are its two means
        gates = moved(x) / x
        torch.testing.assert_close(found.channel_gates, gates.mean((2, 3)))
        torch.testing.assert_close(found.position_map, gates.mean(1))
    else:
        torch.testing.assert_close(x * product, moved(x))


@pytest.mark.parametrize("place", [(0, 0), (3, 4), (5, 6)])
def test_a_query_row_sums_to_1_and_gives_the_output_at_its_position(moved, place):
    x = noise(2, 16, 6, 7)
    if not isinstance(moved, Mixing):
        assert moved.attended(x).query is None
        return
    found = moved.attended(x)
    row = found.query(*place)
    assert row.shape == (found.heads, 6, 7)
    torch.testing.assert_close(row.sum((1, 2)), torch.ones(found.heads))
    value = moved.value(x[0])
    mixed = torch.einsum("hrc,hdrc->hd", row, value.reshape(found.heads, -1, 6, 7)).reshape(16, 1, 1)
    mixed = moved.project(mixed) if hasattr(moved, "project") else mixed
    expected = x[0, :, place[0], place[1]] + moved.gamma * mixed[:, 0, 0]
    torch.testing.assert_close(moved(x)[0, :, place[0], place[1]], expected, atol=1e-5, rtol=1e-5)


def test_bypassed_attention_is_the_identity_until_the_context_ends(moved):
    network, x = torch.nn.Sequential(torch.nn.Identity(), moved), noise(1, 16, 6, 6)
    before = network(x)
    with bypassed(network):
        assert torch.equal(network(x), x)
    assert torch.equal(network(x), before)


@pytest.mark.parametrize(
    ("name", "channels", "given", "parameters"),
    [
        ("none", 192, {}, 0),
        ("se", 128, {"reduction": 16}, 2048),  # the design's number: 2·128²/16
        ("se", 128, {}, 2048),
        ("se", 48, {}, 2 * 48 * 6),
        ("se", 16, {}, 2 * 16 * 4),
        ("se", 3, {}, 2 * 3 * 1),
        ("eca", 192, {}, 3),
        ("spatial", 192, {}, 98),  # the design's number: 2·7²
        ("spatial", 192, {"kernel": 3}, 18),
        ("cbam", 192, {}, 2 * 192 * 12 + 98),
        ("cbam", 64, {"block": "residual"}, 2 * 9 * 64 * 64 + 4 * 64 + 2 * 64 * 4 + 98),
        ("self", 64, {}, 1 + 8 * 64 + 8 + 8 * 64 + 64 * 64 + 64),
        ("multihead", 64, {}, 1 + 4 * 64 * 64 + 3 * 64),
        ("local", 64, {}, 1 + 8 * 64 + 8 + 8 * 64 + 64 * 64 + 64 + 49 * 8),
        ("axial", 64, {}, 1 + 2 * (8 * 64 + 8 + 8 * 64) + 64 * 64 + 64),
        ("linear", 64, {}, 1 + 2 * (8 * 64 + 8) + 64 * 64 + 64),
        ("gate", 256, {"features": 192}, 192 * 256 + 256),
    ],
)
def test_parameters_are_as_many_as_the_formula_says(name, channels, given, parameters):
    module = create(name, channels, **given)
    assert sum(parameter.numel() for parameter in module.parameters()) == parameters


def test_options_are_those_of_the_variant():
    assert options("se") == ["pooling", "reduction"]
    assert options("cbam") == ["reduction", "kernel", "block"]
    assert options("none") == []


def test_a_variant_that_sees_all_of_its_map_cannot_say_how_far_it_sees():
    assert create("se", 8).reach is None
    with pytest.raises(AssertionError):
        create("se", 8).needed(1)


@pytest.mark.long
def test_it_compiles(shaken):
    module: Attention = shaken("cbam")
    x = noise(2, 16, 12, 12)
    torch.testing.assert_close(torch.compile(module)(x), module(x), atol=1e-5, rtol=1e-5)
