"""Speed beside other codecs: all ways take turns, and each is compared with others at its own rate."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("imagecodecs")
from benchmarks import speed, speed_page  # needs imagecodecs
from benchmarks.equal_rate import Match
from benchmarks.job import precisions
from benchmarks.process import Job
from benchmarks.speed import Pair, Peer, Speeds, Way
from sargui.core import catalogue
from sargui.core.types import Effort

WAY = Way("tiny", 50.0, Effort.BEST, "float32", True, 1)
RATES = {"best": 0.5, "fast": 0.6}  # bits per pixel


def job(wall_s: float, bits_per_pixel: float = 0.5, **seconds: float) -> Job:
    told = {"bits_per_pixel": bits_per_pixel, "rmse_db": 0.8}
    return Job(16_000_000, 10**6, wall_s, 2 * wall_s, 2**30, {"total": wall_s - 2, **seconds}, told)


def test_a_checkpoint_is_used_in_all_ways(tiny: str) -> None:
    card = catalogue.card(tiny)
    found = speed.ways([card, replace(card, name="one", network={**card.network, "quality": 3000})], 50, [1, 2])
    assert len(found) == len(set(found)) == 2 * 2 * len(precisions(card)) * 2 * 2
    assert {(way.model, way.quality) for way in found} == {("tiny", 50), ("one", 30)}
    assert {way.precision for way in found} == set(precisions(card))
    textbook = replace(card, network={**card.network, "preset": "classic"})
    assert {way.precision for way in speed.ways([textbook], 50, [1])} == {"float32"}


def test_the_best_of_two_runs_is_the_faster_one_of_each_kind() -> None:
    first, second = Pair(job(8), job(5)), Pair(job(9), job(4))
    assert first.best(second) == Pair(job(8), job(4))
    assert first.best(None) is first
    codec = Pair(job(9, code=1.0), job(4, code=3.0)), Pair(job(8, code=2.0), job(5, code=2.0))
    assert codec[0].best(codec[1]) == Pair(codec[0].encode, codec[1].decode)  # of others, the codec alone


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let runs take what they are told, and return their order."""
    order: list[str] = []

    def of_way(way: Way, scene: Path, folder: Path) -> Pair:
        order.append(f"{way.effort} {way.threads}")
        return Pair(job(12 / way.threads, RATES[way.effort]), job(6 / way.threads))

    def of_peer(peer: Peer, scene: Path, folder: Path) -> Pair:
        order.append(f"{peer.codec} {peer.match.bits_per_pixel} {peer.threads}")
        return Pair(job(9, code=4 / peer.threads), job(9, code=0.5))

    def matched(codec: object, scene: object, rate: float) -> Match:
        return Match(1.0, 1.01 * rate, 0.9)

    monkeypatch.setattr(Way, "run", of_way)
    monkeypatch.setattr(Peer, "run", of_peer)
    monkeypatch.setattr(speed, "match", matched)
    monkeypatch.setattr(speed.Scene, "read", lambda path: None)
    return order


def test_all_take_turns_and_others_have_a_setting_for_each_rate(turns: list[str]) -> None:
    ways = [replace(WAY, effort=effort, threads=count) for effort in Effort for count in (1, 2)]
    ways.append(replace(WAY, keep_power=False))  # whose rate is that of another way
    found = speed.measure(Path("scene.tif"), ways, 2, lambda text: None)
    assert len(turns) == 2 * (5 + 2 * 2 * 2)
    assert turns[: len(turns) // 2] == turns[len(turns) // 2 :]
    assert found.peer_of(ways[0], "openjpeg") == found.peers[Peer("openjpeg", Match(1.0, 1.01 * 0.6, 0.9), 1)]
    assert found.peer_of(replace(WAY, threads=2), "jpegxl").encode.seconds["code"] == 2


@pytest.fixture
def found() -> Speeds:
    """Return 2 MP/s (4 without the start) beside codecs of 8 and 16 MP/s; the way of two threads has no other."""
    peers = {
        Peer("openjpeg", Match(1.0, 0.505, 0.9), 1): Pair(job(9, code=2.0), job(9, code=0.5)),
        Peer("openjpeg", Match(1.0, 0.6, 0.9), 1): Pair(job(9, code=9.0), job(9, code=9.0)),
        Peer("jpegxl", Match(1.0, 0.49, 0.7), 1): Pair(job(9, code=1.0), job(9, code=0.25)),
    }
    encode = replace(job(8), seconds={"total": 4.0})
    return Speeds({WAY: Pair(encode, job(10)), replace(WAY, threads=2): Pair(encode, job(10))}, peers)


ABOUT = {
    "machine": {"processor": "A", "cores": 2, "memory_gib": None, "system": "B", "python": "3", "torch": "2"}
    | {"sargui": "1"},
    "scene": {"what": "a scene", "shape": (4096, 4096), "dtype": "uint8"},
    "peers": {"openjpeg": "openjpeg 2.5", "jpegxl": "libjxl 0.11"},
    "runs": 3,
    "quality": 50.0,
}


def row(text: str, heading: str, number: int) -> dict[str, str]:
    lines = [line for line in text[text.index(heading) :].splitlines() if line.startswith("|")]
    head, cells = (line.strip("| ").split(" | ") for line in (lines[0], lines[2 + number]))
    return dict(zip(head, cells, strict=True))


def test_the_page_has_our_speed_and_how_many_times_that_of_others_it_is(found: Speeds) -> None:
    text = speed_page.page(found, ABOUT)
    encoding = row(text, "## Encoding", 0)
    assert (encoding["effort"], encoding["correction"], encoding["bits per pixel"]) == ("best", "yes", "0.500")
    assert (encoding["whole, MP/s"], encoding["inside, MP/s"]) == ("2.00", "4.00")
    assert (encoding["whole, × OpenJPEG"], encoding["inside, × OpenJPEG"]) == ("0.250", "0.500")
    assert encoding["inside, × JPEG XL, effort 7"] == "0.250"
    assert row(text, "## Decoding", 0)["whole, × OpenJPEG"] == "0.050"
    assert row(text, "## Encoding", 1)["whole, × OpenJPEG"] == "–"
    assert row(text, "## The others", 2) == {
        "codec": "JPEG XL, effort 7",
        "threads": "1",
        "bits per pixel": "0.490",
        "rms, dB": "0.700",
        "encoding, MP/s": "16.00",
        "decoding, MP/s": "64.00",
    }


def test_everything_measured_is_ready_for_json(found: Speeds) -> None:
    content = json.loads(json.dumps(speed.content(found, ABOUT)))
    assert content["ours"][0]["encode"]["wall_s"] == 8
    assert content["peers"][0]["match"]["bits_per_pixel"] == 0.505
    assert content["scene"]["what"] == "a scene"


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_one_command_measures_a_small_scene(speckle_tif: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = speed.ways
    monkeypatch.setattr(
        speed, "ways", lambda *chosen: ways(*chosen)[:: len(ways(*chosen)) - 1]
    )  # the first and the last
    speed.main(speckle_tif, threads=[1], runs=1, out=tmp_path / "out", quality=50.0)
    content = json.loads((tmp_path / "out" / "speed.json").read_text(encoding="utf-8"))
    assert {one["effort"] for one in content["ours"]} == {"fast", "best"}
    assert {one["codec"] for one in content["peers"]} == {"openjpeg", "jpegxl"}
