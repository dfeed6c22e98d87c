"""Archives on a cluster: two worker processes that share this machine's files, and may be killed."""

import os
import platform
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import dask
import distributed
import numpy as np
import pytest

from sargui import __version__
from sargui.core.errors import (
    DamagedFileError,
    InputError,
    JobCancelled,
    RequestError,
    SarguiError,
    TargetError,
    UnreadableRasterError,
)
from sargui.core.types import Kind
from sargui.engine import cluster as sender
from sargui.engine import cluster_worker
from sargui.engine.cluster import compress_all
from sargui.engine.dispatch import execute
from sargui.engine.requests import Compress, Compressed, Verify

TINY_ALONE = """
from pathlib import Path
from sargui.core import catalogue
catalogue.model_folders = lambda: [Path({folder!r})]
"""
needs_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another malloc")
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@contextmanager
def local(models, workers=2):
    """Start a cluster whose workers know the tiny checkpoint alone, and so do those that replace a killed one."""
    preload = TINY_ALONE.format(folder=str(models))
    options = {"dashboard_address": ":0", "preload": preload, "silence_logs": "CRITICAL"}
    with distributed.LocalCluster(n_workers=workers, threads_per_worker=1, **options) as started:
        yield started


@pytest.fixture(scope="module")
def cluster(tiny_models):
    with local(tiny_models) as started:
        yield started


@pytest.fixture(scope="module")
def client(cluster):
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as connected:
        yield connected


@pytest.fixture(scope="module")
def scene(tmp_path_factory, write, power_of):
    return write(tmp_path_factory.mktemp("scene") / "scene.tif", power_of(300, 300).astype(np.float32))


@pytest.fixture
def asked(scene, tmp_path):
    """Ask for so many files of the scene in an empty folder."""
    out = tmp_path / "out"
    out.mkdir()
    return lambda count: [Compress(scene, out / f"{number}.sarz", kind=Kind.POWER) for number in range(count)]


def run(requests, cluster, cancel=None):
    """Return what came of each by the number in its name."""
    outcomes = compress_all(requests, cluster.scheduler_address, cancel or Event())
    return {request.target.stem: result for request, result in outcomes}


def errand(client, request, name, version=__version__):
    """Return what a worker answers that was sent a file."""
    return client.submit(cluster_worker.work, version, request, f"{name}-stop", name, pure=False).result()


def whole(request):
    return execute(Verify(request.target), lambda progress: None, Event()).damaged == ()


def only(requests, folder):
    """Say whether what was asked for, whole, is all that there is in a folder."""
    return sorted(folder.iterdir()) == [request.target for request in requests] and all(map(whole, requests))


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


def test_files_are_spread_over_the_workers_and_a_bad_one_costs_itself(cluster, client, asked, tmp_path):
    requests = asked(3)
    bad = tmp_path / "bad.tif"
    bad.write_text("no raster")
    with distributed.get_task_stream(client) as stream:
        done = run([replace(requests[0], source=bad, target=bad.with_suffix(".sarz")), *requests], cluster)
    assert len({task["worker"] for task in stream.data}) == 2
    assert isinstance(done.pop("bad"), UnreadableRasterError)
    assert {name: result.target for name, result in done.items()} == {r.target.stem: r.target for r in requests}
    assert only(requests, tmp_path / "out")


def test_what_an_earlier_run_of_a_file_finished_before_its_worker_died_is_no_obstacle(client, asked, tmp_path):
    (request,) = asked(1)
    request.target.write_text("of somebody else")
    assert isinstance(errand(client, request, "first"), TargetError)
    assert request.target.read_text() == "of somebody else"
    request.target.unlink()
    assert isinstance(errand(client, request, "second"), Compressed)
    assert isinstance(errand(client, request, "third"), TargetError)
    assert isinstance(errand(client, request, "second"), Compressed)  # its answer was lost, so it is run again
    assert only([request], tmp_path / "out")


def test_after_a_stop_no_file_is_begun_and_those_that_are_end(cluster, client, asked, tmp_path):
    class SecondLook(Event):
        looks = 0

        def is_set(self):
            self.looks += 1
            return self.looks > 1

    requests = asked(5)
    done = run(requests, cluster, SecondLook())
    assert sorted(done) == ["0", "1"]
    assert {type(result) for result in done.values()} <= {Compressed, JobCancelled}
    assert only([each for each in requests if isinstance(done.get(each.target.stem), Compressed)], tmp_path / "out")
    stopped = distributed.Event("told-stop", client)
    stopped.set()
    assert isinstance(errand(client, requests[4], "told"), JobCancelled)
    stopped.clear()
    assert not requests[4].target.exists()


