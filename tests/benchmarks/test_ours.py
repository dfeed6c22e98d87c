"""Our side of the comparison: what is counted, and what the radiometric correction adds to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sargui
from benchmarks import ours
from benchmarks.curves import rms
from benchmarks.scene import Scene
from sargui.core import catalogue


@pytest.fixture
def coded(tiny: str, speckle_tif: Path) -> tuple[Scene, ours.Coded]:
    scene = Scene.read(speckle_tif)
    return scene, ours.code(scene, tiny, 40, "cpu")


def test_without_gains_it_is_what_a_file_without_them_takes(
    coded: tuple[Scene, ours.Coded], tiny: str, tmp_path: Path
) -> None:
    scene, one = coded
    plain = sargui.compress(scene.path, tmp_path / "a.sarz", quality=40, model=tiny, device="cpu", keep_power=False)
    full = sargui.compress(scene.path, tmp_path / "b.sarz", quality=40, model=tiny, device="cpu")
    assert one.plain_bytes == plain.pixel_bytes
    assert one.plain_bytes + one.gains_bytes == full.pixel_bytes
    assert one.file_bytes == full.file_bytes
    assert 0 < one.stream_bytes < one.plain_bytes


def test_the_correction_brings_mean_power_back_and_costs_error(coded: tuple[Scene, ours.Coded]) -> None:
    scene, one = coded
    before, after = (
        10 * np.log10(scene.power(x).mean() / scene.power(scene.x).mean()) for x in (one.plain, one.corrected)
    )
    assert before < -0.1
    assert abs(after) < 0.02
    errors = [rms(x, scene.x, scene.valid) for x in (one.plain, one.corrected)]
    assert errors[0] < errors[1] < 1.2 * errors[0]


def test_what_is_decoded_is_what_a_user_gets(coded: tuple[Scene, ours.Coded], tiny: str, tmp_path: Path) -> None:
    scene, one = coded
    sargui.compress(scene.path, tmp_path / "a.sarz", quality=40, model=tiny, device="cpu")
    report = sargui.evaluate(scene.path, tmp_path / "a.sarz", device="cpu")
    assert rms(one.corrected, scene.x, scene.valid) == pytest.approx(report.rmse_db, rel=1e-3)


def test_a_checkpoint_of_one_quality_is_measured_at_that(tiny: str) -> None:
    card = catalogue.card(tiny)
    assert ours.qualities(card) == ours.QUALITIES
    assert ours.qualities(replace(card, network={**card.network, "quality": 5000})) == (50.0,)


@pytest.mark.parametrize("package", ["codec", "container", "engine", "networks"])
def test_what_is_kept_of_our_results_is_measured_anew_when_their_code_changes(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / package / "power.py"
    source.parent.mkdir()
    monkeypatch.setattr(sargui, "__file__", str(tmp_path / "__init__.py"))
    digests = set()
    for text in ("a = 1\n", "a = 2\n"):
        source.write_text(text, encoding="utf-8")
        digests.add(ours.code_digest.__wrapped__())
    assert len(digests) == 2
