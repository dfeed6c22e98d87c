"""All that the window asks of the engine, over a whole story: which thread does it, and what the window's own does."""

import sys
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import Qt

import sargui
from sargui.engine import dispatch
from sargui.engine.requests import Verify

from .hands import CTRL, KEY, TIMEOUT_MS, at_pixel, choose, focus, open_by_drop, press

pytestmark = pytest.mark.usefixtures("checkpoints")
PACKAGE = Path(sargui.__file__).parent
ROOMS = ("attention", "networks", "codec", "container", "io", "quality", "engine")
WORDS = {
    "requests.py",
    "readings.py",
    "views.py",
    "report_request.py",
    "quality_report.py",
    "quality_words.py",
}  # of the engine: plain data
LIGHT = {
    "Engine.__init__",  # of an engine with nothing in it
    "round_up",  # a number
    "validation_of",  # numbers of a card
    "interrupted",  # dates of the source's files, and the few kilobytes beside the target that a killed run left
    "Place.lonlat",  # where the one pixel under the cursor lies; what that needs was worked out before
    "Place.close",
}


class Entries:
    """What the window's thread calls in the rooms below, by name; not what is called in there by those themselves."""

    def __init__(self):
        self.called = set()
        self._met = set()  # callers and called: there are some thousand of them, called some hundred thousand times

    def __enter__(self):
        sys.setprofile(self._look)
        return self.called

    def __exit__(self, *_):
        sys.setprofile(None)

    def _look(self, frame, event, _):
        if event == "call" and (met := (frame.f_code, frame.f_back and frame.f_back.f_code)) not in self._met:
            self._met.add(met)
            if is_below(frame.f_code) and not is_below(met[1]):
                self.called.add(frame.f_code.co_qualname.partition(".<locals>")[0])


def is_below(code):
    """Return whether a function is of the rooms that the window speaks to, their plain data left out."""
    path = None if code is None else Path(code.co_filename)
    if path is None or not path.is_relative_to(PACKAGE):
        return False
    return path.relative_to(PACKAGE).parts[0] in ROOMS and not (path.parent.name == "engine" and path.name in WORDS)


def test_the_engine_works_in_its_threads_and_never_in_that_of_the_window(
    make_window, engine, answers, scene, tmp_path, drop_files, qtbot
):
    window = make_window()
    with Entries() as called:
        tell_the_whole_story(window, answers, scene, tmp_path, drop_files, qtbot)
    asked = {type(request) for request, _ in engine.asked}
    assert asked == set(get_args(dispatch.Request)) - {Verify}  # which the command line alone does
    assert {thread for _, thread in engine.asked} == {"sargui model", "sargui files", "sargui worker"}
    assert called <= LIGHT
    assert "Place.lonlat" in called  # so that this can see what is called


def tell_the_whole_story(window, answers, scene, tmp_path, drop_files, qtbot):
    """Open, mark, compress, save, export, report; open what was saved, with its original; queue a file."""
    open_by_drop(window, scene, drop_files, qtbot)
    choose(window, window.settings.picker.checkpoint, "spatial-1 (experimental)", qtbot)
    qtbot.waitUntil(lambda: window.grid.attention.has_picture, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: "about" in window.settings.foretold.text(), timeout=TIMEOUT_MS)
    qtbot.mouseMove(window.grid.original.surface.viewport(), at_pixel(window.grid.original, 150, 100))
    focus(window, window.grid, qtbot)
    press(window, KEY.Key_P, KEY.Key_R, KEY.Key_Return, KEY.Key_L, KEY.Key_Return, KEY.Key_H, KEY.Key_N)
    measuring = window.session.measuring
    qtbot.waitUntil(lambda: all(map(measuring.of, measuring.marks.all)), timeout=TIMEOUT_MS)
    jobs = (
        (KEY.Key_Return, "", window.session.evaluated),
        (KEY.Key_S, "kept.sarz", window.session.saved),
        (KEY.Key_E, "back.tif", window.session.exported),
        (KEY.Key_R, "report.html", window.session.reported),
    )
    for key, name, done in jobs:
        answers.save_path = tmp_path / name
        with qtbot.waitSignal(done, timeout=TIMEOUT_MS):
            press(window, key, modifier=CTRL)
        qtbot.waitUntil(lambda: not window.session.busy, timeout=TIMEOUT_MS)
    open_by_drop(window, tmp_path / "kept.sarz", drop_files, qtbot)
    answers.open_path = scene
    with qtbot.waitSignals([window.session.locating.found] * 2, timeout=TIMEOUT_MS):
        press(window, KEY.Key_L, modifier=CTRL)
    drop_files(window, scene, tmp_path / "back.tif")
    qtbot.waitUntil(window.queue_panel.isVisible)
    qtbot.mouseClick(window.queue_panel.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.session.queue.busy, timeout=TIMEOUT_MS)
