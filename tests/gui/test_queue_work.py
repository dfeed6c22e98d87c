"""What the worker does for the queue: pauses between windows, sizes, disks."""

import shutil
from collections import namedtuple
from pathlib import Path
from threading import Event

import pytest

from sargui.core.errors import JobCancelled, TargetError, UnreadableRasterError
from sargui.core.types import BandInfo, Kind, ProductInfo, Progress
from sargui.engine.requests import Compress, Described
from sargui.gui.queue_work import Size, compress_with_pauses, survey

Usage = namedtuple("Usage", "total used free")


class Cancel(Event):
    """Lets the pause wait three beats, then does what it is told; writes down how far the engine was."""

    def __init__(self, windows, then):
        super().__init__()
        self.windows, self.then, self.seen = windows, then, []

    def wait(self, timeout=None):
        self.seen.append(len(self.windows))
        if len(self.seen) == 3:
            self.then()
        return self.is_set()


def silent(progress):
    pass


@pytest.fixture
def request_(tmp_path):
    return Compress(tmp_path / "a.tif", tmp_path / "a.sarz")


@pytest.fixture
def engine():
    """Code five windows, and look at `cancel` before each of them."""

    class Engine:
        def __init__(self):
            self.windows = []

        def __call__(self, request, report, cancel):
            for number in range(1, 6):
                if cancel.is_set():
                    raise JobCancelled("stopped")
                self.windows.append(number)
                report(Progress(number, 5, "compressing"))
            request.target.write_bytes(b"sarz")
            return request.target

    return Engine()


def test_a_pause_stands_still_after_one_window_until_it_is_over(engine, request_):
    resumed = Event()
    cancel = Cancel(engine.windows, resumed.set)
    assert compress_with_pauses(engine, resumed, request_, silent, cancel) == request_.target
    assert cancel.seen == [1, 1, 1]
    assert engine.windows == [1, 2, 3, 4, 5]


def test_a_pause_ends_with_a_cancel_and_nothing_more_is_coded(engine, request_):
    cancel = Cancel(engine.windows, lambda: cancel.set())
    with pytest.raises(JobCancelled):
        compress_with_pauses(engine, Event(), request_, silent, cancel)
    assert engine.windows == [1]
    assert not request_.target.exists()


def test_a_late_cancel_keeps_what_has_replaced_an_old_file(engine, tmp_path):
    request = Compress(tmp_path / "a.tif", tmp_path / "a.sarz", overwrite=True)
    resumed, cancel = Event(), Event()
    resumed.set()

    def late(*arguments):
        done = engine(*arguments)
        cancel.set()
        return done

    compress_with_pauses(late, resumed, request, silent, cancel)
    assert request.target.read_bytes() == b"sarz"


def describe(request, report, cancel):
    if "corrupt" in request.source.name:
        raise UnreadableRasterError("corrupt")
    bands = (BandInfo("float32", Kind.POWER), BandInfo("uint16", Kind.AMPLITUDE))
    return Described(ProductInfo(request.source.name, 100, 200, bands))


def test_sizes_come_from_descriptions_and_from_the_disk_for_what_cannot_be_opened(tmp_path):
    (tmp_path / "corrupt.tif").write_bytes(bytes(321))
    requests = [Compress(tmp_path / name, tmp_path / "x.sarz") for name in ("a.tif", "corrupt.tif", "corrupt.SAFE")]
    steps = []
    assert survey(describe, requests, steps.append, Event()) == [Size(120_000, 40_000), Size(321, 321), Size(0, 0)]
    assert [(step.done, step.total) for step in steps] == [(1, 3), (2, 3), (3, 3)]


def test_the_files_of_one_disk_are_summed_up_and_a_missing_folder_is_left_to_the_engine(tmp_path, monkeypatch):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    requests = [Compress(Path("a.tif"), folder / "a.sarz") for folder in [*folders, tmp_path / "missing"]]
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**9, 0, 30_000))
    assert len(survey(describe, requests, silent, Event())) == 3
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**9, 0, 29_999))
    with pytest.raises(TargetError, match=r"30.0.kB, an eighth of their pixels"):
        survey(describe, requests, silent, Event())


def test_looking_at_the_files_can_be_cancelled(tmp_path):
    cancel = Event()
    requests = [Compress(tmp_path / "a.tif", tmp_path / "a.sarz")] * 3
    with pytest.raises(JobCancelled):
        survey(describe, requests, lambda progress: cancel.set(), cancel)
