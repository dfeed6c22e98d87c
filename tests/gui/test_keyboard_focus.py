"""Where the keys go: to the panes when a scene opens, back to them from a field, and never somewhere unseen."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from sargui.gui.views.modes import Mode

from .hands import press

KEY = Qt.Key


@pytest.fixture
def active(window, qtbot):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.fixture
def ready(opened, qtbot):
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    return opened


def test_a_scene_that_opens_takes_the_keys(active, scene, qtbot):
    active.settings.picker.checkpoint.setFocus()
    with qtbot.waitSignal(active.session.opened):
        active.open([scene])
    qtbot.waitUntil(active.grid.original.surface.hasFocus)
    press(active, KEY.Key_Down)
    assert active.settings.card.name == "none-1"
    qtbot.waitUntil(lambda: active.session._errands.idle)


@pytest.mark.parametrize("key", [KEY.Key_Return, KEY.Key_Escape])
def test_a_quality_that_was_typed_leaves_the_single_keys_to_the_panes(ready, key, qtbot):
    spin = ready.settings.rates.spin
    spin.setFocus()
    spin.selectAll()
    press(ready, KEY.Key_8, KEY.Key_0)
    press(ready, KEY.Key_D)  # no letter of a number: nothing happens
    assert ready.grid.mode is Mode.FOUR
    press(ready, key)
    assert ready.grid.original.surface.hasFocus()
    assert ready.settings.rates.rate.value == 80.0
    press(ready, KEY.Key_D)
    assert ready.grid.mode is Mode.DIFFERENCE
    qtbot.waitUntil(lambda: ready.session._errands.idle)


def test_a_tolerance_that_was_typed_does_so_too(ready, qtbot):
    qtbot.waitUntil(lambda: ready.grid.error.has_picture)
    tolerance = ready.grid.error.tolerance
    tolerance.setFocus()
    tolerance.selectAll()
    press(ready, KEY.Key_2, KEY.Key_Return)
    assert ready.grid.error_style.tolerance_db == 2.0
    assert not tolerance.hasFocus()
    press(ready, KEY.Key_M)
    assert ready.grid.mode is Mode.TWO
    qtbot.waitUntil(lambda: ready.session._errands.idle)


def test_every_stop_of_tab_can_be_seen(ready, qtbot):
    """What has the focus is drawn in another way than without it, wherever Tab leads."""
    qtbot.waitUntil(lambda: ready.session._errands.idle and ready.grid.decoded.has_picture)
    unseen, first = [], QApplication.focusWidget()
    for _ in range(60):
        press(ready, KEY.Key_Tab)
        widget = QApplication.focusWidget()
        if widget is first:
            break
        around = next((pane for pane in ready.grid._every if pane.surface is widget), widget)
        with_focus = around.grab().toImage()
        ready.setFocus()
        if around.grab().toImage() == with_focus:
            unseen.append(f"{type(widget).__name__} {widget.accessibleName()}")
        widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert widget is first
    assert unseen == []
