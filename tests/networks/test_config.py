"""Tests of network shapes in model cards, which may come from strangers."""

import json

import pytest

from sargui.core.errors import CheckpointError
from sargui.networks import Autoencoder, NetworkConfig


def test_a_configuration_survives_json(config):
    assert NetworkConfig.from_card(json.loads(json.dumps(config.to_card()))) == config
    assert NetworkConfig.from_card({}) == NetworkConfig()


@pytest.mark.parametrize(
    "content",
    [
        {"depth": 3},
        {"stages": [16, 48, 96]},
        {"stages": 16},
        {"stages": [16, 48, 96, 0]},
        {"stages": [16, 48, 96, 1.5]},
        {"stages": [16, 48, 96, "192"]},
        {"stages": [16, 48, 96, 10**9]},
        {"stages": None},
        {"blocks": [0, 1, 1]},
        {"blocks": [0, 1, 1, -1]},
        {"blocks": [0, 1, 1, 1000]},
        {"blocks": 3},
        {"groups": [16, 48]},
        {"groups": []},
        {"groups": [256, 0]},
        {"groups": "256"},
        {"hyper": "96"},
        {"hyper": 0},
        {"side": -1},
        {"side": 193},  # tables are numbered by one byte: 64 of the latents, 192 of z
        {"attention": 5},
        {"attention": ["none"]},
        {"placement": 3},
        {"placement": "everywhere"},
        {"attention": "everything"},
        {"pooling": "median"},
        {"pooling": ["avg"]},
        {"reduction": -1},
        {"reduction": 4.0},
        {"reduction": True},
        {"kernel": 5},
        {"kernel": "7"},
        {"kernel": True},
        {"heads": 0},
        {"heads": 10**9},
        {"heads": None},
        {"block": "bottleneck"},
    ],
)
def test_an_impossible_shape_is_refused_in_one_sentence(content):
    with pytest.raises(CheckpointError) as error:
        NetworkConfig.from_card(content)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def test_a_card_from_before_the_options_has_the_usual_ones():
    config = NetworkConfig.from_card({"attention": "se", "placement": "encoder"})
    assert (config.pooling, config.reduction, config.kernel, config.heads, config.block) == ("avg", 0, 7, 8, "plain")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("none", {}),
        ("se", {"pooling": "max", "reduction": 2}),
        ("spatial", {"kernel": 3}),
        ("cbam", {"reduction": 2, "kernel": 3, "block": "residual"}),
        ("multihead", {"heads": 4}),
        ("gate", {}),
    ],
)
def test_a_variant_is_given_the_options_it_takes(name, expected):
    config = NetworkConfig(attention=name, pooling="max", reduction=2, kernel=3, heads=4, block="residual")
    assert config.attention_options() == expected


def test_heads_that_do_not_divide_the_channels_are_refused_in_one_sentence():
    config = NetworkConfig(stages=(16, 48, 96, 190), attention="multihead")
    with pytest.raises(CheckpointError, match="190 channels cannot be divided among 8 attention heads"):
        Autoencoder(config)
