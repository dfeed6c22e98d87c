"""A queue of three files with the real engine, one of them corrupt; and one that is cancelled in a pause."""

from threading import Event

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from rasterio.transform import from_origin

from sargui.engine import dispatch
from sargui.engine.requests import Describe
from sargui.gui.batch_queue import BatchQueue
from sargui.gui.panels.queue_panel import QueuePanel
from sargui.gui.queue_model import State

from .hands import TIMEOUT_MS


@pytest.fixture
def scenes(tmp_path):
    """Three small amplitude rasters of two network windows each; the second has lost the end of its pixels."""
    paths = [tmp_path / name for name in ("north.tif", "torn.tif", "south.tif")]
    for seed, path in enumerate(paths):
        power = 1e4 * np.random.default_rng(seed).gamma(4, 1 / 4, (64, 1100))
        profile = {"driver": "GTiff", "height": 64, "width": 1100, "count": 1, "dtype": "uint16", "blockysize": 16}
        with rasterio.open(path, "w", crs="EPSG:32633", transform=from_origin(5e5, 5e6, 10, 10), **profile) as file:
            file.write(np.sqrt(power).astype(np.uint16), 1)
    paths[1].write_bytes(paths[1].read_bytes()[:40_000])
    return paths


class Held:
    """The engine, held between its first network window and its report until it may go on."""

    def __init__(self):
        self.coded, self.may_go_on = Event(), Event()
        self.may_go_on.set()

    def __call__(self, request, report, cancel):
        def hold(progress):
            if progress.stage == "compressing":
                self.coded.set()
                assert self.may_go_on.wait(60)
            report(progress)

        return dispatch.execute(request, hold, cancel)


@pytest.fixture
def engine():
    return Held()


@pytest.fixture
def panel(engine, qtbot):
    queue = BatchQueue(engine)
    panel = QueuePanel(queue)
    panel.start_wanted.connect(lambda: queue.start(overwrite=False))
    qtbot.addWidget(panel)
    panel.show()
    yield panel
    engine.may_go_on.set()
    queue.shutdown()


def leftovers(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".tif")


def test_three_files_one_corrupt(panel, scenes, tmp_path, qtbot):
    queue = panel.queue
    queue.add(scenes)
    QTest.mouseClick(panel.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not queue.busy, timeout=TIMEOUT_MS)
    north, torn, south = queue.model.entries
    assert [entry.state for entry in (north, torn, south)] == [State.DONE, State.FAILED, State.DONE]
    assert "torn.tif" in torn.message
    assert "unexpected" not in torn.message
    assert leftovers(tmp_path) == ["north.sarz", "south.sarz"]
    for entry in (north, south):
        assert entry.pixels_done == entry.pixels == 64 * 1100
        assert entry.result.file_bytes == entry.target.stat().st_size
    with qtbot.waitSignal(queue._runner.finished, timeout=TIMEOUT_MS) as described:
        queue._runner.submit(Describe(north.target))
    assert described.args[1].info.shape == (64, 1100)
    assert panel.summary.text() == "2 of 3 files done, 1 failed"

    with qtbot.waitSignal(panel.open_wanted) as opened:
        panel.table.selectRow(2)
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert opened.args == [south.target]


def test_a_file_cancelled_in_a_pause_leaves_nothing_and_the_next_one_is_coded(panel, engine, scenes, tmp_path, qtbot):
    queue = panel.queue
    queue.add([scenes[0], scenes[2]])
    first, second = queue.model.entries
    engine.may_go_on.clear()
    QTest.mouseClick(panel.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(engine.coded.is_set, timeout=TIMEOUT_MS)
    assert leftovers(tmp_path) != []  # the file grows beside its target
    QTest.mouseClick(panel.pause, Qt.MouseButton.LeftButton)
    assert panel.pause.text() == "&Resume"
    engine.may_go_on.set()
    panel.table.selectRow(0)
    QTest.mouseClick(panel.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: first.state is State.CANCELLED, timeout=TIMEOUT_MS)
    assert second.state is State.WAITING
    assert leftovers(tmp_path) == []
    QTest.mouseClick(panel.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not queue.busy, timeout=TIMEOUT_MS)
    assert second.state is State.DONE
    assert leftovers(tmp_path) == ["south.sarz"]
