"""Light and dark."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPalette
from PySide6.QtWidgets import QApplication, QToolBar

from sargui.gui import theme as themes
from sargui.gui.theme import DARK, LIGHT, Choice


def ground(pane):
    return pane.surface.backgroundBrush().color().name()


def test_the_menu_switches_palette_and_panes_at_once(opened, qapp):
    for choice, colors in ((Choice.DARK, DARK), (Choice.LIGHT, LIGHT), (Choice.DARK, DARK)):
        opened.commands.themes[choice].trigger()
        assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(colors.window)
        assert {ground(pane) for pane in opened.grid.panes} == {colors.pane}
        assert themes.colors_of(opened.grid.error.bar) is colors
        assert opened.state.theme is choice


def test_the_system_is_followed_when_it_is_the_choice(theme, qapp, monkeypatch):
    class Hints:
        scheme = Qt.ColorScheme.Light

        def colorScheme(self):
            return self.scheme

        def setColorScheme(self, scheme):
            pass

        def unsetColorScheme(self):
            pass

    hints = Hints()
    monkeypatch.setattr(QApplication, "styleHints", lambda *_: hints)
    theme.choose(Choice.SYSTEM)
    assert not theme.dark
    hints.scheme = Qt.ColorScheme.Dark
    theme._on_system_changed()
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    theme.choose(Choice.LIGHT)
    theme._on_system_changed()
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.window)


def luminance(name):
    """Return the relative luminance of WCAG 2.1."""
    parts = [QColor(name).redF(), QColor(name).greenF(), QColor(name).blueF()]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_text_can_be_read(colors):
    pairs = [(colors.text, colors.window), (colors.dim, colors.window), (colors.dim, colors.pane),
             (colors.alarm, colors.window), (colors.alarm, colors.base), (colors.on_accent, colors.accent)]  # fmt: skip
    for front, back in pairs:
        light, dark = sorted((luminance(front), luminance(back)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (front, back)  # WCAG 2.1, level AA


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_a_chosen_row_of_a_list_can_be_read(colors):
    light, dark = sorted((luminance(colors.text), luminance(colors.chosen)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.1, level AA


@pytest.mark.parametrize("choice", [Choice.LIGHT, Choice.DARK])
def test_a_pressed_button_of_the_toolbar_keeps_its_frame_under_the_mouse(opened, choice, qtbot):
    opened.commands.themes[choice].trigger()
    button = opened.findChild(QToolBar, "Commands").widgetForAction(opened.commands.modes[opened.grid.mode])
    at_rest = button.grab().toImage()
    QApplication.sendEvent(button, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    assert button.underMouse()
    assert button.grab().toImage() == at_rest
    qtbot.waitUntil(lambda: opened.session._errands.idle)
