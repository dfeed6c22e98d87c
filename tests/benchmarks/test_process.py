"""A job in a process of its own is timed from outside, and bound to as many cores as it was given."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from benchmarks import process

JOB = """
import os, sys, time
from benchmarks.process import tell
assert sys.argv[-2:] == ["--threads", "1"], sys.argv
if sys.argv[1] == "fail":
    sys.exit(1)
block = bytearray(int(sys.argv[1]))
time.sleep(0.05)
tell(2_000_000, 1234, {"total": 0.5}, cores=len(os.sched_getaffinity(0)), threads=os.environ["OMP_NUM_THREADS"])
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "told.py").write_text(JOB, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "told"


def test_a_job_is_told_of_from_inside_and_outside(module: str) -> None:
    small, large = (process.run(module, str(size), threads=1) for size in (1, 200 << 20))
    assert (small.pixels, small.file_bytes, small.seconds) == (2_000_000, 1234, {"total": 0.5})
    assert small.more["threads"] == "1"
    assert small.wall_s > 0.05
    assert small.megapixels_per_s == pytest.approx(2 / small.wall_s)
    assert small.megapixels_per_s_of("total") == 4
    assert large.peak_bytes - small.peak_bytes == pytest.approx(200 << 20, rel=0.05)
    if hasattr(os, "sched_getaffinity"):
        assert small.more["cores"] == 1


def test_a_job_that_fails_is_an_error(module: str) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        process.run(module, "fail", threads=1)
