"""The window is closed while it works: staying goes on with the work, leaving stops it and leaves nothing behind."""

import gc
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from sargui.engine.requests import Compress

from .hands import CTRL, KEY, TIMEOUT_MS, open_by_drop, press, running_threads, wait_until_tried

pytestmark = pytest.mark.usefixtures("checkpoints")
MODEL = "none-1"


@pytest.fixture
def window(assert_nothing_is_left, make_window, engine, wide, drop_files, qtbot):
    """A window with a scene of two network windows, tried as far as it is seen."""
    window = make_window()
    open_by_drop(window, wide, drop_files, qtbot)
    wait_until_tried(window, MODEL, qtbot)
    return window


def compress_until_held(window, engine, qtbot):
    """Start to compress, and hold the worker when the first network window is coded."""
    engine.hold_after(1)
    press(window, KEY.Key_Return, modifier=CTRL)
    qtbot.waitUntil(lambda: engine.held, timeout=TIMEOUT_MS)


def own_folder(window):
    return Path(window.session._folder.name)


@pytest.fixture
def assert_nothing_is_left(tmp_path, qtbot):
    """Return what fails if there is more than before: in the folder of the scenes, or of Qt's or Python's threads."""
    before = set(threading.enumerate())

    def python_threads():
        gc.collect()  # a codec's own end with it
        every = [thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)]  # Qt's
        return [thread.name for thread in every if thread not in before]

    def check():
        assert running_threads() == []
        qtbot.waitUntil(lambda: python_threads() == [])
        assert [path.name for path in tmp_path.iterdir() if path.suffix not in (".tif", ".ini")] == []

    return check


def test_staying_goes_on_with_the_work(window, engine, answers, qtbot):
    compress_until_held(window, engine, qtbot)
    answers.yes = False
    press(window, KEY.Key_Q, modifier=CTRL)
    assert answers.questions == ["cancel"]
    assert window.isVisible()
    assert window.session.busy
    with qtbot.waitSignal(window.session.evaluated, timeout=TIMEOUT_MS):
        engine.go_on()
    qtbot.waitUntil(lambda: not window.session.busy)
    assert window.session.result.compressed.target.exists()
    assert window.commands.save.isEnabled()


def test_leaving_stops_at_the_next_network_window(window, engine, answers, assert_nothing_is_left, qtbot):
    compress_until_held(window, engine, qtbot)
    folder, coded = own_folder(window), len(engine.coded)
    assert any(folder.iterdir())  # the file grows
    press(window, KEY.Key_Q, modifier=CTRL)
    assert answers.questions == ["cancel"]
    assert not window.isVisible()
    assert len(engine.coded) == coded
    assert engine.results(Compress) == []
    assert not folder.exists()
    assert_nothing_is_left()


def test_escape_stops_at_the_next_network_window_and_the_window_can_compress_again(window, engine, qtbot):
    compress_until_held(window, engine, qtbot)
    coded = len(engine.coded)
    with qtbot.waitSignal(window.session.cancelled, timeout=TIMEOUT_MS):
        press(window, KEY.Key_Escape)
    assert len(engine.coded) == coded
    assert list(own_folder(window).iterdir()) == []
    engine.go_on()
    with qtbot.waitSignal(window.session.evaluated, timeout=TIMEOUT_MS):
        press(window, KEY.Key_Return, modifier=CTRL)


def test_leaving_during_a_preview_asks_nothing(
    assert_nothing_is_left, make_window, engine, wide, drop_files, answers, qtbot
):
    window = make_window()
    engine.hold_after(1)
    open_by_drop(window, wide, drop_files, qtbot)
    qtbot.waitUntil(lambda: engine.held, timeout=TIMEOUT_MS)
    press(window, KEY.Key_Q, modifier=CTRL)
    assert answers.questions == []
    assert not window.isVisible()
    assert engine.coded == [MODEL]
    assert_nothing_is_left()


def test_leaving_a_queue_at_work_leaves_no_file_of_it(
    assert_nothing_is_left, make_window, engine, scene, wide, drop_files, answers, qtbot
):
    window = make_window()
    drop_files(window, wide, scene)
    qtbot.waitUntil(window.queue_panel.isVisible)
    engine.hold_after(1)
    qtbot.mouseClick(window.queue_panel.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.held, timeout=TIMEOUT_MS)
    answers.yes = False
    assert not window.close()
    assert window.session.queue.busy
    answers.yes = True
    assert window.close()
    assert answers.questions == ["cancel", "cancel"]
    assert engine.coded == [MODEL]
    assert_nothing_is_left()
