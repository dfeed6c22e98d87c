"""Tests of attention in windows: nothing depends on where the map was cut, and no seam shows."""

import math

import pytest
import torch
from torch.nn import functional as F

from sargui.attention import Attended, Attention, OfMagnitudes, Windowed

SIDE = 8
GLOBAL = ["se", "eca", "cbam", "self", "multihead", "axial", "linear"]


class Mean(Attention):
    """Replace every value by its window's mean: the plainest thing that depends on all of it."""

    def forward(self, x):
        return x.mean((2, 3), keepdim=True).expand_as(x)

    def attended(self, x):
        return Attended(channel_gates=x.mean((2, 3)), position_map=x[:, 0])


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def smooth(*shape: int) -> torch.Tensor:
    """Random features that change little over a few positions."""
    return F.interpolate(noise(1, 16, 4, 4), shape, mode="bicubic", align_corners=False)


@pytest.mark.parametrize("shape", [(8, 8), (9, 8), (3, 20), (12, 16), (23, 31), (40, 41)])
def test_the_weights_of_the_windows_sum_to_1(shape):
    windowed = Windowed(Mean(), SIDE)
    ones = torch.ones(2, 3, *shape)
    torch.testing.assert_close(windowed(ones), ones)


def test_one_window_is_attended_as_it_is(shaken):
    attention = shaken("cbam")
    x = noise(2, 16, 8, 7)
    assert torch.equal(Windowed(attention, SIDE)(x), attention(x))


def test_a_row_of_windows_is_a_crossfade_by_squared_sines():
    x = noise(1, 1, 1, 16, seed=2)
    means = [x[..., start : start + SIDE].mean().item() for start in (0, 4, 8)]
    expected = []
    for place in range(16):
        if place < 4 or place >= 12:
            expected.append(means[0 if place < 4 else 2])
            continue
        first = min((place - 4) // 4, 1)  # the windows that cover it are this one and the next
        share = math.sin(math.pi * (place - 4 * first + 0.5) / SIDE) ** 2
        expected.append(share * means[first] + (1 - share) * means[first + 1])
    torch.testing.assert_close(Windowed(Mean(), SIDE)(x)[0, 0, 0], torch.tensor(expected))


@pytest.mark.parametrize("name", GLOBAL)
def test_a_shift_by_half_a_window_shifts_the_result(shaken, name):
    windowed, x = Windowed(shaken(name), SIDE), noise(1, 16, 44, 40)
    whole, part = windowed(x), windowed(x[:, :, 4:, 8:])
    torch.testing.assert_close(part[:, :, 8:-8, 8:-8], whole[:, :, 12:-8, 16:-8], atol=1e-5, rtol=1e-5)
    assert windowed.step == 4


@pytest.mark.parametrize("name", GLOBAL)
def test_other_places_of_the_windows_change_smooth_features_little(shaken, name):
    windowed, x = Windowed(shaken(name), SIDE), smooth(64, 64)
    effect = (windowed(x) - x)[:, :, 10:-8, 10:-8]
    shifted = (windowed(x[:, :, 2:, 2:]) - x[:, :, 2:, 2:])[:, :, 8:-8, 8:-8]  # by a quarter of a window
    assert (shifted - effect).square().mean().sqrt() < 0.15 * effect.square().mean().sqrt()


def test_no_step_shows_where_a_window_ends():
    ramp = torch.arange(64.0).expand(1, 1, 64, 64)
    steps = Windowed(Mean(), SIDE)(ramp)[0, 0, 32, 8:-8].diff()
    assert steps.max() < 2.1  # a hard joint would be a step of 8, the slope itself is 1
    assert steps.min() >= 0


def test_needed_positions_are_those_of_complete_windows():
    # Windows every 4 positions: the value just beyond an edge at a multiple of 4 needs the windows that touch it.
    windowed = Windowed(Mean(), SIDE)
    for margin, needed in ((0, 4), (1, 8), (4, 8), (5, 12)):
        x = noise(1, 1, 1, 64).requires_grad_()
        windowed(x)[..., 32 - margin :].sum().backward()
        assert 32 - x.grad[0, 0, 0].nonzero().min().item() == windowed.needed(margin) == needed


def test_what_it_attended_to_is_crossfaded_like_the_values():
    windowed, x = Windowed(Mean(), SIDE), noise(2, 3, 20, 13)
    found = windowed.attended(x)
    torch.testing.assert_close(found.position_map, x[:, 0])  # each window's own values, faded into each other
    ones = windowed.attended(torch.ones(2, 3, 20, 13)).channel_gates
    torch.testing.assert_close(ones, torch.ones(2, 3))
    flat = windowed.attended(x[:, :, :12, :8])  # two windows, at rows 0 and 4, of equal weight
    means = torch.stack([x[:, :, :8, :8].mean((2, 3)), x[:, :, 4:12, :8].mean((2, 3))])
    torch.testing.assert_close(flat.channel_gates, means.mean(0))


@pytest.mark.parametrize("name", ["self", "multihead", "axial", "linear"])
@pytest.mark.parametrize("place", [(0, 0), (11, 14), (3, 23)])
def test_a_query_row_gives_the_output_at_its_position(shaken, name, place):
    attention, x = shaken(name), noise(1, 16, 20, 24)
    windowed = Windowed(attention, SIDE)
    found = windowed.attended(x)
    row = found.query(*place)
    assert row.shape == (found.heads, 20, 24)
    torch.testing.assert_close(row.sum((1, 2)), torch.ones(found.heads))
    value = attention.value(x)[0].reshape(found.heads, -1, 20, 24)
    mixed = torch.einsum("hrc,hdrc->hd", row, value).reshape(16, 1, 1)
    mixed = attention.project(mixed) if name == "multihead" else mixed
    expected = x[0, :, place[0], place[1]] + attention.gamma * mixed[:, 0, 0]
    torch.testing.assert_close(windowed(x)[0, :, place[0], place[1]], expected, atol=1e-4, rtol=1e-4)


def test_half_precision_stays_the_identity_at_the_start(shaken):
    x = noise(1, 16, 20, 20).bfloat16()
    attention = shaken("self")
    attention.gamma.zero_()
    found = Windowed(attention, SIDE)(x.float()).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        half = Windowed(attention, SIDE)(x)
    assert half.dtype == torch.bfloat16
    assert torch.equal(half, found)
    assert torch.equal(half, x)


def test_gradients_pass_through_windows(shaken):
    attention = shaken("cbam").requires_grad_(True)
    x = noise(2, 16, 20, 12).requires_grad_()
    Windowed(attention, SIDE)(x).square().sum().backward()
    assert x.grad.isfinite().all()
    assert all(parameter.grad.abs().sum() > 0 for parameter in attention.parameters())


def test_gates_of_magnitudes_ignore_signs(shaken):
    attention, x = shaken("cbam"), noise(2, 16, 6, 6)
    of_magnitudes = OfMagnitudes(attention)
    signs = noise(2, 16, 6, 6, seed=5).sign()
    torch.testing.assert_close(of_magnitudes(x * signs), of_magnitudes(x) * signs)
    torch.testing.assert_close(of_magnitudes(x), x * attention.gates(x.abs()))
    torch.testing.assert_close(of_magnitudes.attended(x).channel_gates, attention.channel.gates(x.abs())[:, :, 0, 0])
    assert of_magnitudes.reach is None
