"""A window that was killed while it compressed; the next one goes on, to the same file."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt

from sargui.engine import dispatch
from sargui.engine.requests import Compress

from .hands import CTRL, KEY, TIMEOUT_MS, open_by_drop, press, wait_until_tried

pytestmark = pytest.mark.usefixtures("checkpoints")


@pytest.fixture
def window(make_window, engine, wide, drop_files, tmp_path, monkeypatch, qtbot):
    """A window with a scene of two network windows; what it keeps for itself is in a folder of the test's."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    window = make_window()
    open_by_drop(window, wide, drop_files, qtbot)
    wait_until_tried(window, "none-1", qtbot)
    return window


def test_the_next_window_goes_on(window, engine, answers, wide, tmp_path, qtbot):
    engine.hold_after(2)
    press(window, KEY.Key_Return, modifier=CTRL)
    qtbot.waitUntil(lambda: engine.held, timeout=TIMEOUT_MS)
    own, killed = Path(window.session._folder.name), tmp_path / "temporary" / "sargui-killed"
    shutil.copytree(own, killed)  # what a kill would leave
    with qtbot.waitSignal(window.session.cancelled, timeout=TIMEOUT_MS):
        press(window, Qt.Key.Key_Escape)
    engine.go_on()
    assert list(own.iterdir()) == []

    with qtbot.waitSignal(window.session.evaluated, timeout=TIMEOUT_MS):
        press(window, KEY.Key_Return, modifier=CTRL)
    assert answers.questions == ["resume wide.tif at 50%"]
    request, result = engine.results(Compress)[-1]
    assert request.target.parent == killed
    assert "An interrupted run was resumed at 50 %." in result.notice
    whole = replace(request, target=tmp_path / "whole.sarz", resume=False)
    dispatch.execute(whole, lambda progress: None, Event())
    assert request.target.read_bytes() == whole.target.read_bytes()

    window.session.shutdown()
    assert list((tmp_path / "temporary").iterdir()) == []
