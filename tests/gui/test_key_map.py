"""The page of keys: all of them, on any screen."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea

from sargui.gui import key_map
from sargui.gui.key_map import KeyMap


@pytest.fixture
def keys(window):
    return window.commands.key_list()


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("height", [760, 500])
def test_it_fits_the_screen_and_hides_no_key(window, keys, qtbot, monkeypatch, height):
    class Screen:
        def availableSize(self):
            return QRect(0, 0, 1280, height).size()

    monkeypatch.setattr(KeyMap, "screen", lambda self: Screen())
    page = KeyMap(window, keys)
    page.open()
    qtbot.waitExposed(page)
    assert page.width() <= 1280
    assert page.height() <= height
    texts = {label.text() for label in page.findChildren(QLabel)}
    assert {text for pair in keys for text in pair} <= texts
    area = page.findChild(QScrollArea)
    area.ensureWidgetVisible(next(label for label in area.findChildren(QLabel) if label.text() == keys[-1][1]))
    assert area.horizontalScrollBar().maximum() == 0
    QTest.mouseClick(page.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert not page.isVisible()


def test_a_screen_of_1280_by_800_shows_all_without_scrolling(window, keys, qtbot):
    page = KeyMap(window, keys)
    wanted = page.findChild(QScrollArea).widget().sizeHint().height()
    assert wanted < key_map.SCREEN_SHARE * 760 - 120
    page.close()
