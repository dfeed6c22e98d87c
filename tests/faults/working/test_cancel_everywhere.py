"""Whoever says stop, or presses Ctrl-C, wherever that is noticed: the job ends within a window and leaves nothing."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from threading import Event

import pytest

from sargui.codec.tile_codec import TileCodec
from sargui.core.errors import JobCancelled
from sargui.engine import report as report_job
from sargui.io import cog

from .jobs import JOBS, content, put_old, silent
from .steps import Steps, watching

QUICK = [name for name in JOBS if " to a" not in name]  # those with a target take as long as all others together
WRITING = [name for name in QUICK if JOBS[name].writes]


class Cancel(Event):
    """Is set from a look on, or raises an error at it (counted from 0); notes where it is looked at."""

    def __init__(self, at=None, error=None):
        super().__init__()
        self.places, self._at, self._error = [], at, error

    def is_set(self):
        frame = sys._getframe(1)
        while frame.f_code.co_name in ("stop_if", "pause", "<lambda>"):  # which are called for this alone
            frame = frame.f_back
        self.places.append((frame.f_code.co_qualname, frame.f_lineno))
        reached = self._at is not None and len(self.places) > self._at
        if reached and self._error is not None:
            raise self._error
        return reached


@pytest.fixture(autouse=True)
def _every_run_is_the_same(monkeypatch):
    """Let every report be written at the same time, and no look depend on how long something takes."""

    class Moment:
        @staticmethod
        def now(zone):
            return datetime(2026, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(report_job, "datetime", Moment)
    monkeypatch.setattr(cog, "BEAT_S", 60)


@pytest.fixture(scope="module")
def looks(scenes, tmp_path_factory):
    """Return where a job looks whether it is cancelled, in order."""

    def of(name):
        watch = Cancel()
        JOBS[name].run(scenes, tmp_path_factory.mktemp("looks"), silent, watch)
        return watch.places

    return of


def end_at(look, name, scenes, folder, error=None):
    """End a job at one of its looks, and see that nothing came of it."""
    before = content(put_old(folder))
    with pytest.raises(type(error) if error else JobCancelled):
        JOBS[name].run(scenes, folder, silent, Cancel(look, error))
    assert content(folder) == before


@pytest.mark.parametrize("name", QUICK)
def test_a_job_that_is_stopped_wherever_it_looks_leaves_nothing(name, scenes, looks, tmp_path):
    places = looks(name)
    for look in sorted(map(places.index, set(places))):
        end_at(look, name, scenes, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", JOBS)
def test_a_job_that_is_stopped_at_any_look_leaves_nothing(name, scenes, looks, tmp_path):
    for look in range(len(looks(name))):
        end_at(look, name, scenes, tmp_path)
        end_at(look, name, scenes, tmp_path, KeyboardInterrupt())


@pytest.mark.parametrize("name", [*QUICK, "compress to a size"])
def test_a_job_looks_before_every_window(name, scenes, tmp_path, monkeypatch):
    since, most = Counter(), Counter()

    def counted(name):
        real = getattr(TileCodec, name)

        def count(codec, *args):
            since[name] += 1
            most[name] = max(since[name], most[name])
            return real(codec, *args)

        return count

    for method in ("analyze", "synthesize", "quantize", "read"):
        monkeypatch.setattr(TileCodec, method, counted(method))

    class Forgetful(Cancel):
        def is_set(self):
            since.clear()
            return super().is_set()

    JOBS[name].run(scenes, tmp_path, silent, Forgetful())
    assert set(most.values()) <= {1}


def test_a_stop_that_comes_with_the_last_window_is_no_file(scenes, tmp_path):
    for name in ("compress", "decompress", "decompress to COG", "decompress to SAFE"):
        before, cancel = content(put_old(tmp_path)), Event()

        def report(progress, cancel=cancel):
            if progress.done == progress.total:
                cancel.set()

        with pytest.raises(JobCancelled):
            JOBS[name].run(scenes, tmp_path, report, cancel)
        assert content(tmp_path) == before


def interrupt():
    raise KeyboardInterrupt


def interrupt_writing(name, scenes, folder, steps_of):
    """End a job by Ctrl-C before some of its steps, which are chosen by their number; see what is left then."""
    old = content(put_old(folder))
    with watching(Steps(folder, 0, interrupt)) as steps:
        JOBS[name].run(scenes, folder, silent, Event())
    new = content(folder)
    assert old != new
    for at in steps_of(steps.count):
        put_old(folder)
        with pytest.raises(KeyboardInterrupt), watching(Steps(folder, at, interrupt)):
            JOBS[name].run(scenes, folder, silent, Event())
        assert content(folder) in (old, new), at


@pytest.mark.parametrize("name", WRITING)
def test_ctrl_c_between_two_steps_of_writing_leaves_the_old_or_the_new(name, scenes, tmp_path):
    interrupt_writing(
        name,
        scenes,
        tmp_path,
        lambda count: [*range(1, count - 4, 1 + count // 9), *range(max(count - 4, 1), count + 1)],
    )


@pytest.mark.long
@pytest.mark.parametrize("name", WRITING)
def test_ctrl_c_between_any_two_steps_of_writing_leaves_the_old_or_the_new(name, scenes, tmp_path):
    interrupt_writing(name, scenes, tmp_path, lambda count: range(1, count + 1))
