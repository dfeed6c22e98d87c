"""Tests of the attention registry: names are promises that files rely on."""

import pytest
import torch
from torch import nn

from sargui import attention
from sargui.attention.registry import create, names, register
from sargui.core.errors import CheckpointError


def test_a_name_used_twice_is_refused():
    with pytest.raises(ValueError, match="'none' is registered twice"):

        @register("none")
        class _Other(nn.Module):
            pass

    assert isinstance(create("none", 8), attention.none.NoAttention)


@pytest.mark.parametrize("name", ["", "None", "cbam2000", "../none"])
def test_an_unknown_name_is_one_sentence_that_lists_the_known_ones(name):
    with pytest.raises(CheckpointError) as error:
        create(name, 8)
    text = str(error.value)
    assert f"'{name}'" in text
    assert "none" in text
    assert text.endswith(".")
    assert "\n" not in text


def test_names_are_sorted_and_hold_the_baseline():
    assert "none" in names()
    assert names() == sorted(names())


def test_no_attention_returns_the_very_same_features_and_has_no_parameters():
    module = create("none", 8)
    x = torch.randn(2, 8, 5, 7)
    assert module(x) is x
    assert sum(parameter.numel() for parameter in module.parameters()) == 0
    assert not module.state_dict()


@pytest.mark.parametrize("name", names())
def test_every_variant_starts_as_the_identity(name):
    torch.manual_seed(0)
    x = torch.rand(2, 32, 16, 16)
    torch.testing.assert_close(create(name, 32)(x), x)


@pytest.mark.parametrize("name", names())
def test_every_variant_states_its_paper_or_purpose(name):
    assert type(create(name, 32)).__doc__
