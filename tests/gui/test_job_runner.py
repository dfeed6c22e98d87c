"""The runner: order, replacement, and that every job ends exactly once."""

import threading
from pathlib import Path

import pytest

from sargui.core.errors import JobCancelled, UnreadableRasterError
from sargui.core.types import Progress
from sargui.engine.requests import Describe
from sargui.gui.job_runner import JobRunner

TIMEOUT_MS = 10_000


class Ends:
    """Writes down how each job ended."""

    def __init__(self, runner):
        self.log = []
        runner.finished.connect(lambda number, result: self.log.append((number, "finished", result)))
        runner.failed.connect(lambda number, error: self.log.append((number, "failed", str(error))))
        runner.cancelled.connect(lambda number: self.log.append((number, "cancelled", None)))

    def how(self):
        return [(number, end) for number, end, _ in self.log]


@pytest.fixture
def runner(qtbot):
    runner = JobRunner()
    yield runner
    runner.shutdown()


@pytest.fixture
def ends(runner):
    return Ends(runner)


def until_cancelled(report, cancel):
    assert cancel.wait(10)
    raise JobCancelled("stopped")


def test_jobs_run_in_order_in_one_other_thread(runner, ends, qtbot):
    threads = []
    for number in range(5):
        runner.submit(lambda report, cancel, number=number: threads.append(threading.get_ident()) or number)
    qtbot.waitUntil(lambda: len(ends.log) == 5, timeout=TIMEOUT_MS)
    assert [result for _, _, result in ends.log] == [0, 1, 2, 3, 4]
    assert len(set(threads)) == 1
    assert threading.get_ident() not in threads


def test_signals_arrive_in_the_thread_of_the_window(runner, qtbot):
    seen = []
    runner.progressed.connect(lambda *_: seen.append(threading.get_ident()))
    runner.finished.connect(lambda *_: seen.append(threading.get_ident()))
    with qtbot.waitSignal(runner.finished, timeout=TIMEOUT_MS):
        runner.submit(lambda report, cancel: report(Progress(1, 1, "x")))
    assert seen == [threading.get_ident()] * 2


def test_a_request_goes_to_the_engine(qtbot):
    request = Describe(Path("a.tif"))
    runner = JobRunner(lambda asked, report, cancel: asked)
    with qtbot.waitSignal(runner.finished, timeout=TIMEOUT_MS) as finished:
        runner.submit(request)
    assert finished.args[1] is request
    runner.shutdown()


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (UnreadableRasterError("a.tif cannot be read."), "failed"),
        (JobCancelled("stopped"), "cancelled"),
        (ZeroDivisionError(), "failed"),
        (MemoryError(), "failed"),
        (StopIteration(), "failed"),
    ],
)
def test_every_job_ends_once_and_the_next_one_runs(runner, ends, qtbot, error, end):
    def job(report, cancel):
        raise error

    first, second = runner.submit(job), runner.submit(lambda report, cancel: 1)
    qtbot.waitUntil(lambda: len(ends.log) == 2, timeout=TIMEOUT_MS)
    assert ends.how() == [(first, end), (second, "finished")]
    assert runner.idle


def test_a_bug_is_one_sentence_for_the_user_and_a_trace_in_the_log(runner, ends, qtbot, caplog):
    with qtbot.waitSignal(runner.failed, timeout=TIMEOUT_MS):
        runner.submit(lambda report, cancel: 1 / 0)
    assert "log" in ends.log[0][2]
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory.")])
def test_memory_that_is_full_is_no_bug(runner, ends, qtbot, error):
    def job(report, cancel):
        raise error

    with qtbot.waitSignal(runner.failed, timeout=TIMEOUT_MS):
        runner.submit(job)
    assert ends.log[0][2] == "There is not enough memory for this; close other programs and try again."


def test_cancel_stops_the_running_job_and_drops_the_waiting_ones(runner, ends, qtbot):
    numbers = [runner.submit(until_cancelled) for _ in range(3)]
    runner.cancel()
    qtbot.waitUntil(lambda: len(ends.log) == 3, timeout=TIMEOUT_MS)
    assert sorted(ends.how()) == [(number, "cancelled") for number in numbers]


def test_cancel_of_one_job_leaves_the_others(runner, ends, qtbot):
    first = runner.submit(until_cancelled)
    second, third = runner.submit(lambda *_: 2), runner.submit(lambda *_: 3)
    runner.cancel(second)
    runner.cancel(first)
    qtbot.waitUntil(lambda: len(ends.log) == 3, timeout=TIMEOUT_MS)
    assert sorted(ends.how()) == [(first, "cancelled"), (second, "cancelled"), (third, "finished")]


