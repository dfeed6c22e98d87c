"""Who resumes keeps a target that an earlier run of the same has finished, and nothing that one cannot be sure of."""

import os
from dataclasses import replace

import numpy as np
import pytest

from sargui.core import catalogue
from sargui.core.errors import TargetError
from sargui.core.types import Effort, Kind
from sargui.engine.requests import Rate, RateKind


@pytest.fixture(scope="module")
def power(power_of):
    return power_of(70, 90).astype(np.float32)


@pytest.fixture
def scene(write, power, tmp_path):
    return write(tmp_path / "scene.tif", power)


@pytest.fixture
def made(pack, scene, tmp_path):
    return pack(scene, tmp_path / "scene.sarz", effort=Effort.FAST)


def refuses(pack, scene, made, **options):
    """Say whether what was made is refused as it always was, and stays."""
    before = made.target.read_bytes()
    with pytest.raises(TargetError, match="exists already"):
        pack(scene, made.target, **{"resume": True, **options})
    return made.target.read_bytes() == before


def test_a_finished_target_is_kept_and_stated_as_it_is(pack, scene, made):
    state = made.target.stat()
    found = pack(scene, made.target, effort=Effort.BEST, resume=True)  # of which a file knows nothing
    assert made.target.stat() == state
    assert "complete already" in found.notice
    unknown = {"seconds": made.seconds, "notices": (), "estimated_bytes": 0, "stream_bytes": 0}
    assert replace(found, **unknown) == replace(made, **unknown, kept=True)


def test_who_does_not_resume_is_refused_and_who_overwrites_begins_anew(pack, scene, made):
    assert refuses(pack, scene, made, resume=False)
    assert not pack(scene, made.target, effort=Effort.FAST, resume=True, overwrite=True).kept


@pytest.mark.parametrize(
    "options",
    [{"quality": 61.0}, {"keep_power": False}, {"kind": Kind.AMPLITUDE}, {"rate": Rate(RateKind.BYTES, 1e6)}],
)
def test_another_setting_is_refused(pack, scene, made, options):
    assert refuses(pack, scene, made, **options)


def test_another_checkpoint_is_refused(pack, scene, made, monkeypatch):
    other = replace(catalogue.default_card(), sha256="0" * 64)
    monkeypatch.setattr(catalogue, "default_card", lambda: other)
    assert refuses(pack, scene, made)


def test_a_source_that_is_newer_or_says_something_else_is_refused(pack, write, power, scene, made):
    made_ns = made.target.stat().st_mtime_ns
    os.utime(scene, ns=(made_ns, made_ns + 1))
    assert refuses(pack, scene, made)
    write(scene, power, tags={"ORBIT": "descending"})
    os.utime(scene, ns=(made_ns, made_ns - 1))
    assert refuses(pack, scene, made)


@pytest.mark.parametrize("place", [0.5, 0.999])
def test_a_damaged_target_is_refused(pack, scene, made, place):
    content = bytearray(made.target.read_bytes())
    content[int(place * len(content))] ^= 1
    made.target.write_bytes(content)
    assert refuses(pack, scene, made)


@pytest.mark.parametrize("kind", [RateKind.BYTES, RateKind.RATIO, RateKind.BITS_PER_PIXEL, RateKind.RMSE_DB])
def test_a_target_that_is_met_is_kept_and_one_that_is_not_is_refused(pack, scene, made, kind):
    reached = {
        RateKind.BYTES: made.file_bytes,
        RateKind.RATIO: made.ratio,
        RateKind.BITS_PER_PIXEL: made.bits_per_pixel,
        RateKind.RMSE_DB: made.error.rmse_db,
    }[kind]
    better = 1 / 1.005 if kind is RateKind.RATIO else 1.005
    assert pack(scene, made.target, rate=Rate(kind, reached * better), resume=True).kept
    for missed in (reached * better**-1, reached * better**3):
        assert refuses(pack, scene, made, rate=Rate(kind, missed))
