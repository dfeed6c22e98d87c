"""Saving: all or nothing."""

import os
from threading import Event

import pytest

from sargui.core.errors import JobCancelled, TargetError
from sargui.gui import saving


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(os.urandom(100_000))
    return path


def test_the_copy_is_whole_and_reported(source, tmp_path, monkeypatch):
    monkeypatch.setattr(saving, "CHUNK_BYTES", 30_000)
    seen = []
    target = saving.copy_whole(source, tmp_path / "out.sarz", seen.append, Event())
    assert target.read_bytes() == source.read_bytes()
    assert [progress.done for progress in seen] == [30_000, 60_000, 90_000, 100_000]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.sarz", "source"]


def test_cancel_leaves_the_old_file(source, tmp_path):
    target = tmp_path / "out.sarz"
    target.write_bytes(b"old")
    cancel = Event()
    cancel.set()
    with pytest.raises(JobCancelled):
        saving.copy_whole(source, target, lambda _: None, cancel)
    assert target.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_full_disk_is_one_sentence_and_leaves_the_old_file(source, tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    target = tmp_path / "out.sarz"
    target.write_bytes(b"old")
    with pytest.raises(TargetError, match=r"out\.sarz cannot be saved there: No space left on device"):
        saving.copy_whole(source, target, lambda _: None, Event())
    assert target.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_missing_folder_is_one_sentence(source, tmp_path):
    with pytest.raises(TargetError, match="choose another place"):
        saving.copy_whole(source, tmp_path / "nowhere" / "out.sarz", lambda _: None, Event())
