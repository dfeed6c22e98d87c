"""Tests of the size foretold before anything is written, against the size of the file."""

import math
from threading import Event

import numpy as np
import pytest

from sargui.core.types import Effort
from sargui.engine.bench import Bench
from sargui.engine.dispatch import Engine
from sargui.engine.estimate import _half_width, estimate
from sargui.engine.requests import Trial
from sargui.engine.views import Estimate

ROWS, COLS = 1500, 3200  # 2 × 4 network windows
TRIAL = Trial(quality=50, effort=Effort.FAST)


@pytest.fixture(scope="module")
def scene(write, power_of, tmp_path_factory):
    values = np.rint(np.sqrt(power_of(ROWS, COLS))).astype(np.uint16)
    values[:, 2600:] = 700  # a part that takes next to nothing
    return write(tmp_path_factory.mktemp("estimate") / "scene.tif", values)


@pytest.fixture(scope="module")
def bench():
    with Bench() as bench:
        yield bench


def ask(bench, scene, count, cancel=None, trial=TRIAL):
    return estimate(Estimate(scene, trial, count, device="cpu"), lambda progress: None, cancel or Event(), bench)


@pytest.fixture(scope="module")
def written(scene, pack):
    return pack(scene, scene.with_suffix(".sarz"), TRIAL.quality, effort=TRIAL.effort)


def test_from_all_windows_the_size_is_nearly_exact(bench, scene, written):
    found = ask(bench, scene, 8)
    assert (found.windows, found.of_windows, found.half_width_bytes) == (8, 8, 0)
    assert found.file_bytes == pytest.approx(written.file_bytes, rel=0.01)
    assert found.bits_per_pixel == pytest.approx(written.bits_per_pixel, rel=0.01)
    assert found.ratio == pytest.approx(written.ratio, rel=0.01)


@pytest.mark.parametrize("count", [3, 4, 6])
def test_from_a_few_windows_the_size_lies_in_its_interval(bench, scene, written, count):
    found = ask(bench, scene, count)
    assert found.windows == count
    assert 0 < found.half_width_bytes < 5 * written.file_bytes
    assert abs(found.file_bytes - written.file_bytes) < found.half_width_bytes


def test_more_windows_tell_more(bench, scene):
    widths = [ask(bench, scene, count).half_width_bytes for count in (1, 2, 4, 7)]
    assert widths[0] == math.inf
    assert widths[1] > widths[2] > widths[3]


def test_what_has_been_coded_is_not_coded_again(bench, scene, monkeypatch):
    ask(bench, scene, 8)
    live = bench.live(scene, None, TRIAL, "cpu", Event())
    monkeypatch.setattr(live._coded.encoder, "code", lambda *_: pytest.fail("coded again"))
    ask(bench, scene, 5)


def test_the_interval_is_that_of_the_textbook():
    values = np.array([2.0, 3.0, 7.0, 4.0])
    error = np.std(values, ddof=1) / 2 * math.sqrt(1 - 4 / 10)
    found = _half_width(values, np.ones(4), float(values.mean()), 10)
    assert found == pytest.approx(3.182446 * error, rel=1e-5)


def test_the_engine_answers_it(scene):
    engine = Engine()
    found = engine.execute(Estimate(scene, TRIAL, 2, device="cpu"), lambda progress: None, Event())
    engine.close()
    assert found.windows == 2


def test_the_error_is_foretold_where_it_is_asked_for(bench, scene, written):
    found = estimate(Estimate(scene, TRIAL, 8, device="cpu", errors=True), lambda progress: None, Event(), bench)
    assert found.rmse_db == pytest.approx(written.error.rmse_db, rel=0.05)
    assert found.file_bytes == ask(bench, scene, 8).file_bytes
    assert ask(bench, scene, 8).rmse_db is None
