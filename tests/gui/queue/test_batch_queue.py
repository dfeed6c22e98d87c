"""The queue: files are coded one after the other, and each ends as done or failed."""

import shutil
import threading
from collections import namedtuple
from functools import partial
from pathlib import Path

import pytest

from sargui.engine.requests import Compress, Describe, Rate, RateKind
from sargui.gui.batch_queue import BatchQueue
from sargui.gui.job_runner import JobRunner
from sargui.gui.queue_model import State

from ..queue_engine import TIMEOUT_MS, outputs, over, states

WAITING, RUNNING, DONE, FAILED, CANCELLED = State


def test_files_are_compressed_in_order_in_one_other_thread_with_the_same_settings(
    queue, engine, files, tmp_path, qtbot
):
    queue.add(files("a.tif", "b.tif", "c.tif"))
    assert states(queue) == [WAITING] * 3
    recipe = partial(Compress, model="eca-1", rate=Rate(RateKind.RATIO, 40))
    with qtbot.waitSignal(queue.busy_changed, timeout=TIMEOUT_MS):
        queue.start(overwrite=False, recipe=recipe)
    over(queue, qtbot)
    assert states(queue) == [DONE] * 3
    asked = [request for request in engine.asked if isinstance(request, Compress)]
    assert asked == [recipe(tmp_path / f"{name}.tif", tmp_path / f"{name}.sarz", overwrite=False) for name in "abc"]
    assert len(engine.threads) == 1
    assert threading.get_ident() not in engine.threads
    assert outputs(tmp_path) == ["a.sarz", "b.sarz", "c.sarz"]
    assert queue.fraction == 1


def test_a_corrupt_file_fails_alone_and_the_others_go_on(queue, files, tmp_path, qtbot):
    queue.add(files("a.tif", "corrupt.tif", "b.tif"))
    queue.start(overwrite=False)
    over(queue, qtbot)
    assert states(queue) == [DONE, FAILED, DONE]
    assert queue.model.entries[1].message == "corrupt.tif cannot be read: it is no raster."
    assert outputs(tmp_path) == ["a.sarz", "b.sarz"]
    assert queue.fraction == 1  # of what can be done


def test_a_file_that_does_not_say_what_it_holds_says_what_to_do_in_the_window(queue, files, qtbot):
    queue.add(files("vague.tif"))
    queue.start(overwrite=False)
    over(queue, qtbot)
    assert "open it by itself" in queue.model.entries[0].message
    assert "--" not in queue.model.entries[0].message


def test_existing_outputs_and_common_names_are_reported_before_anything_is_coded(queue, engine, files, tmp_path):
    sources = files("a.tif", "b.tif", "a.img", "A.vrt")
    (tmp_path / "b.sarz").write_bytes(b"old")
    queue.add(sources)
    found = {conflict.entry.source.name: conflict for conflict in queue.conflicts()}
    assert list(found) == ["b.tif", "a.img", "A.vrt"]
    assert found["b.tif"].rival is None
    assert found["a.img"].rival is found["A.vrt"].rival is queue.model.entries[0]
    assert "b.sarz exists already" in found["b.tif"].sentence
    assert "a.tif becomes a.sarz too" in found["a.img"].sentence
    assert engine.asked == []


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_existing_output_is_kept_unless_the_user_says_so_once(queue, engine, files, tmp_path, qtbot, overwrite):
    queue.add(files("a.tif", "b.tif", "b.img"))
    (tmp_path / "b.sarz").write_bytes(b"old")
    queue.start(overwrite)
    over(queue, qtbot)
    assert states(queue) == [DONE, DONE if overwrite else FAILED, FAILED]
    assert ((tmp_path / "b.sarz").read_bytes() == b"old") is not overwrite
    allowed = {r.source.name: r.overwrite for r in engine.asked if isinstance(r, Compress)}
    assert allowed == {"a.tif": False} | ({"b.tif": True} if overwrite else {})


def test_all_go_into_one_folder_if_there_is_one(queue, files, tmp_path, qtbot):
    folder = tmp_path / "out"
    folder.mkdir()
    queue.add(files("one/a.tif", "two/b.tif"))
    queue.choose_folder(folder)
    queue.add(files("two/a.tif"))
    assert [conflict.entry.source.parent.name for conflict in queue.conflicts()] == ["two"]
    queue.start(overwrite=False)
    over(queue, qtbot)
    assert states(queue) == [DONE, DONE, FAILED]
    assert outputs(tmp_path) == ["a.sarz", "b.sarz"] == outputs(folder)


def test_what_is_in_the_queue_is_not_added_again_and_a_compressed_file_is_refused(queue, files):
    a, sarz = files("a.tif", "b.sarz")
    queue.add([a, a, sarz])
    queue.add([a])
    assert states(queue) == [WAITING, FAILED]
    assert "compressed already" in queue.model.entries[1].message
    queue.retry()
    assert states(queue) == [WAITING, FAILED]


def test_a_disk_that_is_too_small_refuses_with_both_sizes_and_the_files_wait_on(
    queue, engine, files, tmp_path, qtbot, monkeypatch
):
    usage = namedtuple("usage", "total used free")
    raw = 2 * engine.shape[0] * engine.shape[1]
    free = 2 * raw // 8 - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10**12, 0, free))
    queue.add(files("a.tif", "b.tif"))
    with qtbot.waitSignal(queue.refused, timeout=TIMEOUT_MS) as refused:
        queue.start(overwrite=False)
    sentence = refused.args[0].replace("\N{NO-BREAK SPACE}", " ")
    assert "has 240 kB left" in sentence
    assert "240 kB, an eighth of their pixels" in sentence
    assert str(tmp_path) in sentence
    assert states(queue) == [WAITING] * 2
    assert engine.coded == []
    assert not queue.busy
    free += 1
    queue.start(overwrite=False)
    over(queue, qtbot)
    assert states(queue) == [DONE] * 2


def test_a_given_runner_is_shared_and_other_jobs_are_not_mistaken(engine, files, qtbot):
    runner = JobRunner(engine)
    queue = BatchQueue(engine, runner)
    queue.add(files("a.tif", "b.tif"))
    runner.submit(lambda report, cancel: "something else")
    queue.start(overwrite=False)
    runner.submit(Describe(Path("x.tif")))
    over(queue, qtbot)
    qtbot.waitUntil(lambda: runner.idle)
    assert states(queue) == [DONE, DONE]
    queue.shutdown()
    with qtbot.waitSignal(runner.finished, timeout=TIMEOUT_MS):
        runner.submit(lambda report, cancel: 1)  # still works
    runner.shutdown()
