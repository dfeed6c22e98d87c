"""What a user sees who compresses many rasters at once."""

import json
import shutil
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sargui.cli import batch, jobs
from sargui.core.errors import TargetError
from sargui.core.types import Progress

real_execute = jobs.execute


@pytest.fixture
def rasters(raster, tmp_path):
    """Three rasters, of which the second is none."""
    paths = [tmp_path / "in" / name for name in ("one.tif", "bad.tif", "two.tif")]
    paths[0].parent.mkdir()
    for path in (paths[0], paths[2]):
        shutil.copy(raster, path)
    paths[1].write_text("no raster")
    return paths


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_bad_file_does_not_keep_the_others_from_being_compressed(sargui, rasters, tmp_path):
    code, out, said = sargui("compress", *rasters, "--out-dir", tmp_path / "new" / "out")
    assert code == 3
    assert names(tmp_path / "new" / "out") == ["one.sarz", "two.sarz"]
    assert [line.split(":")[0].rpartition("/")[2] for line in out.splitlines()] == ["one.sarz", "two.sarz"]
    assert "bad.tif" in said
    assert "2 of 3 files" in said


def test_in_json_there_is_an_object_for_each_file(run_json, rasters, tmp_path):
    code, found = run_json("compress", *rasters, "--out-dir", tmp_path / "out")
    assert code == found[1]["exit_code"] == 3
    assert [one["source"] for one in found] == [str(path) for path in rasters]
    assert [found[number]["file_bytes"] for number in (0, 2)] == [
        (tmp_path / "out" / name).stat().st_size for name in ("one.sarz", "two.sarz")
    ]
    assert "bad.tif" in found[1]["error"]


def test_a_batch_without_failures_returns_0(sargui, rasters, tmp_path):
    code, out, said = sargui("compress", rasters[0], rasters[2], "--out-dir", tmp_path / "out", "--target-ratio", 20)
    assert (code, said) == (0, "")
    assert out.count("x, ") == 2


def test_existing_targets_are_refused_one_by_one_unless_forced(sargui, rasters, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "one.sarz").write_text("precious")
    words = ["compress", rasters[0], rasters[2], "--out-dir", out]
    assert sargui(*words)[0] == 6
    assert (out / "one.sarz").read_text() == "precious"
    assert (out / "two.sarz").stat().st_size > 100
    assert sargui(*words, "--force")[0] == 0
    assert (out / "one.sarz").stat().st_size > 100


@pytest.mark.parametrize("twin", ["one.tif", "ONE.tiff"])
def test_two_files_that_would_become_one_are_refused_before_anything_is_coded(sargui, rasters, tmp_path, twin):
    other = tmp_path / "elsewhere" / twin
    other.parent.mkdir()
    shutil.copy(rasters[0], other)
    code, _, said = sargui("compress", rasters[0], other, "--out-dir", tmp_path / "out")
    assert code == 2
    assert "would both become" in " ".join(said.split())
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_named_twice_is_compressed_once(run_json, rasters, tmp_path):
    again = rasters[0].parent / "nowhere" / ".." / "one.tif"
    again.parent.parent.mkdir()
    code, found = run_json("compress", rasters[0], rasters[0], again, rasters[2], "--out-dir", tmp_path / "out")
    assert code == 0
    assert [one["source"] for one in found] == [str(rasters[0]), str(rasters[2])]


def test_a_notice_is_said_when_it_comes_and_not_again(sargui, rasters, tmp_path, monkeypatch):
    def execute(request, report, cancel):
        report(Progress(0, 0, "starting", notice="Mind the gap."))
        if request.source.name == "two.tif":
            raise TargetError("No.")
        return replace(real_execute(request, report, cancel), notices=("Mind the gap.", "That was all."))

    monkeypatch.setattr(jobs, "execute", execute)
    many = ["compress", rasters[0], rasters[2], "--force", "--out-dir", tmp_path / "out"]
    said = sargui(*many)[2]
    assert said.splitlines() == [
        "one.sarz: Mind the gap.",
        "two.sarz: Mind the gap.",
        f"error: {rasters[2]}: No.",
        "one.sarz: That was all.",
        "1 of 2 files were compressed.",
    ]
    assert sargui("compress", rasters[2])[2] == "two.sarz: Mind the gap.\nerror: No.\n"
    _, out, said = sargui(*many, "--json")
    assert (said, json.loads(out)[0]["notice"]) == ("", "Mind the gap. That was all.")


def test_a_folder_that_cannot_be_made_is_one_sentence(sargui, rasters):
    code, _, said = sargui("compress", rasters[0], "--out-dir", rasters[1])
    assert code == 6
    assert said.startswith("error: ")
    assert said.count("\n") == 1


def test_many_files_without_a_folder_are_wrong_usage(sargui, rasters):
    code, _, said = sargui("compress", *rasters)
    assert code == 2
    assert "--out-dir" in said


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_ctrl_c_ends_the_batch_and_keeps_what_is_finished(sargui, rasters, tmp_path, monkeypatch):
    begun = []

    def execute(request, report, cancel):
        begun.append(request.source.name)
        if len(begun) == 2:
            signal.raise_signal(signal.SIGINT)
        return real_execute(request, report, cancel)

    monkeypatch.setattr(jobs, "execute", execute)
    last = rasters[2].with_name("three.tif")
    shutil.copy(rasters[0], last)
    code, out, said = sargui("compress", rasters[0], rasters[2], last, "--out-dir", tmp_path / "out")
    assert code == 130
    assert begun == ["one.tif", "two.tif"]
    assert names(tmp_path / "out") == ["one.sarz"]
    assert "one.sarz" in out
    assert "1 of 3 files" in said


def test_a_manifest_stands_for_its_folder(tmp_path):
    manifest = tmp_path / "S1A_X.SAFE" / "manifest.safe"
    assert batch.beside(manifest) == tmp_path / "S1A_X.sarz"
    assert batch.beside(manifest.parent) == tmp_path / "S1A_X.sarz"
    assert batch.beside(Path("a.tif")) == Path("a.sarz")
    assert batch.targets([manifest], tmp_path / "out") == {manifest: tmp_path / "out" / "S1A_X.sarz"}
    assert list(batch.targets([manifest.parent, manifest], tmp_path / "out")) == [manifest.parent]


@pytest.mark.parametrize("source", [Path("."), Path("/")])
def test_a_place_without_a_name_is_one_sentence(sargui, source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words in ((), ("--out-dir", tmp_path / "out")):
        code, _, said = sargui("compress", source, *words)
        assert code in (2, 3)
        assert said.startswith("error: ")
        assert "unexpected" not in said
