"""Tests of what is read in the end, from canned results."""

import json
import re

import numpy as np
import pytest

from sargui.training.experiment import plots
from sargui.training.experiment.arms import Arm
from sargui.training.experiment.plots import mean_curve, rate_difference
from sargui.training.experiment.report import table, write_report
from sargui.training.experiment.rows import rows

NONE, CBAM = Arm("none"), Arm("cbam", "all")


@pytest.fixture
def results(make_result, make_module):
    """Return the control and CBAM with two seeds, 4 and 2 % better; and self-attention, idle, which changes nothing."""
    gates = make_module(), make_module("g_s.attention.0", 0.1)
    return [
        make_result(NONE),
        make_result(CBAM, 0.96, gates, bypassed=1.1),
        make_result(Arm("self"), 1.0, (make_module(spread=0.3, gamma=0.01),), bypassed=1.0),
        make_result(Arm("none", seed=1)),
        make_result(Arm("cbam", "all", 1), 0.98, gates, bypassed=1.1),
    ]


def cells(text: str, arm: str) -> list[str]:
    (line,) = re.findall(rf"^\| `{arm}` \|.*$", text, re.M)
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_an_arm_has_one_row_over_its_seeds(results):
    found = {row.arm: row for row in rows(results)}
    assert list(found) == ["none", "cbam@all", "self@bottleneck"]
    row = found["cbam@all"]
    assert row.seeds == (0, 1)
    assert row.bd_rate.mean == pytest.approx(-3, abs=0.01)
    assert row.bd_rate_by_image["lake"] == pytest.approx(-3)
    assert row.bd_rate.excludes_zero
    assert row.bypassed.mean == pytest.approx(10, abs=0.1)
    assert (row.spread, row.has_gamma, row.idle) == (0.2, False, False)
    assert row.edges == pytest.approx(0.42)
    assert found["self@bottleneck"].edges is None  # idle: what it follows says nothing


def test_an_arm_without_a_control_of_its_seed_waits(make_result):
    assert rows([make_result(CBAM)]) == []


def test_the_table_says_what_was_measured(results):
    text = table(rows(results), results)
    assert cells(text, "none")[2:6] == ["0", "0", "1", "1"]
    found = cells(text, "cbam@all")
    assert found[1] == "0, 1"
    assert re.fullmatch(r"\*\*-3\.00 ± 0\.\d\d\*\*", found[2])
    assert found[4:9] == ["1.10", "1.20", "1,004,096", "4,096", "210"]
    assert found[10:] == ["0.200", "+0.42", "+0.30 (75 %)"]
    assert cells(text, "self@bottleneck")[10] == "γ 0.010 *idle*"
    assert "`none-2` for 2000 steps" in text
    assert len({line.count("|") for line in text.splitlines() if line.startswith("|")}) == 1


def test_the_figures_are_all_in_one_small_file(results, tmp_path, monkeypatch):
    monkeypatch.setattr(plots, "available", lambda: False)
    write_report(results, tmp_path)
    content = json.loads((tmp_path / "results.json").read_text())
    assert [run["arm"] for run in content["runs"]] == [result.arm.label for result in results]
    assert [row["arm"] for row in content["rows"]] == ["none", "cbam@all", "self@bottleneck"]
    assert content["runs"][1]["measured"]["points"]["lake"][0] == pytest.approx([0.096, 3, 0.5])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["results.json", "table.md"]


def test_without_matplotlib_the_plots_are_missing_and_it_says_so(results, tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO", "sargui.training")
    monkeypatch.setattr(plots, "available", lambda: False)
    write_report(results, tmp_path)
    assert "no matplotlib" in caplog.text


def test_nothing_is_written_of_nothing(tmp_path):
    write_report([], tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_the_mean_curve_is_that_of_the_middle_image(results):
    rate, error, ssim = mean_curve(results[1].measured.points)
    assert rate[0] == pytest.approx(0.096)  # the images' factors are 0.96 to the 0.9, 1 and 1.1
    assert error[0] == pytest.approx(3)
    assert ssim[0] == pytest.approx(0.5)


def test_the_rate_between_two_curves_is_the_one_put_in(results):
    control, cbam = (mean_curve(results[place].measured.points) for place in (0, 1))
    assert rate_difference(control, control) == pytest.approx(0)
    assert rate_difference(cbam, control) == pytest.approx(-4)
    beyond = cbam[0], cbam[1] * 1.2, cbam[2]
    assert np.isnan(rate_difference(beyond, control)).tolist() == [True, *[False] * 6]


def test_plots_are_small_and_the_same_each_time(results, tmp_path):
    pytest.importorskip("matplotlib")
    write_report(results, tmp_path / "a")
    write_report(results, tmp_path / "b")
    names = ["bd_rate.svg", "edges.svg", "rate_distortion.svg"]
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
        assert (tmp_path / "a" / name).stat().st_size < 60_000
    assert "cbam@all" in (tmp_path / "a" / "bd_rate.svg").read_text()
