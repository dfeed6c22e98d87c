"""The program's jobs as processes: each tells how long it took, of how many pixels, and what it read."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmarks import job
from sargui.codec.tile_codec import TileCodec
from sargui.core.types import Effort


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what a job told last."""
    return lambda: json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_raster_is_compressed_looked_at_checked_and_decompressed(
    tiny: str, speckle_tif: Path, tmp_path: Path, told: Any
) -> None:
    coded = tmp_path / "coded.sarz"
    job.compress(speckle_tif, coded, model=tiny, quality=60.0)
    compressed, size = told(), coded.stat().st_size
    assert (compressed["pixels"], compressed["file_bytes"], compressed["model"]) == (192 * 256, size, "tiny")
    assert 0 < compressed["bits_per_pixel"] < 8 * size / (192 * 256)
    assert compressed["peak_bytes"] > 1 << 20
    job.decompress(coded, tmp_path / "back.tif")
    assert told()["file_bytes"] == size
    job.verify(coded)
    assert told()["tiles"] == 1
    job.view(coded)
    seconds = told()["seconds"]
    assert sum(seconds[stage] for stage in ("open", "overview", "window")) <= seconds["total"]
    job.windows(coded)
    access = told()
    if access["window_share"] is not None:
        assert 0 < access["index_share"] < 1
        assert access["window_share"] < 0.5  # its only tile is at hand after the first


@pytest.mark.parametrize(("precision", "half"), [("float32", False), ("bfloat16", True)])
def test_the_codec_computes_in_the_precision_that_is_asked_for(
    tiny: str, speckle_tif: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, precision: str, half: bool
) -> None:
    used = []
    monkeypatch.setattr(TileCodec, "load", TileCodec.load)  # which the job replaces in its own process
    analyze = TileCodec.analyze
    monkeypatch.setattr(
        TileCodec, "analyze", lambda codec, *rest: used.append(codec.network.g_a.reduced) or analyze(codec, *rest)
    )
    job.compress(speckle_tif, tmp_path / "a.sarz", model=tiny, effort=Effort.FAST, precision=precision)
    assert used
    assert set(used) == {half}


@pytest.mark.parametrize("shape", [(10_000, 23_000), (600, 512), (100, 300)])
def test_windows_lie_inside_the_scene(shape: tuple[int, int]) -> None:
    for window in job.spread(*shape):
        assert window.row >= 0
        assert window.col >= 0
        assert window.row + window.rows <= shape[0]
        assert window.col + window.cols <= shape[1]


def test_windows_of_a_large_scene_share_no_tile() -> None:
    rows = [window.row for window in job.spread(10_000, 23_000)]
    assert all(second - first > 2 * job.WINDOW_SIDE for first, second in pairwise(rows))
