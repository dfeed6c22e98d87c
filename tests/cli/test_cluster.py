"""What a user sees who compresses on a cluster; the cluster itself is in tests/engine/cluster."""

import shutil
import sys

import pytest

from sargui.cli import batch
from sargui.core.errors import RequestError
from sargui.engine.dispatch import execute

ADDRESS = "tcp://scheduler:8786"


@pytest.fixture
def scenes(raster, tmp_path):
    """Three rasters, of which the second is none."""
    paths = [tmp_path / name for name in ("one.tif", "bad.tif", "two.tif")]
    shutil.copy(raster, paths[0])
    shutil.copy(raster, paths[2])
    paths[1].write_text("no raster")
    return paths


@pytest.fixture
def workers(monkeypatch):
    """Let a stand-in answer for the cluster: the last file first, and as many as are wanted."""
    wanted = [sys.maxsize]

    def compress_all(requests, address, cancel, say):
        assert address == ADDRESS
        say("No dask worker is left.")
        for request in list(reversed(requests))[: wanted[0]]:
            try:
                yield request, execute(request, lambda progress: None, cancel)
            except Exception as error:
                yield request, error

    monkeypatch.setattr(batch, "compress_all", compress_all)
    return wanted


def test_results_are_said_in_the_order_of_the_files_however_they_came(run_json, scenes, workers, tmp_path):
    code, found = run_json("compress", *scenes, "--out-dir", tmp_path / "out", "--dask", ADDRESS)
    assert code == found[1]["exit_code"] == 3
    assert [one["source"] for one in found] == [str(path) for path in scenes]
    assert [found[number]["target"] for number in (0, 2)] == [
        str(tmp_path / "out" / f"{n}.sarz") for n in ("one", "two")
    ]


def test_a_bad_file_is_said_and_costs_itself(sargui, scenes, workers, tmp_path):
    code, out, said = sargui("compress", *scenes, "--out-dir", tmp_path / "out", "--dask", ADDRESS)
    assert code == 3
    assert [line.split(":")[0].rpartition("/")[2] for line in out.splitlines()] == ["one.sarz", "two.sarz"]
    assert "bad.tif: " in said
    assert "2 of 3 files" in said


def test_what_the_cluster_says_is_said_to_whoever_waits(sargui, scenes, workers, tmp_path):
    for words in (["--json"], []):
        assert sargui("compress", scenes[0], *words, "--force", "--dask", ADDRESS)[2] == "No dask worker is left.\n"


def test_one_file_needs_no_folder(sargui, run_json, scenes, workers, tmp_path):
    words = ["compress", scenes[0], tmp_path / "there.sarz", "--dask", ADDRESS]
    code, found = run_json(*words)
    assert (code, found["target"]) == (0, str(tmp_path / "there.sarz"))
    code, _, said = sargui(*words)
    assert code == 6
    assert "error: there.sarz exists already" in said


def test_a_batch_that_was_stopped_between_two_files_is_a_cancelled_one(sargui, scenes, workers, tmp_path):
    workers[0] = 1
    code, out, said = sargui("compress", *scenes, "--out-dir", tmp_path / "out", "--dask", ADDRESS)
    assert (code, out.count("x, ")) == (130, 1)
    assert "1 of 3 files" in said
    workers[0] = 0
    assert sargui("compress", scenes[0], tmp_path / "never.sarz", "--dask", ADDRESS)[0] == 130


@pytest.mark.parametrize("many", [True, False])
def test_without_a_cluster_one_sentence_says_why(sargui, scenes, tmp_path, monkeypatch, many):
    monkeypatch.setitem(sys.modules, "distributed", None)
    words = scenes if many else scenes[:1]
    code, out, said = sargui("compress", *words, *(["--out-dir", tmp_path / "out"] * many), "--dask", ADDRESS)
    assert (code, out) == (RequestError.exit_code, "")
    assert said.startswith("error: A cluster needs dask.distributed; install it")
    assert said.count("\n") == 1
