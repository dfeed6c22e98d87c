"""Undo and redo of settings, by keys and menu, as a user does."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sargui.core.types import Effort
from sargui.engine.requests import Rate, RateKind
from sargui.gui import history
from sargui.gui.panels.settings_panel import SettingsPanel

from .conftest import CARDS

CONTROL = Qt.KeyboardModifier.ControlModifier
BOTH = CONTROL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved."""
    now = [100.0]
    monkeypatch.setattr(history.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def panel(window, clock):
    window.settings.show_devices([("auto", "auto: CPU"), ("cpu", "CPU")])
    window.grid.setFocus()
    return window.settings


def undo(window):
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)


def redo(window):
    QTest.keyClick(window, Qt.Key.Key_Z, BOTH)


def test_each_setting_is_undone_and_redone(window, panel):
    first = panel.settings
    steps = [first]
    for change in (
        lambda: panel.picker.checkpoint.setCurrentIndex(1),
        lambda: panel.rates.goal.setCurrentIndex(1),
        lambda: panel.rates.spin.setValue(33.0),
        lambda: panel.effort.setCurrentIndex(1),
        lambda: panel.device.setCurrentIndex(1),
        lambda: panel.keep_power.click(),
    ):
        change()
        steps.append(panel.settings)
    assert (steps[-1].model, steps[-1].rate) == ("eca-1", Rate(RateKind.BYTES, 33e6))
    assert (steps[-1].effort, steps[-1].device, steps[-1].keep_power) == (Effort.FAST, "cpu", False)
    for settings in reversed(steps[:-1]):
        undo(window)
        assert panel.settings == settings
    assert not window.commands.undo.isEnabled()
    for settings in steps[1:]:
        redo(window)
        assert panel.settings == settings
    assert not window.commands.redo.isEnabled()


def test_moves_of_the_slider_within_a_second_are_one_step(window, panel, clock):
    for value in (110, 120, 130):
        panel.rates.slider.setValue(value)
        clock[0] += 0.9
    clock[0] += 0.2
    panel.rates.slider.setValue(40)
    undo(window)
    assert panel.rates.quality == 65.0
    undo(window)
    assert panel.rates.quality == 50.0
    assert not window.commands.undo.isEnabled()


def test_a_slider_that_comes_back_has_made_no_step(window, panel):
    panel.rates.slider.setValue(110)
    panel.rates.slider.setValue(100)
    assert not window.commands.undo.isEnabled()


def test_a_new_change_forgets_what_was_undone(window, panel, clock):
    panel.rates.slider.setValue(110)
    undo(window)
    assert window.commands.redo.isEnabled()
    panel.effort.setCurrentIndex(1)
    assert not window.commands.redo.isEnabled()


def test_where_text_is_edited_the_field_undoes_its_own(window, panel, clock):
    panel.effort.setCurrentIndex(1)
    field = panel.rates.spin
    field.setFocus()
    undo_here = window.focusWidget()
    assert undo_here is field
    QTest.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert panel.settings.effort is Effort.FAST
    window.grid.setFocus()
    undo(window)
    assert panel.settings.effort is Effort.BEST


def test_a_filter_that_hides_what_was_chosen_before_is_lifted(window, panel):
    panel.picker.attention.setCurrentText("eca")
    panel.picker.attention.activated.emit(panel.picker.attention.currentIndex())
    assert panel.card.name == "eca-1"
    undo(window)
    assert panel.card.name == "none-1"


def test_settings_shown_at_once_are_one_step_back(qtbot):
    panel = SettingsPanel()
    qtbot.addWidget(panel)
    panel.show_cards(CARDS)
    past = history.History(panel)
    before = panel.settings
    changes = []
    panel.changed.connect(lambda: changes.append(panel.settings))
    panel.show_settings(history.Settings("eca-1", Rate(RateKind.RATIO, 12.0), Effort.FAST))
    assert len(changes) == 1
    past.stack.undo()
    assert panel.settings == before
