"""The small container of everything, with the tiny checkpoint, which is loaded once."""

from __future__ import annotations

import logging
from functools import cache

import pytest

from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from tests.container import handmade

from . import small
from .judge import read


@pytest.fixture(scope="module", autouse=True)
def _tiny_checkpoint(tiny_models):
    """Make the tiny checkpoint the only one, and load each checkpoint once: hundreds of files are opened here."""
    load = TileCodec.load
    loaded = cache(lambda digest, device: load(catalogue.card_by_digest("", digest), device))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "model_folders", lambda: [tiny_models])
        patch.setattr(TileCodec, "load", lambda card, device="auto", effort=None: loaded(card.sha256, device))
        yield


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """The parts of the small container; see small.py."""
    return small.make_parts(tmp_path_factory.mktemp("parts"))


@pytest.fixture(scope="module")
def content(parts):
    """The bytes of the small container."""
    return handmade.container(**parts)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write bytes to always the same file and return its path."""
    path = tmp_path_factory.mktemp("written") / "scene.sarz"

    def write(content):
        path.write_bytes(content)
        return path

    return write


@pytest.fixture(scope="module")
def intact(content, written):
    """What is read of the small container as it is."""
    return read(written(content))


@pytest.fixture(scope="module")
def plain(parts, written):
    """What is read of the small container without the layer of the radiometric correction."""
    layers = [layer for layer in parts["layers"] if layer[0] != 4]
    return read(written(handmade.container(**{**parts, "layers": layers})))


@pytest.fixture(scope="module")
def _quiet():
    """Keep no record of thousands of warnings, each with its error, that with its traceback, and that with arrays."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)
