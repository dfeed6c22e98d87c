"""Without a mouse: from the empty window to a saved .sarz and a comparison; and what keys do not do while typing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QApplication, QComboBox

from sargui.gui.marks import Tool
from sargui.gui.shading import ErrorKind
from sargui.gui.views.modes import CYCLE, Mode

from .hands import CTRL, KEY, NO_KEY, TIMEOUT_MS, focus, press, wait_until_tried

pytestmark = pytest.mark.usefixtures("checkpoints")
SHIFT = Qt.KeyboardModifier.ShiftModifier
MOST_STOPS = 100  # of Tab, until it is where it began


@pytest.fixture
def window(make_window, answers, scene, qtbot):
    """A window in which a scene was opened by key."""
    window = make_window()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    answers.open_path = scene
    with qtbot.waitSignal(window.session.opened, timeout=TIMEOUT_MS):
        press(window, KEY.Key_O, modifier=CTRL)
    wait_until_tried(window, "none-1", qtbot)
    return window


@pytest.fixture
def compressed(window, qtbot):
    """A window with a scene that was compressed by key."""
    with qtbot.waitSignal(window.session.evaluated, timeout=TIMEOUT_MS):
        press(window, KEY.Key_Return, modifier=CTRL)
    qtbot.waitUntil(lambda: not window.session.busy)
    return window


def stops(window, key=KEY.Key_Tab, modifier=NO_KEY):
    """Return where Tab stops, in order, until it comes round."""
    found = []
    while len(found) < MOST_STOPS:
        press(window, key, modifier=modifier)
        widget = QApplication.focusWidget()
        if found and widget is found[0]:
            return found
        found.append(widget)
    raise AssertionError(f"Tab never comes back to {found[0]}; it ends at {found[-3:]}")


def tab_to(window, widget):
    """Press Tab until a widget has the keyboard."""
    for _ in range(MOST_STOPS):
        if widget.hasFocus():
            return
        press(window, KEY.Key_Tab)
    raise AssertionError(f"Tab does not reach {widget.accessibleName()}")


def controls(window):
    """Return what a user sets in the settings panel, in the order in which it is read."""
    panel = window.settings
    kinds = (QComboBox, QAbstractSpinBox, QAbstractSlider, QAbstractButton)
    found = [widget for kind in kinds for widget in panel.findChildren(kind) if widget.isVisible()]

    def place(widget):
        at = widget.mapTo(panel, widget.rect().center())
        return at.y() + at.x() / 20  # of those in one row the left one first, though it may stand a pixel lower

    return sorted(found, key=place)


def test_from_the_empty_window_to_a_saved_file_and_a_comparison(window, answers, tmp_path, qtbot):
    panel = window.settings
    tab_to(window, panel.picker.checkpoint)
    while panel.card.name != "spatial-1":
        press(window, KEY.Key_Down)
    tab_to(window, panel.rates.spin)
    press(window, KEY.Key_A, modifier=CTRL)
    press(window, KEY.Key_3, KEY.Key_0, KEY.Key_Tab)
    wait_until_tried(window, "spatial-1", qtbot)
    assert window.session.pictures.version.quality == 30.0
    tab_to(window, panel.button)
    with qtbot.waitSignal(window.session.evaluated, timeout=TIMEOUT_MS):
        press(window, KEY.Key_Space)
    qtbot.waitUntil(lambda: not window.session.busy)
    assert window.session.result.compressed.model == "spatial-1"
    assert window.session.result.compressed.quality == 30.0

    answers.save_path = tmp_path / "kept.sarz"
    with qtbot.waitSignal(window.session.saved, timeout=TIMEOUT_MS):
        press(window, KEY.Key_S, modifier=CTRL)
    assert answers.save_path.stat().st_size == window.session.result.compressed.file_bytes
    assert not window.isWindowModified()

    press(window, KEY.Key_K)
    assert window.grid.mode is Mode.TWO
    press(window, KEY.Key_Z, modifier=CTRL)  # back to the quality before
    qtbot.waitUntil(lambda: getattr(window.session.pictures.version, "quality", 0) == 50.0)
    wait_until_tried(window, "spatial-1", qtbot)
    grid = window.grid
    qtbot.waitUntil(lambda: grid.rival.has_picture and grid.decoded.has_picture)
    assert grid.rival.accessibleName() == "A: spatial-1, quality 30"
    assert grid.decoded.accessibleName() == "B: spatial-1, quality 50"
    press(window, KEY.Key_K)
    assert grid.mode is Mode.FOUR


def test_the_ways_to_compare_have_keys(compressed):
    grid = compressed.grid
    for key, mode in (
        (KEY.Key_1, Mode.ORIGINAL),
        (KEY.Key_2, Mode.RECONSTRUCTION),
        (KEY.Key_3, Mode.DIFFERENCE),
        (KEY.Key_4, Mode.ATTENTION),
        (KEY.Key_B, Mode.BLINK),
        (KEY.Key_D, Mode.DIFFERENCE),
    ):
        press(compressed, key)
        assert grid.mode is mode
        press(compressed, key)  # again: four panes
        assert grid.mode is Mode.FOUR
    seen = []
    for _ in CYCLE:
        press(compressed, KEY.Key_M)
        seen.append(grid.mode)
    assert set(seen) == set(CYCLE)
    assert seen[-1] is Mode.FOUR
    press(compressed, KEY.Key_1, KEY.Key_X)
    assert grid.mode is Mode.RECONSTRUCTION


def test_what_is_seen_of_error_and_attention_has_keys(compressed, qtbot):
    grid = compressed.grid
    for kind in (ErrorKind.ABSOLUTE, ErrorKind.RATIO, ErrorKind.SQUARED, ErrorKind.SIGNED):
        press(compressed, KEY.Key_Y)
        qtbot.waitUntil(lambda kind=kind: compressed.session.pictures.overview.error_style.kind is kind)
    press(compressed, KEY.Key_A)
    assert not grid.attention.isVisible()
    press(compressed, KEY.Key_A)
    assert grid.attention.isVisible()
    before = grid.original.bar.range
    press(compressed, *[KEY.Key_Plus] * 4, modifier=CTRL)
    press(compressed, *[KEY.Key_Right] * 3, KEY.Key_N)
    qtbot.waitUntil(lambda: grid.original.bar.range != before)
    press(compressed, KEY.Key_N)
    qtbot.waitUntil(lambda: grid.original.bar.range == before)


def test_the_view_moves_by_keys(compressed):
    view = compressed.grid.viewport
    press(compressed, KEY.Key_0, modifier=CTRL)
    assert view.zoom == 1 / compressed.devicePixelRatioF()
    press(compressed, KEY.Key_Plus, modifier=CTRL)
    x, y = view.x, view.y
    press(compressed, KEY.Key_Right, KEY.Key_Down)
    assert view.x > x
    assert view.y > y
    press(compressed, KEY.Key_F)
    assert view.fitted
    press(compressed, KEY.Key_W)
    assert "Worst tile" in compressed.progress.sentence.text()
    QTest.keyPress(compressed.windowHandle(), KEY.Key_Space)
    assert compressed.grid.decoded.accessibleName() == "Original"
    QTest.keyRelease(compressed.windowHandle(), KEY.Key_Space)
    assert compressed.grid.decoded.accessibleName() == "Reconstruction"


def test_marks_are_made_by_keys_and_escape_leaves_them_off(compressed, answers, qtbot):
    marks, grid, rows, cols = compressed.session.measuring.marks, compressed.grid, *compressed.session.scene.info.shape
    press(compressed, KEY.Key_R)
    assert grid.tool is Tool.REGION
    press(compressed, KEY.Key_Escape)
    assert grid.tool is Tool.NONE
    press(compressed, KEY.Key_R, KEY.Key_Return, KEY.Key_P, KEY.Key_L, KEY.Key_Return, KEY.Key_H)
    assert [mark.window.shape for mark in marks.regions] == [(rows, cols)]
    assert [(pin.row, pin.col) for pin in marks.pins] == [(rows // 2, cols // 2)]
    assert marks.line.start[0] == marks.line.end[0]
    qtbot.waitUntil(lambda: all(map(compressed.session.measuring.of, marks.all)), timeout=TIMEOUT_MS)
    assert compressed.plots.isVisible()
    press(compressed, KEY.Key_L, KEY.Key_H)
    assert not compressed.plots.isVisible()
    press(compressed, KEY.Key_Question)
    assert answers.questions[-1] == "keys"
    assert {"R", "L", "W", "Esc"} <= {keys for keys, _ in answers.keys}


def test_tab_reaches_every_control_of_the_settings_in_the_order_in_which_they_stand(window):
    panel = controls(window)
    assert len(panel) >= 9
    assert all(widget.isEnabled() for widget in panel)
    for found, expected in ((stops(window), panel), (stops(window, KEY.Key_Backtab, SHIFT), panel[::-1])):
        assert [widget for widget in found if window.settings.isAncestorOf(widget)] == expected


def test_single_keys_do_nothing_while_a_text_field_has_the_keyboard(compressed, qtbot):
    done, singles = [], []
    for action in compressed.findChildren(QAction):
        action.triggered.connect(lambda *_, action=action: done.append(action.text()))
        singles += [keys[0] for keys in action.shortcuts() if is_single(keys)]
    assert len(singles) >= 20
    for field in (compressed.settings.rates.spin, compressed.grid.error.tolerance):
        focus(compressed, field, qtbot)
        for combination in singles:
            press(compressed, combination.key(), modifier=combination.keyboardModifiers())
        assert done == []
        assert field.hasFocus()
        press(compressed, KEY.Key_S, modifier=CTRL)  # but others do
        assert done.pop() == "&Save .sarz…"


def is_single(keys: QKeySequence) -> bool:
    """Return whether a shortcut is a key that writes something."""
    return keys.count() == 1 and keys[0].keyboardModifiers() == NO_KEY and keys[0].key().value < KEY.Key_Escape.value
