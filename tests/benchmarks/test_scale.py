"""Scenes of all sizes: what is told of each, and OpenJPEG beside them at the same rate, if the memory suffices."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("imagecodecs")
from benchmarks import rasters, scale, scale_page  # needs imagecodecs
from benchmarks.equal_rate import Match
from benchmarks.process import Job
from benchmarks.scale import Other, Size

ABOUT = {
    "machine": {"processor": "A", "cores": 2, "memory_gib": 24.0, "system": "B", "python": "3", "torch": "2"}
    | {"sargui": "1"},
    "model": "tiny",
    "quality": 50.0,
    "threads": 2,
}


def job(megapixels: float, wall_s: float, file_bytes: int = 10**6, **more: Any) -> Job:
    stages = {"open": 1.0, "overview": 0.5, "window": 0.25, "first": 2.0, "code": 4.0, "total": wall_s - 2}
    return Job(round(1e6 * megapixels), file_bytes, wall_s, wall_s, 3 << 30, stages, more)


@pytest.fixture
def jobs() -> dict[Size, dict[str, Job]]:
    one = {
        "first view of the original": job(1, 3),
        "compress": job(100, 52, bits_per_pixel=0.4),
        "first view": job(1, 4),
        "windows": job(0.26, 5, file_bytes=5_000_000, index_share=0.001, window_share=0.02),
        "verify": job(100, 42),
        "decompress": job(100, 22),
    }
    return {Size.QUARTER: one}


def rows(text: str, heading: str) -> list[dict[str, str]]:
    lines = [line for line in text[text.index(heading) :].split("\n\n## ")[0].splitlines() if line.startswith("|")]
    head, _, *cells = (line.strip("| ").split(" | ") for line in lines)
    return [dict(zip(head, line, strict=True)) for line in cells]


def test_the_page_tells_of_each_scene_and_job(jobs: dict[Size, dict[str, Job]]) -> None:
    text = scale_page.page(jobs, None, ABOUT)
    whole = rows(text, "## Whole scenes")
    assert [line["job"] for line in whole] == ["compress", "verify", "decompress"]
    assert whole[0] == {
        "scene": "quarter",
        "megapixels": "100",
        "job": "compress",
        "time, s": "52.00",
        "MP/s": "1.92",
        "inside, s": "50.00",
        "inside, MP/s": "2.00",
        "peak memory, GiB": "3.00",
    }
    looks = rows(text, "## A first look")
    assert [line["what"] for line in looks] == ["original", "file"]
    assert (looks[1]["overview, s"], looks[1]["all with the start, s"]) == ("0.50", "4.00")
    (access,) = rows(text, "## Random access")
    assert (access["file, MB"], access["read of it, %"], access["read for one, %"]) == ("5.0", "0.10", "2.00")
    assert "OpenJPEG" not in text


def test_another_codec_stands_beside_them_or_did_not_fit(jobs: dict[Size, dict[str, Job]]) -> None:
    match = Match(0.8, 0.4, 1.0)
    other = Other("openjpeg", Size.QUARTER, match, job(100, 32, file_bytes=5_100_000), job(100, 12))
    text = scale_page.page(jobs, other, ABOUT)
    assert "at 0.408 bits per pixel (sargui 0.400)" in text
    found = rows(text, "## OpenJPEG")
    assert [line["job"] for line in found] == ["encode", "decode"]
    assert found[0]["codec alone, s (MP/s)"] == "4.0 (25.00)"
    text = scale_page.page(jobs, Other("openjpeg", Size.QUARTER, match, None, None), ABOUT)
    assert "could not encode the scene *quarter*" in text
    content = json.loads(json.dumps(scale.content(jobs, other, ABOUT)))
    assert content["scenes"]["quarter"]["windows"]["more"]["window_share"] == 0.02


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Let a codec take 0.5 bits at 1 dB and half a bit more for half the error; return what was asked of it."""
    asked: list[tuple[str, float]] = []

    def run(module: str, name: str, *arguments: object, threads: int) -> Job:
        setting = float(str(arguments[arguments.index("--setting") + 1])) if "--setting" in arguments else 0.0
        asked.append((name, setting))
        rate = 0.5 if setting == 1 else 0.4
        return job(80, 10, file_bytes=round(rate * 1e7))

    monkeypatch.setattr(scale, "run", run)
    monkeypatch.setattr(scale, "write_middle", lambda scene, target: None)
    monkeypatch.setattr(scale.Scene, "read", lambda path: None)
    monkeypatch.setattr(scale, "match", lambda codec, scene, rate: Match(1.0, rate, 1.0))
    return asked


def test_a_setting_that_misses_the_rate_of_the_whole_scene_is_moved_once(
    runs: list[tuple[str, float]], tmp_path: Path
) -> None:
    met = scale.beside(tmp_path, Size.FULL, 0.5, tmp_path)
    assert [name for name, _ in runs] == ["encode", "decode"]
    assert met.match.setting == 1
    runs.clear()
    moved = scale.beside(tmp_path, Size.FULL, 0.4, tmp_path)
    assert [name for name, _ in runs] == ["encode", "encode", "decode"]
    assert moved.match.setting == pytest.approx(2**0.1)  # 6.02 dB for a bit
    assert moved.encode is not None


def test_a_codec_that_is_killed_has_no_figures(
    runs: list[tuple[str, float]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: object, **options: object) -> Job:
        raise subprocess.CalledProcessError(-9, "encode")

    monkeypatch.setattr(scale, "run", killed)
    found = scale.beside(tmp_path, Size.FULL, 0.5, tmp_path)
    assert (found.encode, found.decode) == (None, None)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not rasters.TOOL.is_file(), reason="the shared imagery is not here")
def test_one_command_measures_a_scene(tmp_path: Path) -> None:
    scale.main([Size.SIXTEENTH], threads=1, scratch=tmp_path, out=tmp_path / "out", quality=50.0)
    content = json.loads((tmp_path / "out" / "scale.json").read_text(encoding="utf-8"))
    assert content["scenes"]["sixteenth"]["compress"]["pixels"] == 4176 * 6525
    assert content["other"]["decode"]["pixels"] == 4176 * 6525
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
