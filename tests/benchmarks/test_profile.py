"""Where the time goes: steps in order, what lies outside torch, and the sums."""

from pathlib import Path

import pytest
import torch

import sargui
from benchmarks import profile
from benchmarks.profile import Step, page, step
from sargui.core import catalogue
from sargui.core.types import Window
from sargui.engine.sources import open_source

MACHINE = {"processor": "A", "cores": 1, "memory_gib": None, "system": "B", "python": "3", "torch": "2", "sargui": "1"}
ABOUT = {"machine": MACHINE, "model": "tiny", "quality": 50.0, "precision": "float32", "window": "1 × 1 pixels"}


def test_the_page_names_what_takes_most_and_sums_each_direction() -> None:
    steps = [
        Step("compress", "analysis", 0.1, {"aten::conv": 0.05, "aten::mul": 0.02}),
        Step("compress", "rANS", 0.03, {}),
        Step("decompress", "writing", 0.01, {"aten::add": 0.02}),  # a profiled run may be the slower one
    ]
    lines = [line for line in page(steps, ABOUT).splitlines() if line.startswith("|")]
    assert lines[2:] == [
        "| compress | analysis | 100 | 30 | conv 50, mul 20 |",
        "| compress | rANS | 30 | 30 |  |",
        "| compress | **all** | 130 | 60 |  |",
        "| decompress | writing | 10 | 0 | add 20 |",
        "| decompress | **all** | 10 | 0 |  |",
    ]


def test_a_step_is_measured_per_megapixel_with_its_operators() -> None:
    square = torch.ones(300, 300)
    found = step("compress", "product", lambda: square @ square, Window(0, 0, 500, 500))
    assert next(iter(found.operators)) == "aten::mm"
    assert 0 < found.seconds < 60


def test_the_sample_is_profiled_both_ways(tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "RUNS", 1)
    coded, card = tmp_path / "coded.sarz", catalogue.card(tiny)
    with open_source(profile.SAMPLE, None, "cpu") as source:
        sargui.compress(profile.SAMPLE, coded, device="cpu")
        steps = [*profile.encoding(source, card, 5000), *profile.decoding(coded, tmp_path)]
    assert [each.name for each in steps] == [
        "reading",
        "analysis",
        "entropy network and trellis",
        "rANS",
        "synthesis and gains",
        "entropy network and rANS",
        "synthesis and gains",
        "writing",
    ]
    assert all(each.seconds > 0 for each in steps)
