"""Workers that are killed, none that is left, a scheduler that is gone: no file is lost, and none without a word."""

import os
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import distributed
import pytest

from sargui.container import Journal, Mark, Purpose
from sargui.core.errors import JobCancelled, SarguiError
from sargui.engine import cluster as sender
from sargui.engine.cluster import compress_all
from sargui.engine.requests import Compressed

from .workers import local, only, run, whole

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def writes(pid):
    """Say whether a process has a part open."""
    try:
        return any(os.readlink(file).endswith(".part") for file in Path(f"/proc/{pid}/fd").iterdir())
    except FileNotFoundError:  # closed meanwhile
        return False


@contextmanager
def killing(client):
    """Meanwhile, kill one worker that is in the middle of a file: it is stopped, looked at again, and killed."""
    killed, over = [], Event()

    def hunt():
        pids = list(client.run(os.getpid).values())
        while not killed and not over.wait(0.002):
            for pid in filter(writes, pids):
                os.kill(pid, signal.SIGSTOP)
                if writes(pid):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                    return
                os.kill(pid, signal.SIGCONT)

    thread = threading.Thread(target=hunt)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def test_without_a_worker_one_is_waited_for_and_told_so_each_time(tiny_models, asked, monkeypatch):
    """Of two files that a worker had died of, a stop leaves nothing, and so it does of the one that was not begun."""
    monkeypatch.setattr(sender, "POLL_S", 0.01)
    requests, said, cancel = asked(3), [], Event()
    looks = iter([{}, {}, {"tcp://127.0.0.1:1": 1}, {}, {}])

    def say(sentence):
        said.append(sentence)
        if len(said) == 2:
            cancel.set()

    with local(tiny_models, workers=0) as empty, distributed.Client(empty, set_as_default=False) as client:
        monkeypatch.setattr(client, "nthreads", lambda: next(looks, {}))
        batch = sender._Batch(client, "tiny", requests[2:], cancel, say)
        for number, request in enumerate(requests[:2]):
            batch._send(request, f"tcp://127.0.0.1:{number + 1}")
            journal = Journal.begin(request.target, Purpose(2, {}))
            journal.part.write_bytes(b"half")
            journal.add(Mark(4, 0))
            journal.close()
        done = dict(batch.outcomes())
    assert said == ["No dask worker is left; this waits for one, and Ctrl-C gives up."] * 2
    assert {request: type(result) for request, result in done.items()} == dict.fromkeys(requests[:2], JobCancelled)
    assert list(requests[0].target.parent.iterdir()) == []


@needs_proc
def test_a_worker_killed_in_the_middle_loses_nothing(cluster, client, asked, tmp_path):
    requests = asked(2)
    with killing(client) as killed:
        done = run(requests, cluster)
    assert killed
    assert sorted(done) == ["0", "1"]
    assert {type(result) for result in done.values()} == {Compressed}
    assert only(requests, tmp_path / "out")  # the part that the dead worker left is gone, too


@pytest.mark.long
@needs_proc
def test_a_file_of_which_workers_die_is_given_up_and_the_others_are_not(tiny_models, asked):
    with local(tiny_models) as own, distributed.Client(own.scheduler_address, set_as_default=False) as client:
        own.scheduler.allowed_failures = 0
        requests = asked(4)
        with killing(client) as killed:
            done = run(requests, own)
    assert killed
    (died,) = (name for name, result in done.items() if isinstance(result, SarguiError))
    assert "Every worker that was given it died" in str(done[died])
    for request in requests:
        assert whole(request) if request.target.stem != died else not request.target.exists()


@pytest.mark.long
def test_without_its_scheduler_a_batch_ends_and_every_file_has_its_error(tiny_models, asked):
    requests = asked(6)
    with local(tiny_models) as own:
        outcomes = compress_all(requests, own.scheduler_address, Event(), print)
        first, result = next(outcomes)
        own.close()
        rest = dict(outcomes)
    assert isinstance(result, Compressed)
    assert len(rest) == 5
    assert all(isinstance(result, Compressed | SarguiError) for result in rest.values())
    assert "scheduler" in str(rest[requests[5]])
    assert whole(first)
