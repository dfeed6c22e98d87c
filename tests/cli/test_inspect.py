"""Tests of `sargui verify` on what an evaluation may find, and of `sargui info` on what a file may say."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from sargui.cli import inspect
from sargui.core.errors import MismatchError
from sargui.core.types import BandInfo, Kind, ProductInfo
from sargui.engine.requests import BandQuality, Described, QualityReport, Verified

MEASURED = BandQuality(0.5, 0.0, 2.0, 40.0, 1000, 0)


@pytest.fixture
def verify(sargui, monkeypatch):
    """Run `sargui verify` on a container whose second band is exact."""

    def run(mismatches, *words):
        exact = BandQuality(0.0, 0.0, 0.0, 0.0, 0, 0, exact_mismatches=mismatches)
        found = Verified(1, (), QualityReport((MEASURED, exact)))
        monkeypatch.setattr(inspect.jobs, "run", lambda *_, **__: found)
        return sargui("verify", Path("x.sarz"), "--against", Path("x.tif"), *words)

    return run


def test_an_exact_band_that_came_back_is_said_to_be_so(verify):
    code, out, _ = verify(0)
    assert code == 0
    assert "band 1: rms error 0.500 dB" in out
    assert "band 2: every bit as it was" in out


def test_an_exact_band_that_differs_is_a_mismatch(verify):
    code, _, words = verify(3)
    assert code == MismatchError.exit_code
    assert "3 pixels of band 2, which is kept bit for bit, differ." in words


def test_an_outcome_that_is_wrong_is_one_json_object(verify):
    code, out, _ = verify(3, "--json")
    found = json.loads(out)
    assert code == found["exit_code"] == MismatchError.exit_code
    assert found["tiles"] == 1
    assert found["quality"]["bands"][1]["exact_mismatches"] == 3
    assert "3 pixels" in found["error"]


def test_what_a_file_says_is_shown_as_text(sargui, monkeypatch):
    bands = tuple(BandInfo("uint8", Kind.POWER, description=word) for word in ("a [/b]", "s [dB]", "\x1b[2Jx"))
    found = Described(ProductInfo("made [red]", 1, 1, bands))
    monkeypatch.setattr(inspect.jobs, "run", lambda *_, **__: found)
    code, out, _ = sargui("info", Path("x.tif"))
    assert code == 0
    assert all(word in out for word in ("made [red]", "a [/b]", "s [dB]", "\N{REPLACEMENT CHARACTER}[2Jx"))
    assert "\x1b" not in out


def test_pixels_that_are_not_kept_are_said_and_are_no_mismatch(sargui, monkeypatch):
    band = replace(MEASURED, bias_db=math.nan, unkept_pixels=12_345)
    monkeypatch.setattr(inspect.jobs, "run", lambda *_, **__: Verified(1, (), QualityReport((band,))))
    code, out, _ = sargui("verify", Path("x.sarz"), "--against", Path("x.tif"))
    assert code == 0
    assert "bias of mean power unknown" in out
    assert "band 1: 12,345 pixels of the original are negative, or too large or too small to be kept" in out


def test_all_that_differs_is_said_at_once(sargui, monkeypatch):
    found = Verified(1, (), QualityReport((replace(MEASURED, void_mismatches=7),)), ("type", "nodata"))
    monkeypatch.setattr(inspect.jobs, "run", lambda *_, **__: found)
    code, _, said = sargui("verify", Path("x.sarz"), "--against", Path("x.tif"))
    assert code == MismatchError.exit_code
    assert "differ in type, nodata. 7 pixels of band 1" in " ".join(said.split())
