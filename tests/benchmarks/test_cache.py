"""What is kept is measured once, and anew when what it depends on changes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks import cache


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "FOLDER", tmp_path / "kept")


def test_a_measurement_is_made_once_for_a_key() -> None:
    calls = []

    def measure() -> dict[str, float]:
        calls.append(1)
        return {"rate": 0.1, "looks": math.inf}

    first, second = cache.kept("a", measure), cache.kept("a", measure)
    assert first == second == {"rate": 0.1, "looks": math.inf}
    assert len(calls) == 1
    cache.kept("b", measure)
    assert len(calls) == 2


def test_an_interrupted_measurement_leaves_nothing() -> None:
    def fail() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.kept("a", fail)
    assert cache.kept("a", lambda: 7) == 7


def test_whatever_differs_has_another_digest() -> None:
    pixels = np.arange(6, dtype=np.float32)
    digests = [
        cache.digest(pixels),
        cache.digest(pixels.reshape(2, 3)),
        cache.digest(pixels.astype(np.int32)),
        cache.digest(pixels + np.float32(1e-6)),
        cache.digest("ab", "c"),
        cache.digest("a", "bc"),
        cache.digest(1),
        cache.digest("1"),
        cache.digest(1.0),
    ]
    assert len(set(digests)) == len(digests)
    assert cache.digest(pixels.copy(), "a", 1) == cache.digest(pixels, "a", 1)


def test_code_that_changes_has_another_digest(tmp_path: Path) -> None:
    (tmp_path / "codec").mkdir()
    (tmp_path / "codec" / "rans.py").write_text("a = 1\n", encoding="utf-8")
    before = cache.source_digest(tmp_path / "codec")
    assert cache.source_digest(tmp_path / "codec") == before
    (tmp_path / "codec" / "rans.py").write_text("a = 2\n", encoding="utf-8")
    assert cache.source_digest(tmp_path / "codec") != before
