"""Tests of sargui.core.placing: finished files get their names together or not at all."""

import os
import sys

import pytest

from sargui.core import placing
from sargui.core.placing import discard, exchange, place_files, rename_if_free


@pytest.fixture
def parts(tmp_path):
    """Two finished files, by their targets."""
    for name in "ab":
        (tmp_path / f".{name}.part").write_text("new")
    return {tmp_path / name: tmp_path / f".{name}.part" for name in "ab"}


def put(folder, *names):
    for name in names:
        (folder / name).write_text("old")


def found(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file() and path.suffix != ".part"}


@pytest.fixture
def stuck(monkeypatch):
    """Let the second file be one that cannot be renamed, for a reason."""
    replace = os.replace

    def do(error):
        def fail(part, target):
            if target.name == "b":
                raise error
            replace(part, target)

        monkeypatch.setattr(os, "replace", fail)

    return do


@pytest.mark.parametrize("old", ["", "a", "b", "ab"])
def test_all_get_their_names_over_what_was_there(parts, tmp_path, old):
    put(tmp_path, *old)
    place_files(parts, overwrite=True)
    assert found(tmp_path) == {"a": "new", "b": "new"}
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("old", ["", "a", "b", "ab"])
@pytest.mark.parametrize("error", [PermissionError(), KeyboardInterrupt()])
def test_if_one_cannot_have_its_name_all_is_as_it_was(parts, tmp_path, stuck, old, error):
    put(tmp_path, *old)
    stuck(error)
    with pytest.raises(type(error)):
        place_files(parts, overwrite=True)
    assert found(tmp_path) == dict.fromkeys(old, "old")


def test_without_links_there_is_no_way_back_but_nothing_is_lost(parts, tmp_path, stuck, monkeypatch):
    def refuse(*_):
        raise PermissionError

    put(tmp_path, "a", "b")
    stuck(PermissionError())
    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(PermissionError):
        place_files(parts, overwrite=True)
    assert found(tmp_path) == {"a": "new", "b": "old"}


@pytest.mark.parametrize("old", "ab")
@pytest.mark.parametrize("links", [True, False])
def test_what_may_not_be_overwritten_is_not(parts, tmp_path, monkeypatch, old, links):
    def refuse(*_):
        raise PermissionError

    put(tmp_path, old)
    if not links:
        monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(FileExistsError):
        place_files(parts, overwrite=False)
    assert found(tmp_path) == {old: "old"}


def test_a_free_name_is_taken_in_one_step(parts, tmp_path):
    rename_if_free(tmp_path / ".a.part", tmp_path / "a")
    with pytest.raises(FileExistsError):
        rename_if_free(tmp_path / ".b.part", tmp_path / "a")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".b.part", "a"]


def test_what_is_discarded_takes_with_it_what_belongs_to_it(parts, tmp_path):
    put(tmp_path, ".a.part.msk", ".a.part.cog.ovr.tmp", "a")
    discard(tmp_path / ".a.part")
    discard(tmp_path / "missing" / ".a.part")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".b.part", "a"]


@pytest.fixture
def folders(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    return tmp_path / "a", tmp_path / "b"


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux")
def test_two_folders_change_places(folders):
    assert exchange(*folders)
    assert [(folder / "file").read_text() for folder in folders] == ["b", "a"]
    assert not exchange(folders[0], folders[0] / "missing")


def test_elsewhere_they_do_not_and_that_is_said(folders, monkeypatch):
    monkeypatch.setattr(placing.sys, "platform", "win32")
    assert not exchange(*folders)
    assert [(folder / "file").read_text() for folder in folders] == ["a", "b"]
