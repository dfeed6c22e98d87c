"""The figures of a model card: ours from files, the peers' measured or taken from an old run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

pytest.importorskip("imagecodecs")
from benchmarks import cache, images, measured, peers, rate_distortion  # needs imagecodecs
from benchmarks.curves import Point


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, speckle_tif: Path) -> Path:
    """Let val be one image, and return the folder of the imagery."""
    (tmp_path / "val").mkdir()
    speckle_tif.rename(tmp_path / "val" / "speckle.tif")
    monkeypatch.setattr(images, "SPLITS", {"val": ("speckle",)})
    monkeypatch.setattr(rate_distortion, "VALIDATION_QUALITIES", (3000, 9000))
    monkeypatch.setattr(cache, "FOLDER", tmp_path / "kept")
    return tmp_path


def test_curves_of_an_old_run_are_taken_from_it(data: Path, tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = rate_distortion.measure(data / "val" / "speckle.tif", tiny, "cpu", {})
    assert {name: len(points) for name, points in first.peers.items()} == {
        name: len(peers.PEERS[name].settings) for name in ("openjpeg", "jpegxl")
    }
    monkeypatch.setattr(measured, "of_peer", None)  # a measurement would fail
    again = rate_distortion.measure(data / "val" / "speckle.tif", tiny, "cpu", {"speckle": first.peers})
    assert again == first
    assert all(one.pixel_bytes < one.file_bytes for one in again.ours)


def test_one_command_writes_what_the_next_one_reads(data: Path, tiny: str) -> None:
    old, out = data / "old.json", data / "out.json"
    curve: list[Point] = [(0.04, 9.0), (3.5, 0.01)]
    old.write_text(json.dumps({"images": [{"name": "speckle", "peers": {"openjpeg": curve, "jpegxl": curve}}]}))
    rate_distortion.main(tiny, data, "val", "cpu", old, out, False)
    assert rate_distortion.known_peers(out) == {"speckle": {"openjpeg": curve, "jpegxl": curve}}
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["bd_rate_mean"]["openjpeg"] == content["bd_rate_mean"]["jpegxl"]
    assert [one["quality"] for one in content["images"][0]["ours"]] == [30, 90]


def test_a_card_gets_no_figures_of_test(tiny: str) -> None:
    with pytest.raises(typer.BadParameter):
        rate_distortion.main(tiny, split="test", update_card=True)
