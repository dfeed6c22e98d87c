"""Tests of `sargui verify` on what an evaluation may find."""

from pathlib import Path

import pytest

from sargui.cli import inspect
from sargui.core.errors import MismatchError
from sargui.engine.requests import BandQuality, QualityReport, Verified

MEASURED = BandQuality(0.5, 0.0, 2.0, 40.0, 1000, 0)


@pytest.fixture
def verify(sargui, monkeypatch):
    """Run `sargui verify` on a container whose second band is exact."""

    def run(mismatches):
        exact = BandQuality(0.0, 0.0, 0.0, 0.0, 0, 0, exact_mismatches=mismatches)
        found = Verified(1, (), QualityReport((MEASURED, exact)))
        monkeypatch.setattr(inspect.jobs, "run", lambda *_, **__: found)
        return sargui("verify", Path("x.sarz"), "--against", Path("x.tif"))

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
