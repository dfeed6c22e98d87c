"""Archives on a cluster: two worker processes that share this machine's files."""

import os
import platform
import subprocess
import sys
from dataclasses import replace
from threading import Event

import dask
import distributed
import pytest

from sargui import __version__
from sargui.core.errors import (
    DamagedFileError,
    InputError,
    JobCancelled,
    RequestError,
    TargetError,
    UnreadableRasterError,
)
from sargui.core.types import Kind
from sargui.engine import cluster as sender
from sargui.engine import cluster_worker
from sargui.engine.cluster import compress_all
from sargui.engine.requests import Compress, Compressed

from .workers import local, only, run, whole

needs_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another malloc")


def errand(client, request, name, version=__version__):
    """Return what a worker answers that was sent a file."""
    return client.submit(cluster_worker.work, version, request, f"{name}-stop", name, pure=False).result()


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


def test_what_a_worker_writes_where_the_client_does_not_see_it_is_no_success(cluster, asked, tmp_path, monkeypatch):
    def elsewhere(request, model):
        return replace(abroad(request, model), target=far / request.target.name)

    abroad, far = sender._abroad, tmp_path / "far"
    far.mkdir()
    monkeypatch.setattr(sender, "_abroad", elsewhere)
    (request,) = asked(1)
    result = run([request], cluster)["0"]
    assert isinstance(result, TargetError)
    assert f"wrote {request.target} where this machine does not see it;" in str(result)
    request.target.write_text("of another size")
    assert isinstance(run([replace(request, overwrite=True)], cluster)["0"], TargetError)
    assert whole(replace(request, target=far / "0.sarz"))


def test_who_resumes_keeps_what_is_finished_and_nothing_else(cluster, asked, tmp_path):
    done, other = asked(2)
    assert not run([done], cluster)["0"].kept
    other.target.write_text("of somebody else")
    found = run([replace(done, resume=True), replace(other, resume=True)], cluster)
    assert found["0"].kept
    assert isinstance(found["1"], TargetError)
    assert other.target.read_text() == "of somebody else"


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
        list(compress_all(asked(1), address, Event(), print))


def test_without_dask_one_sentence_says_how_to_install_it(asked, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RequestError, match=r"pip install 'sargui\[dask\]'"):
        list(compress_all(asked(1), "tcp://127.0.0.1:1", Event(), print))
