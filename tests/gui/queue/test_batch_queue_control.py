"""The queue while it works: pause, cancel, retry, remove, add; and nothing is left of what was cancelled."""

import threading

import pytest

from sargui.engine.requests import Compress
from sargui.gui.queue_model import State

from ..fake_engine import TILES
from ..queue_engine import TIMEOUT_MS, outputs, over, states

WAITING, RUNNING, DONE, FAILED, CANCELLED = State


@pytest.fixture
def halfway(queue, engine, files, qtbot):
    """A queue of three whose first file has done half of its tiles and stands at the engine's gate."""
    engine.gate = threading.Event()
    queue.add(files("a.tif", "b.tif", "c.tif"))
    queue.start(overwrite=False)
    qtbot.waitUntil(lambda: queue.model.entries[0].pixels_done > 0, timeout=TIMEOUT_MS)
    return queue


def test_pause_holds_the_file_after_its_window_and_resume_goes_on(halfway, engine, qtbot):
    halfway.pause()
    assert halfway.paused
    assert halfway.model.entries[0].message == "Paused."
    gate, engine.gate = engine.gate, None
    gate.set()
    qtbot.waitUntil(lambda: engine.windows == TILES // 2, timeout=TIMEOUT_MS)  # the window under way is finished
    assert states(halfway) == [RUNNING, WAITING, WAITING]
    halfway.resume()
    over(halfway, qtbot)
    assert states(halfway) == [DONE] * 3
    assert not halfway.paused


def test_urgent_jobs_are_done_in_a_pause(halfway, engine, qtbot):
    halfway.pause()
    gate, engine.gate = engine.gate, None
    gate.set()
    with qtbot.waitSignal(halfway._runner.finished, timeout=TIMEOUT_MS) as finished:
        halfway._runner.submit(lambda report, cancel: "looked", urgent=True)
    assert finished.args[1] == "looked"
    assert engine.windows == TILES // 2
    assert states(halfway) == [RUNNING, WAITING, WAITING]


def test_added_files_are_looked_at_while_another_runs(halfway, engine, files, qtbot):
    halfway.pause()
    gate, engine.gate = engine.gate, None
    gate.set()
    halfway.add(files("d.tif"))
    halfway.start(overwrite=False)
    qtbot.waitUntil(lambda: halfway.model.entries[3].pixels > 0, timeout=TIMEOUT_MS)
    assert states(halfway) == [RUNNING, WAITING, WAITING, WAITING]
    assert engine.windows == TILES // 2


def test_cancel_works_in_a_pause_and_the_next_file_waits_for_resume(halfway, engine, tmp_path, qtbot):
    halfway.pause()
    gate, engine.gate = engine.gate, None
    gate.set()
    qtbot.waitUntil(lambda: engine.windows == TILES // 2, timeout=TIMEOUT_MS)
    halfway.cancel([halfway.model.entries[0]])
    qtbot.waitUntil(lambda: states(halfway)[0] is CANCELLED, timeout=TIMEOUT_MS)
    assert states(halfway) == [CANCELLED, WAITING, WAITING]
    assert halfway.paused
    assert outputs(tmp_path) == []
    halfway.resume()
    over(halfway, qtbot)
    assert states(halfway) == [CANCELLED, DONE, DONE]
    assert outputs(tmp_path) == ["b.sarz", "c.sarz"]


def test_cancel_all_leaves_nothing_and_ends_the_pause(halfway, tmp_path, qtbot):
    halfway.pause()
    halfway.cancel()
    over(halfway, qtbot)
    assert states(halfway) == [CANCELLED] * 3
    assert outputs(tmp_path) == []
    assert not halfway.paused


def test_a_waiting_file_is_cancelled_at_once_and_never_coded(halfway, engine, qtbot):
    halfway.cancel([halfway.model.entries[1]])
    assert states(halfway) == [RUNNING, CANCELLED, WAITING]
    engine.gate.set()
    over(halfway, qtbot)
    assert engine.coded == ["a.tif", "c.tif"]


def test_a_cancel_that_comes_after_the_last_look_leaves_nothing_either(queue, engine, files, tmp_path, qtbot):
    finishing, go_on = threading.Event(), threading.Event()

    def late(request, report, cancel):
        done = engine(request, report, cancel)
        if isinstance(request, Compress):
            finishing.set()
            assert go_on.wait(10)
        return done

    queue._execute = late
    queue.add(files("a.tif"))
    queue.start(overwrite=False)
    qtbot.waitUntil(finishing.is_set, timeout=TIMEOUT_MS)
    assert outputs(tmp_path) == ["a.sarz"]
    queue.cancel()
    go_on.set()
    over(queue, qtbot)
    assert states(queue) == [CANCELLED]
    assert outputs(tmp_path) == []


def test_what_failed_is_tried_again_when_it_is_started(queue, files, tmp_path, qtbot):
    first, broken = files("a.tif", "corrupt.tif")
    queue.add([first, broken])
    queue.start(overwrite=False)
    over(queue, qtbot)
    queue.retry()
    assert states(queue) == [DONE, WAITING]
    assert queue.fresh == [queue.model.entries[1]]
    assert queue.conflicts() == []
    queue.start(overwrite=False)
    over(queue, qtbot)
    assert states(queue) == [DONE, FAILED]


def test_a_cancelled_file_is_tried_again_only_if_it_is_named(halfway, engine, qtbot):
    halfway.cancel()
    over(halfway, qtbot)
    halfway.retry()
    assert states(halfway) == [CANCELLED] * 3
    halfway.retry(halfway.model.entries[:1])
    engine.gate = None
    halfway.start(overwrite=False)
    over(halfway, qtbot)
    assert states(halfway) == [DONE, CANCELLED, CANCELLED]


def test_removing_the_running_file_cancels_it_and_clearing_takes_what_is_done(halfway, engine, tmp_path, qtbot):
    running, second, third = halfway.model.entries
    halfway.remove([running, third])
    assert halfway.model.entries == [running, second]
    engine.gate.set()
    over(halfway, qtbot)
    assert halfway.model.entries == [second]
    assert outputs(tmp_path) == ["b.sarz"]
    halfway.clear_done()
    assert halfway.model.entries == []
    assert outputs(tmp_path) == ["b.sarz"]  # off the list, not off the disk


def test_files_are_added_and_started_while_others_run(halfway, engine, files, qtbot):
    halfway.add(files("d.tif", "b.img"))
    assert [entry.source.name for entry in halfway.fresh] == ["d.tif", "b.img"]
    assert [conflict.rival.source.name for conflict in halfway.conflicts()] == ["b.tif"]
    halfway.start(overwrite=True)
    engine.gate.set()
    over(halfway, qtbot)
    assert states(halfway) == [DONE, DONE, DONE, DONE, FAILED]
    assert engine.coded == ["a.tif", "b.tif", "c.tif", "d.tif"]


def test_progress_counts_pixels_over_all_files(halfway, engine):
    pixels = engine.shape[0] * engine.shape[1]
    done = halfway.model.entries[0].pixels_done
    assert 0 < done < pixels
    assert halfway.fraction == pytest.approx(done / (3 * pixels), rel=1e-6)


def test_the_time_left_is_that_of_the_pixels_left_at_the_pace_so_far(halfway, engine):
    class Pace:
        def seconds_for(self, pixels):
            return pixels / 1000

    halfway._pace = Pace()
    pixels = engine.shape[0] * engine.shape[1]
    left = 3 * pixels - halfway.model.entries[0].pixels_done
    assert halfway.seconds_left == pytest.approx(left / 1000, rel=1e-6)


def test_shutdown_in_a_pause_joins_the_thread_and_leaves_nothing(halfway, tmp_path):
    halfway.pause()
    halfway.shutdown()
    assert states(halfway) == [CANCELLED] * 3
    assert not halfway.busy
    assert not halfway._runner._thread.isRunning()
    assert outputs(tmp_path) == []
    halfway.retry(halfway.model.entries)
    halfway.start(overwrite=False)
    assert not halfway.busy


def test_cancelling_while_the_files_are_looked_at_codes_nothing(queue, engine, files, qtbot):
    queue.add(files(*(f"{number}.tif" for number in range(50))))
    queue.start(overwrite=False)
    assert queue.busy
    queue.cancel()
    over(queue, qtbot)
    assert states(queue) == [CANCELLED] * 50
    assert engine.coded == []
