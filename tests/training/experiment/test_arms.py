"""Tests of the list of arms: what runs first, and that nothing runs without its control."""

import pytest

from sargui.attention import names
from sargui.core.errors import RequestError
from sargui.networks.config import PLACEMENTS
from sargui.training.experiment.arms import ARMS, Arm, chosen


def test_the_order_is_that_of_value():
    labels = [arm.label for arm in ARMS]
    assert labels[:5] == ["none-s0", "cbam@bottleneck-s0", "cbam@all-s0", "self@bottleneck-s0", "gate@latents-s0"]
    assert labels[11:16] == [label.replace("-s0", "-s1") for label in labels[:5]]
    assert len(set(labels)) == len(labels) == 19


def test_every_arm_is_a_variant_at_a_placement_that_there_is():
    assert {arm.attention for arm in ARMS} <= set(names())
    assert {arm.placement for arm in ARMS} <= set(PLACEMENTS)


def test_an_arm_comes_after_its_control():
    for place, arm in enumerate(ARMS):
        assert arm.control in ARMS[: place + 1]


def test_all_are_chosen_if_none_is_named():
    assert chosen([]) == list(ARMS)


def test_a_name_chooses_all_seeds_and_their_controls():
    assert chosen(["cbam@all"]) == [Arm("none"), Arm("cbam", "all"), Arm("none", seed=1), Arm("cbam", "all", 1)]


def test_a_name_with_a_seed_chooses_that_one_and_its_control():
    assert chosen(["gate@latents-s1", "none"]) == [Arm("none"), Arm("none", seed=1), Arm("gate", "latents", 1)]


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(RequestError, match=r"no arm 'cbam'; known are: none, cbam@bottleneck"):
        chosen(["se@bottleneck", "cbam"])
