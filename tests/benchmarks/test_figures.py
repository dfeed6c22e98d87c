"""What is measured of a decoded image, where the truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.figures import Judge
from benchmarks.scene import Scene
from sargui.core.types import Kind, Radiometry


@pytest.fixture(scope="module")
def judge() -> Judge:
    """Speckle of four looks, with a dark half and some bright points; nothing was measured in its last rows."""
    power = np.random.default_rng(6).gamma(4, 0.25, (256, 256))
    power[:, 128:] *= 0.01
    power[20:200:40, 20:120:25] = 500
    valid = np.ones(power.shape, bool)
    valid[-16:] = False
    scale = Radiometry(Kind.POWER, -3.0, 1e-5, False)
    x = ((10 * np.log10(power + scale.floor) - scale.mean_db) / 10).astype(np.float32)
    return Judge(Scene(Path("speckle.tif"), x, valid, scale))


def test_of_the_original_is_known_what_was_put_into_it(judge: Judge) -> None:
    assert judge.looks == pytest.approx(4, rel=0.1)
    assert 20 <= judge.targets <= 30  # five rows of four, and false alarms at the border of the dark half
    assert judge.water_share == pytest.approx(0.5, abs=0.03)


def test_a_perfect_copy_changes_nothing(judge: Judge) -> None:
    figures = judge.figures(1.0, 256 * 256 // 8, judge.scene.x)
    assert figures == pytest.approx(
        {
            "setting": 1.0,
            "rate": 1.0,
            "error_db": 0,
            "bias_db": 0,
            "cell_bias_db": 0,
            "looks": judge.looks,
            "targets": 1,
            "water": 1,
        }
    )


def test_a_decibel_more_is_an_error_and_a_bias_of_one_and_no_other_image(judge: Judge) -> None:
    figures = judge.figures(1.0, 100, judge.scene.x + np.float32(0.1))
    assert figures["error_db"] == pytest.approx(1, abs=1e-3)
    assert figures["bias_db"] == pytest.approx(1, abs=1e-3)
    assert figures["cell_bias_db"] == pytest.approx(1, abs=0.01)
    assert figures["looks"] == pytest.approx(judge.looks, rel=0.01)
    assert figures["targets"] == pytest.approx(1, abs=0.05)


def test_what_was_not_measured_does_not_count(judge: Judge) -> None:
    changed = judge.scene.x.copy()
    changed[-16:] += 5
    figures = judge.figures(1.0, 100, changed)
    assert (figures["error_db"], figures["bias_db"], figures["targets"], figures["water"]) == (0, 0, 1, 1)


def test_a_smooth_copy_has_many_looks_and_none_of_the_points(judge: Judge) -> None:
    smooth = np.where(np.arange(256) < 128, 0.0, -2.0) + 0.3 + np.random.default_rng(0).normal(0, 1e-3, (256, 256))
    figures = judge.figures(1.0, 100, smooth.astype(np.float32))
    assert figures["looks"] > 1000
    assert figures["targets"] < 0.5
    assert figures["water"] > 0.95
