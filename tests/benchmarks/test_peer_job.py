"""Another codec as a program: a raster to a file and back, with numbers of the raster's type."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio

pytest.importorskip("imagecodecs")
from benchmarks import peer_job  # needs imagecodecs
from benchmarks.peers import Scaled
from benchmarks.scene import Scene
from sargui.io import open_product


@pytest.mark.parametrize("codec", list(peer_job.CODECS))
def test_a_raster_goes_to_a_file_and_comes_back(
    codec: str, speckle_tif: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_job, "STRIP", 100)
    peer_job.encode(speckle_tif, tmp_path / "coded", codec, 0.2)
    peer_job.decode(tmp_path / "coded", tmp_path / "back.tif", codec)
    encoded, decoded = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    size = (tmp_path / "coded").stat().st_size
    for told in (encoded, decoded):
        assert (told["pixels"], told["file_bytes"]) == (192 * 256, size)
        assert 0 < told["seconds"]["code"] < told["seconds"]["total"]
    with rasterio.open(speckle_tif) as first, rasterio.open(tmp_path / "back.tif") as second:
        before, after = first.read(1), second.read(1)
    assert before.dtype == after.dtype
    error_db = 20 * np.log10(np.maximum(after, 1e-3) / np.maximum(before, 1e-3))
    assert np.median(np.abs(error_db)) < 0.3


def test_strips_make_the_image_that_the_comparison_has(speckle_tif: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_job, "STRIP", 50)
    scene = Scene.read(speckle_tif)
    truth = Scaled.of(scene.x, 12)
    with open_product(speckle_tif, None) as source:
        found = peer_job.scaled(source, scene.scale, 12)
    assert (found.low, found.span) == (truth.low, truth.span)
    np.testing.assert_array_equal(found.codes, truth.codes)
