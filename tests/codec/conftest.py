"""The frozen tiny checkpoint (tests/data/make_tiny_model.py), and the shipped one where there is one."""

from pathlib import Path

import pytest

from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from sargui.core.types import ModelCard

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="session")
def tiny_card(tiny_models: Path) -> ModelCard:
    return catalogue.read_card(tiny_models / "tiny.json")


@pytest.fixture(scope="session")
def tiny(tiny_card: ModelCard) -> TileCodec:
    return TileCodec.load(tiny_card, "cpu")


@pytest.fixture(scope="session")
def shipped(tiny: TileCodec) -> TileCodec:
    """The first shipped checkpoint: its networks are of the real size, so that real kernels are chosen for it."""
    cards = catalogue.cards()
    return TileCodec.load(cards[0], "cpu") if cards else tiny
