"""The tiny checkpoint, which is loaded once, and the scenes that all jobs work on."""

from __future__ import annotations

import pytest

from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue

from .jobs import make_scenes


@pytest.fixture(scope="module", autouse=True)
def codec(tiny_models):
    """The codec that every job gets: the tiny checkpoint on the CPU."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "model_folders", lambda: [tiny_models])
        codec = TileCodec.load(catalogue.card("tiny"), "cpu")
        patch.setattr(TileCodec, "load", lambda *_: codec)
        yield codec


@pytest.fixture(scope="module")
def scenes(codec, make_safe, tmp_path_factory):
    """A raster, a product, and what becomes of them; see jobs.py."""
    return make_scenes(tmp_path_factory.mktemp("scenes"), make_safe)
