"""The peers code what they are given, and obey their settings."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from benchmarks.curves import is_monotone, moves, rms
from benchmarks.results import PEERS as TITLES

pytest.importorskip("imagecodecs")
from benchmarks import peers  # needs imagecodecs

SIDE = 128
VALID = np.ones((SIDE, SIDE), bool)
COARSE_AND_FINE = {name: (peer.settings[2], peer.settings[5], peer.settings[8]) for name, peer in peers.PEERS.items()}


@pytest.fixture(scope="module")
def speckle() -> peers.Image:
    """Speckle in network units, correlated as that of images is."""
    power = uniform_filter(np.random.default_rng(1).exponential(size=(SIDE, SIDE)), 2, mode="wrap")
    return np.asarray(np.log10(power + 0.01), np.float32)


@pytest.mark.parametrize(("bits", "error_db"), [(16, 0.001), (12, 0.01)])
def test_scaling_to_integers_costs_next_to_nothing(speckle: peers.Image, bits: int, error_db: float) -> None:
    scaled = peers.Scaled.of(speckle, bits)
    assert rms(scaled.back(scaled.codes), speckle, VALID) < error_db
    assert int(scaled.codes.max()) == 2**bits - 1
    assert scaled.of_db(10 * scaled.span) == 2**bits - 1


def test_every_peer_has_a_name() -> None:
    assert list(peers.PEERS) == list(TITLES)


@pytest.mark.parametrize("name", peers.PEERS)
def test_the_curve_of_a_peer_moves_and_more_bits_help(name: str, speckle: peers.Image) -> None:
    image = peers.Scaled.of(speckle, peers.PEERS[name].bits)
    points = []
    for setting in COARSE_AND_FINE[name]:
        size, decoded = peers.coded(name, image, setting)
        assert decoded.shape == speckle.shape
        points.append((8 * size / speckle.size, rms(decoded, speckle, VALID)))
    assert moves(points)
    assert is_monotone(points)
    assert min(error for _, error in points) < 10 * speckle.std() * 0.6  # decoded is the image, not something else


def test_openjpeg_comes_near_the_error_it_is_asked_for(speckle: peers.Image) -> None:
    _, decoded = peers.coded("openjpeg", peers.Scaled.of(speckle), 1.0)
    assert rms(decoded, speckle, VALID) == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize("name", ["lerc", "sz3", "zfp"])
def test_codecs_of_the_largest_error_keep_to_it(name: str, speckle: peers.Image) -> None:
    _, decoded = peers.coded(name, peers.Scaled.of(speckle), 1.6)
    assert 0.4 < 10 * np.abs(decoded - speckle).max() <= 1.61  # a code is 0.001 dB


def test_sperr_comes_near_the_rate_it_is_asked_for(speckle: peers.Image) -> None:
    size, _ = peers.coded("sperr", peers.Scaled.of(speckle), 1.0)
    assert 8 * size / speckle.size == pytest.approx(1.0, abs=0.03)


def test_of_an_avif_file_the_media_data_alone_count() -> None:
    boxes = struct.pack(">I4s8s", 16, b"ftyp", b"avif") + struct.pack(">I4s5s", 13, b"mdat", b"12345")
    assert peers.mdat_bytes(boxes + struct.pack(">I4s", 8, b"free")) == 5
    assert peers.mdat_bytes(boxes + struct.pack(">I4s", 0, b"free") + bytes(9)) == 5


def test_avif_codes_one_channel_with_loss(speckle: peers.Image) -> None:
    content = peers.avif(peers.Scaled.of(speckle, 12), 30)
    assert 0 < peers.mdat_bytes(content) < len(content)
    (decoded,) = [peers.PEERS["avif"].decode(content, peers.Scaled.of(speckle, 12))]
    assert decoded.ndim == 2
    assert int(decoded.max()) > 1023  # of 12 bits, not of 10


def test_another_setting_of_the_code_is_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    digests = [peer.digest() for peer in peers.PEERS.values()]
    assert len(set(digests)) == len(digests)
    monkeypatch.setattr(peers, "AVIF_SPEED", 4)
    assert peers.PEERS["avif"].digest() not in digests
