"""The table of the queue, as Qt sees it."""

from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from sargui.core.types import BandInfo, Kind, ProductInfo
from sargui.engine.requests import Compress, Compressed
from sargui.gui.queue_model import Column, Entry, QueueModel, State, pixels_of


def entry(name="a.tif", **changes):
    made = Entry(Path("/data", name), Path("/data", name).with_suffix(".sarz"))
    for key, value in changes.items():
        setattr(made, key, value)
    return made


@pytest.fixture
def model(qapp):
    model = QueueModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    yield model
    del tester


@pytest.fixture
def done():
    info = ProductInfo("a", 1000, 1000, (BandInfo("uint16", Kind.AMPLITUDE),))
    result = Compressed(Path("/data/a.sarz"), 48_000, 47_000, 2_000_000, 0.4, 47_000, 47_000, 50.0, "none", info)
    return entry(state=State.DONE, result=result)


def row(model, number):
    shown = [model.data(model.index(number, column)) for column in Column]
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text in shown]


def test_a_row_says_name_state_progress_size_ratio_and_message(model, done):
    running = entry("b.tif", state=State.RUNNING, pixels=1000, pixels_done=439, message="Compressing")
    failed = entry("c.tif", state=State.FAILED, message="c.tif cannot be read.")
    model.append([done, running, failed, entry("d.tif")])
    assert row(model, 0) == ["a.tif", "Done", "100 %", "48.0 kB", "41.7 ×", ""]
    assert row(model, 1) == ["b.tif", "Running", "43 %", "", "", "Compressing"]
    assert row(model, 2) == ["c.tif", "Failed", "", "", "", "c.tif cannot be read."]
    assert row(model, 3) == ["d.tif", "Waiting", "", "", "", ""]
    tips = [model.data(model.index(2, column), Qt.ItemDataRole.ToolTipRole) for column in (Column.FILE, Column.MESSAGE)]
    assert tips == [str(Path("/data/c.tif")), "c.tif cannot be read."]
    headers = [model.headerData(column, Qt.Orientation.Horizontal) for column in Column]
    assert headers == ["File", "State", "Progress", "Size", "Ratio", "Message"]


def test_rows_come_go_and_change_as_qt_is_told(model, qtbot):
    entries = [entry(f"{number}.tif") for number in range(5)]
    with qtbot.waitSignal(model.rowsInserted):
        model.append(entries)
    model.remove([entries[3], entries[0]])
    assert [row(model, number)[0] for number in range(model.rowCount())] == ["1.tif", "2.tif", "4.tif"]
    entries[4].state = State.CANCELLED
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.show(entries[4])
    assert (changed.args[0].row(), changed.args[1].row(), changed.args[1].column()) == (2, 2, Column.MESSAGE)
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0
    assert model.data(QModelIndex()) is None


def test_pixels_are_those_of_files_that_were_started_and_may_still_be_done(done):
    request = Compress(Path("a"), Path("b"))
    done.request, done.pixels, done.pixels_done = request, 1000, 960  # its last report was not heard
    others = [
        entry(state=State.RUNNING, request=request, pixels=500, pixels_done=100),
        entry(state=State.WAITING, request=request, pixels=200),
        entry(state=State.WAITING, pixels=10_000),
        entry(state=State.FAILED, request=request, pixels=10_000, pixels_done=9),
        entry(state=State.CANCELLED, request=request, pixels=10_000, pixels_done=9),
    ]
    assert pixels_of([done, *others]) == (1100, 1700)