def test_what_is_damaged_on_its_way_to_the_disk_is_removed(scene, tmp_path, pack):
    request = Compress(scene, tmp_path / "scene.sarz", kind=Kind.POWER, device="cpu")
    pack(scene, request.target, kind=Kind.POWER)
    cluster_worker.verify(request, Event())
    content = bytearray(request.target.read_bytes())
    content[len(content) // 2] ^= 1
    request.target.write_bytes(content)
    with pytest.raises(DamagedFileError, match="removed"):
        cluster_worker.verify(request, Event())
    assert not request.target.exists()


@needs_glibc
def test_a_worker_need_not_fetch_memory_anew_for_each_array():
    program = """
import resource, numpy
from sargui.engine.cluster_worker import memory_kept
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(40):
        numpy.ones(1 << 17)  # 1 MiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
before = faults()
with memory_kept():
    meanwhile = faults()
print(before, meanwhile, faults(), resource.getpagesize())
"""
    settings = {name: str(value) for name, value in dask.config.get("distributed.nanny.pre-spawn-environ").items()}
    run = subprocess.run([sys.executable, "-c", program], env=os.environ | settings, capture_output=True, check=True)
    before, meanwhile, after, page_bytes = map(int, run.stdout.split())
    megabyte = (1 << 20) // page_bytes
    assert min(before, after) >= 40 * megabyte
    assert meanwhile < 4 * megabyte


def test_a_worker_that_does_not_see_a_file_or_a_folder_says_so(cluster, asked, tmp_path):
    seen, unseen = asked(2)
    done = run([replace(seen, target=tmp_path / "no" / "0.sarz"), replace(unseen, source=tmp_path / "no.tif")], cluster)
    for result, path in zip((done["0"], done["1"]), (tmp_path / "no", tmp_path / "no.tif"), strict=True):
        assert isinstance(result, InputError)
        assert f"does not see {path};" in str(result)


def test_paths_mean_the_same_in_the_folder_of_a_worker(cluster, asked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (request,) = asked(1)
    relative = replace(request, target=request.target.relative_to(tmp_path), overwrite=True)
    assert run([relative], cluster)["0"].target == relative.target
    assert only([request], tmp_path / "out")


def test_another_version_on_the_workers_is_refused(cluster, client, asked, monkeypatch):
    (request,) = asked(1)
    assert isinstance(errand(client, request, "late", version="0.0.1"), RequestError)  # a worker that came later
    monkeypatch.setattr(sender, "__version__", "0.0.2")
    with pytest.raises(RequestError, match=rf"0\.0\.2 here, and {__version__} on the worker tcp://.*; install"):
        run([request], cluster)
    assert not request.target.exists()


def test_a_cluster_without_workers_is_refused(tiny_models, asked, monkeypatch):
    monkeypatch.setattr(sender, "CONNECT_S", 0.2)
    with local(tiny_models, workers=0) as empty, pytest.raises(RequestError, match="has no workers"):
        run(asked(1), empty)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "tls://127.0.0.1:1", "tcp://127.0.0.1:x", ""])
def test_where_no_scheduler_is_one_sentence_says_so_soon(asked, monkeypatch, address):
    monkeypatch.setattr(sender, "CONNECT_S", 0.2)
    with pytest.raises(RequestError, match=f"^No dask scheduler answers at '{address}': "):
        list(compress_all(asked(1), address, Event()))


def test_without_dask_one_sentence_says_how_to_install_it(asked, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RequestError, match=r"pip install 'sargui\[dask\]'"):
        list(compress_all(asked(1), "tcp://127.0.0.1:1", Event()))


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
        outcomes = compress_all(requests, own.scheduler_address, Event())
        first, result = next(outcomes)
        own.close()
        rest = dict(outcomes)
    assert isinstance(result, Compressed)
    assert len(rest) == 5
    assert all(isinstance(result, Compressed | SarguiError) for result in rest.values())
    assert "scheduler" in str(rest[requests[5]])
    assert whole(first)
