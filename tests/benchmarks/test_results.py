"""What is told from many images."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import results as of
from benchmarks.results import Result, groups, mean_at, mean_of, title, write


def test_savings_are_those_of_the_curves(results: list[Result]) -> None:
    assert results[0].saving("m-1", "openjpeg") == pytest.approx(-25, abs=1)
    assert results[1].saving("m-1", "sz3") == pytest.approx(50, abs=2)


def test_curves_without_a_common_error_have_no_saving(results: list[Result]) -> None:
    apart = [replace(one, error_db=one.error_db + 10) for one in results[0].curves["lerc"]]
    result = replace(results[0], curves={**results[0].curves, "lerc": apart})
    assert math.isnan(result.saving("m-1", "lerc"))


def test_means_leave_out_images_that_have_no_such_figure_and_say_nothing_beyond_a_curve(results: list[Result]) -> None:
    none = {codec: [replace(one, targets=math.nan) for one in curve] for codec, curve in results[1].curves.items()}
    mixed = [results[0], replace(results[1], targets=0, curves=none)]
    assert mean_at(mixed, "openjpeg", 0.5, of.targets) == pytest.approx(0.5)
    assert math.isnan(mean_at(mixed[1:], "openjpeg", 0.5, of.targets))
    assert math.isnan(mean_at(mixed, "openjpeg", 5.0, of.water))
    assert math.exp(mean_at(mixed, "openjpeg", 0.5, of.log_looks)) == pytest.approx(2)
    assert mean_of([1.0, math.nan, 3.0]) == (2.0, 2)
    assert mean_of([math.nan])[1] == 0


def test_complex_images_are_apart(results: list[Result]) -> None:
    assert {group: [one.name for one in members] for group, members in groups(results).items()} == {
        "multi-look": ["lake"],
        "single-look": ["burst"],
    }
    assert list(groups(results[:1])) == ["multi-look"]


def test_codecs_are_called_by_their_names() -> None:
    assert (title("jpegxl"), title("none-3 + power")) == ("JPEG XL", "sargui none-3 + power")


def test_json_holds_every_point_and_no_number_that_is_none(results: list[Result], tmp_path: Path) -> None:
    first = replace(results[0], looks=math.nan, reference=None)
    write([first, results[1]], {"split": "test"}, tmp_path / "test.json")
    content = json.loads((tmp_path / "test.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert content["split"] == "test"
    assert content["images"][0]["looks"] is None
    row = dict(zip(content["columns"], content["images"][1]["curves"]["openjpeg"][-1], strict=True))
    assert (row["rate"], row["error_db"], row["bias_db"]) == (pytest.approx(3), pytest.approx(0.375), -0.3)
