"""Original and reconstruction in one pane: at a divider, or in turns."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from sargui.core.types import Window
from sargui.gui.shading import GRAY
from sargui.gui.views.color_bar import Legend
from sargui.gui.views.content import Content
from sargui.gui.views.pair_pane import BLINK_MS, PairPane
from sargui.gui.views.viewport import Viewport

SIDE = 200
RED, BLUE = (200, 0, 0, 255), (0, 0, 200, 255)


def plain(title, color):
    picture = np.full((SIDE, SIDE, 4), color, np.uint8)
    return Content(title, ((Window(0, 0, SIDE, SIDE), 1, (picture,)),), "dB", Legend(GRAY, 0, 1))


@pytest.fixture
def pane(qtbot):
    viewport = Viewport()
    pane = PairPane(viewport)
    qtbot.addWidget(pane)
    pane.resized.connect(lambda: viewport.resize(pane.surface.width(), pane.surface.height()))
    pane.resize(500, 400)
    pane.show_scene(SIDE, SIDE)
    viewport.show_scene(SIDE, SIDE)
    pane.show()
    qtbot.waitExposed(pane)
    pane.show_pair(plain("Original", RED), plain("Reconstruction", BLUE))
    return pane


def colors(pane, *places):
    """Return what is seen at places of the pane's picture, in parts of its width, a quarter from the top."""
    image = pane.surface.grab().toImage()
    return [image.pixelColor(int(place * image.width()), image.height() // 4).getRgb() for place in places]


def test_the_divider_parts_the_pictures(pane):
    assert colors(pane, 0.3, 0.45, 0.55, 0.7) == [RED, RED, BLUE, BLUE]
    assert (pane.caption.text(), pane.right_caption.text()) == ("Original", "Reconstruction")


def test_the_divider_is_dragged(pane):
    width, middle = pane.surface.width(), pane.divider.rect().center()
    QTest.mousePress(pane.divider, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(pane.divider, middle - QPoint(width // 5, 0))
    QTest.mouseRelease(pane.divider, Qt.MouseButton.LeftButton)
    assert pane.share == pytest.approx(0.3, abs=0.01)
    assert colors(pane, 0.26, 0.34, 0.45) == [RED, BLUE, BLUE]
    assert abs(pane.divider.geometry().center().x() - 0.3 * width) <= 2


def test_the_divider_stays_in_the_pane(pane):
    pane.move_divider(7)
    assert 0.9 < pane.share < 1
    assert pane.divider.geometry().center().x() < pane.surface.width()
    pane.move_divider(-7)
    assert 0 < pane.share < 0.1


def test_the_divider_stays_where_it_is_while_the_pictures_move(pane):
    pane.eye.shared.pan(40, 0)
    assert colors(pane, 0.45, 0.55) == [RED, BLUE]


def test_a_missing_picture_is_a_sentence_on_its_side(pane):
    pane.show_pair(plain("Original", RED), Content("Reconstruction", sentence="Compress first."))
    assert colors(pane, 0.3) == [RED]
    assert colors(pane, 0.9)[0] not in (RED, BLUE)
    assert pane.sentence.isVisible()
    assert pane.sentence.x() > pane.surface.width() / 2
    assert pane.bar.range == (0, 1)


def test_pictures_take_turns_about_twice_a_second(pane, qtbot):
    pane.set_blinking(True)
    assert BLINK_MS == 500
    assert not pane.divider.isVisible()
    turns = []
    for expected in (RED, BLUE, RED):
        qtbot.waitUntil(lambda wanted=expected: colors(pane, 0.3, 0.7) == [wanted, wanted], timeout=5 * BLINK_MS)
        turns.append(pane.caption.text())
    assert turns == ["Original", "Reconstruction", "Original"]


def test_blinking_stops_when_it_is_not_seen_or_not_wanted(pane):
    pane.set_blinking(True)
    assert pane.blinks
    pane.hide()
    assert not pane.blinks
    pane.show()
    assert pane.blinks
    pane.set_blinking(False)
    assert not pane.blinks


def test_one_picture_does_not_blink(pane):
    pane.set_blinking(True)
    pane.show_pair(plain("Original", RED), Content("Reconstruction", sentence="Compress first."))
    assert not pane.blinks
    assert colors(pane, 0.3, 0.7) == [RED, RED]


def test_the_window_blinks_in_that_mode_only_and_stops_when_it_is_hidden(compressed, qtbot):
    pair = compressed.grid.pair
    assert not pair.blinks
    QTest.keyClick(compressed, Qt.Key.Key_B)
    assert pair.blinks
    compressed.hide()
    assert not pair.blinks
    compressed.show()
    qtbot.waitUntil(lambda: pair.blinks)
    QTest.keyClick(compressed, Qt.Key.Key_M)
    assert not pair.blinks


def test_the_divider_moves_by_key(compressed):
    compressed.commands.modes["split"].trigger()
    for _ in range(3):
        QTest.keyClick(compressed, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert compressed.grid.pair.share == pytest.approx(0.44)
    QTest.keyClick(compressed, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert compressed.grid.pair.share == pytest.approx(0.46)
    QTest.keyClick(compressed, Qt.Key.Key_M)
    QTest.keyClick(compressed, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert compressed.grid.pair.share == pytest.approx(0.46)
