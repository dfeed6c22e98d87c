"""The plots of a comparison come out the same each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import plots
from benchmarks.results import PEERS, Result


def test_without_matplotlib_nothing_is_drawn(
    results: list[Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plots, "available", lambda: False)
    assert plots.draw(results, "m-1", tmp_path, "test") == []
    assert not list(tmp_path.iterdir())


def test_plots_name_every_codec_and_are_the_same_twice(results: list[Result], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    results = [results[0], replace(results[1], reference=None)]
    names = plots.draw(results, "m-1", tmp_path, "test")
    first = {name: (tmp_path / name).read_bytes() for name in names}
    assert names == ["test_rate_distortion.svg", "test_relative.svg", "test_radiometry.svg", "test_downstream.svg"]
    words = set("".join(ElementTree.fromstring(first[names[0]]).itertext()).splitlines())
    assert {*PEERS.values(), "sargui m-1", "sargui m-1 + power", "Gaussian reference of the ground"} <= {
        word.strip() for word in words
    }
    more = {
        "m-2": results[0].curves["m-1"],
        "m-2 + power": results[0].curves["m-1"],
    }  # one is drawn, however many there are
    results = [replace(one, curves={**one.curves, **more}) for one in results]
    plots.draw(results, "m-1", tmp_path, "test")
    assert {name: (tmp_path / name).read_bytes() for name in names} == first
    assert len(list(tmp_path.iterdir())) == 4
