"""Tests of network shapes in model cards, which may come from strangers."""

import json

import pytest

from sargui.core.errors import CheckpointError
from sargui.networks import NetworkConfig


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
    ],
)
def test_an_impossible_shape_is_refused_in_one_sentence(content):
    with pytest.raises(CheckpointError) as error:
        NetworkConfig.from_card(content)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)