def test_the_newest_look_replaces_older_ones(runner, ends, qtbot):
    numbers = [runner.submit(until_cancelled, "look") for _ in range(3)]
    other = runner.submit(lambda *_: "other")
    last = runner.submit(lambda *_: "last", "look")
    qtbot.waitUntil(lambda: len(ends.log) == 5, timeout=TIMEOUT_MS)
    assert [number for number, end in ends.how() if end == "finished"] == [other, last]
    assert sorted(number for number, end in ends.how() if end == "cancelled") == numbers


def test_progress_is_thinned_but_first_and_last_arrive(runner, qtbot):
    seen = []
    runner.progressed.connect(lambda number, progress: seen.append(progress.done))

    def job(report, cancel):
        for done in range(1, 10_001):
            report(Progress(done, 10_000, "coding"))

    with qtbot.waitSignal(runner.finished, timeout=TIMEOUT_MS):
        runner.submit(job)
    assert seen[0] == 1
    assert seen[-1] == 10_000
    assert len(seen) < 1000


def test_shutdown_ends_the_running_job_and_refuses_later_ones(qtbot):
    runner = JobRunner()
    ends = Ends(runner)
    running, waiting = runner.submit(until_cancelled), runner.submit(until_cancelled)
    runner.shutdown()
    late = runner.submit(lambda *_: 1)
    runner.shutdown()
    assert sorted(ends.how()) == [(number, "cancelled") for number in (running, waiting, late)]


def test_an_urgent_job_is_done_between_the_steps_of_the_running_one(runner, ends, qtbot):
    begun, go_on, order = threading.Event(), threading.Event(), []

    def long_job(report, cancel):
        order.append("first step")
        begun.set()
        assert go_on.wait(10)
        report(Progress(1, 2, "x"))
        order.append("second step")

    long = runner.submit(long_job)
    last = runner.submit(lambda report, cancel: order.append("next job"))
    assert begun.wait(10)
    urgent = runner.submit(lambda report, cancel: order.append("urgent"), urgent=True)
    go_on.set()
    qtbot.waitUntil(lambda: len(ends.log) == 3, timeout=TIMEOUT_MS)
    assert order == ["first step", "urgent", "second step", "next job"]
    assert ends.how() == [(urgent, "finished"), (long, "finished"), (last, "finished")]


def test_an_urgent_job_that_fails_leaves_the_running_one_alone(runner, ends, qtbot):
    begun, go_on = threading.Event(), threading.Event()

    def long_job(report, cancel):
        begun.set()
        assert go_on.wait(10)
        report(Progress(1, 1, "x"))
        return "done"

    long = runner.submit(long_job)
    assert begun.wait(10)
    urgent = runner.submit(lambda report, cancel: 1 / 0, urgent=True)
    go_on.set()
    qtbot.waitUntil(lambda: len(ends.log) == 2, timeout=TIMEOUT_MS)
    assert ends.how() == [(urgent, "failed"), (long, "finished")]


def test_an_urgent_job_that_no_step_made_room_for_is_next(runner, ends, qtbot):
    begun, go_on = threading.Event(), threading.Event()

    def silent(report, cancel):
        begun.set()
        assert go_on.wait(10)

    long = runner.submit(silent)
    waiting = runner.submit(lambda report, cancel: None)
    assert begun.wait(10)
    urgent = runner.submit(lambda report, cancel: None, urgent=True)
    go_on.set()
    qtbot.waitUntil(lambda: len(ends.log) == 3, timeout=TIMEOUT_MS)
    assert ends.how() == [(number, "finished") for number in (long, urgent, waiting)]


def test_of_two_urgent_jobs_of_a_slot_the_older_is_told_to_stop(runner, ends, qtbot):
    begun, go_on = threading.Event(), threading.Event()

    def long_job(report, cancel):
        begun.set()
        assert go_on.wait(10)
        report(Progress(1, 1, "x"))

    long = runner.submit(long_job)
    assert begun.wait(10)
    older = runner.submit(until_cancelled, "look", urgent=True)
    newer = runner.submit(lambda report, cancel: None, "look", urgent=True)
    go_on.set()
    qtbot.waitUntil(lambda: len(ends.log) == 3, timeout=TIMEOUT_MS)
    assert ends.how() == [(older, "cancelled"), (newer, "finished"), (long, "finished")]


def test_at_shutdown_urgent_jobs_end_too(qtbot):
    runner = JobRunner()
    ends = Ends(runner)
    begun = threading.Event()

    def long_job(report, cancel):
        begun.set()
        assert cancel.wait(10)
        raise JobCancelled("stopped")

    long = runner.submit(long_job)
    assert begun.wait(10)
    urgent = runner.submit(until_cancelled, urgent=True)
    runner.shutdown()
    assert sorted(ends.how()) == [(long, "cancelled"), (urgent, "cancelled")]
