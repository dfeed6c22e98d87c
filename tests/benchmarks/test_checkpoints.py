"""Several checkpoints side by side: each has its row or column, one of a single quality its point."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from benchmarks import checkpoints, tables
from benchmarks.page import page
from benchmarks.results import PEERS, POWER, Result

ROW = re.compile(r"^\| (.+) \|$", re.MULTILINE)


@pytest.fixture
def several(results: list[Result]) -> list[Result]:
    """Return the images with two more checkpoints: one with OpenJPEG's curve, one with a point beside it."""

    def with_more(result: Result) -> Result:
        peer = result.curves["openjpeg"]
        point = [replace(peer[6], setting=50.0, rate=1.5 * peer[6].rate)]
        ours = {"same-1": peer, "same-1" + POWER: peer, "one-1": point, "one-1" + POWER: point}
        curves = {"m-1": result.curves["m-1"], "m-1" + POWER: result.curves["m-1" + POWER]} | ours
        return replace(result, curves=curves | {peer: result.curves[peer] for peer in PEERS})

    return [with_more(result) for result in results]


def rows(text: str) -> list[list[str]]:
    return [line.split(" | ") for line in ROW.findall(text)]


def test_each_has_its_saving_against_every_peer_and_group(several: list[Result]) -> None:
    head, _, *found = rows(checkpoints.against_peers(several, ["m-1", "same-1"]))
    assert head[2:] == list(PEERS.values())
    assert [(row[0], row[1]) for row in found[:4]] == [
        (f"sargui {name}{suffix}", "multi-look") for name in ("m-1", "same-1") for suffix in ("", POWER)
    ]
    assert len(found) == 8
    against_openjpeg = [float(row[2]) for row in found[:4]]
    assert against_openjpeg == pytest.approx([-25, -24.25, 0, 0], abs=1)


def test_each_has_a_column_of_its_savings_by_image(several: list[Result]) -> None:
    head, _, *found = rows(checkpoints.by_image(several, ["m-1", "same-1"]))
    assert head == ["image", "m-1", "same-1"]
    assert [row[0] for row in found] == [
        "lake",
        "**mean, multi-look**",
        "burst",
        "**mean, complex, single-look**",
    ]
    assert all([float(cell) for cell in row[1:]] == pytest.approx([-25, 0], abs=1) for row in found)


def test_what_the_correction_costs_each_is_told_at_the_quality_next_to_50(several: list[Result]) -> None:
    first, _, same, _, one, _ = rows(checkpoints.cost_of_power(several, ["m-1", "same-1", "one-1"]))[2:]
    assert [row[2] for row in (first, same, one)] == ["50", "50", "50"]
    taken = several[0].curves["m-1"][5].rate
    assert float(first[3]) == pytest.approx(taken, abs=1e-3)
    assert float(first[4]) == pytest.approx(1000 * 0.01 * taken, abs=0.01)
    assert float(same[4]) == float(same[5]) == 0


def test_a_point_stands_beside_what_others_need_for_its_error(several: list[Result]) -> None:
    head, _, lake, mean, *_ = rows(checkpoints.points(several, "one-1", "m-1"))
    assert head[3:] == ["bits more than OpenJPEG, %", "bits more than sargui m-1, %"]
    rate, error = several[0].points("one-1")[0]
    assert [float(cell) for cell in lake[1:3]] == pytest.approx([rate, error], abs=0.005)
    assert [float(cell) for cell in lake[3:]] == pytest.approx([50, 100], abs=1.5)  # 1.5 and 1.5 / 0.75
    assert mean[3:] == lake[3:]


def test_a_point_beyond_the_curve_of_another_is_not_compared_with_it(several: list[Result]) -> None:
    point = [replace(several[0].curves["one-1"][0], error_db=9.0)]
    other = replace(several[0], curves={**several[0].curves, "one-1": point})
    assert rows(checkpoints.points([other], "one-1", "m-1"))[2][3:] == ["–", "–"]


def test_the_page_tells_of_all_and_gives_no_bd_rate_to_a_point(several: list[Result]) -> None:
    text = page(several, ["m-1", "same-1", "one-1"], "test", "OpenJPEG 2", [])
    assert "--split test --model m-1 --model same-1 --model one-1`" in text
    assert "`one-1` has one quality: a point and no curve" in text
    of_it = [row for row in rows(text) if "one-1" in row[0]]
    assert of_it
    assert all(row[0] == "one-1" for row in of_it)  # what the correction costs it; no BD-rate, nothing at other rates
    assert sum(row[0] == "sargui same-1 + power" for row in rows(text)) == 1 + 2 + 6 + 4
    assert not any("one-1" in sentence for sentence in tables.oddities(several))
    assert page(several, ["m-1"], "test", "", []).count("Every checkpoint") == 0
