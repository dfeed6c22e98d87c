"""What a user's hands and eyes do in a story: keys to the window, choices in lists; wait for what is to be seen."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QPoint, Qt, QThread
from PySide6.QtTest import QTest

TIMEOUT_MS = 120_000  # the first job imports torch and compiles the entropy coder
KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
NO_KEY = Qt.KeyboardModifier.NoModifier


def press(window, *keys, modifier=NO_KEY):
    """Type as the system does: to the window, which gives it to what has the focus."""
    for key in keys:
        QTest.keyClick(window.windowHandle(), key, modifier)


def focus(window, widget, qtbot):
    """Give a widget the keyboard."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(widget.hasFocus)


def choose(window, box, text, qtbot):
    """Choose in a list by arrow keys."""
    focus(window, box, qtbot)
    steps = box.findText(text) - box.currentIndex()
    press(window, *[KEY.Key_Down if steps > 0 else KEY.Key_Up] * abs(steps))
    assert box.currentText() == text


def open_by_drop(window, path, drop_files, qtbot):
    """Drop a file that can be opened, and wait until it is shown."""
    with qtbot.waitSignal(window.session.opened, timeout=TIMEOUT_MS):
        drop_files(window, path)
    qtbot.waitUntil(lambda: not window.session.busy, timeout=TIMEOUT_MS)


def wait_until_tried(window, model, qtbot):
    """Wait until the panes show what a checkpoint makes of what is seen."""
    pictures = window.session.pictures
    qtbot.waitUntil(
        lambda: getattr(pictures.version, "model", "") == model and pictures.version_shown, timeout=TIMEOUT_MS
    )


def running_threads():
    """Return the names of the threads that Qt runs beside this one."""
    mine = QThread.currentThread()
    every = [one for one in shiboken6.getAllValidWrappers() if isinstance(one, QThread) and one is not mine]
    return [thread.objectName() for thread in every if thread.isRunning()]


def at_pixel(pane, row, col):
    """Return where in a pane's surface the middle of a scene pixel is."""
    view, surface = pane.eye.shared, pane.surface
    right, down = (col + 0.5 - pane.eye.x) * view.zoom, (row + 0.5 - pane.eye.y) * view.zoom
    return QPoint(round(surface.width() / 2 + right), round(surface.height() / 2 + down))
