"""The peers code what they are given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.curves import rms

pytest.importorskip("imagecodecs")
from benchmarks import peers  # needs imagecodecs

SIDE = 64


@pytest.fixture(scope="module")
def speckle() -> peers.Image:
    """Single-look speckle in network units."""
    power = np.random.default_rng(1).exponential(size=(SIDE, SIDE))
    return np.log10(power + 0.01).astype(np.float32)


def test_scaling_to_16_bits_costs_nothing(speckle: peers.Image) -> None:
    scaled = peers.Scaled.of(speckle)
    assert rms(scaled.back(scaled.codes), speckle, np.ones(speckle.shape, bool)) < 0.001


def test_openjpeg_comes_near_the_error_it_is_asked_for(speckle: peers.Image) -> None:
    scaled = peers.Scaled.of(speckle)
    decoded = scaled.back(peers.PEERS["openjpeg"][1](peers.openjpeg(scaled, 1.0)))
    assert rms(decoded, speckle, np.ones(speckle.shape, bool)) == pytest.approx(1.0, rel=0.1)


def test_curves_are_measured_once(speckle: peers.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "CACHE", tmp_path / "cache" / "peers.json")
    valid = np.ones(speckle.shape, bool)
    first = peers.curves(speckle, valid)
    assert set(first) == {"openjpeg", "jpegxl"}
    monkeypatch.setattr(peers, "_curve", None)  # a second measurement would fail
    assert peers.curves(speckle, valid) == first
    with pytest.raises(TypeError):
        peers.curves(speckle + 1, valid)
