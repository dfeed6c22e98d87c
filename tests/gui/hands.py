"""What a user's hands do: keys to the window, moves and drags over a widget."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

LEFT, NO_BUTTON, NO_KEY = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier


def press(window, *keys, modifier=NO_KEY):
    """Type as the system does: to the window, which gives it to what has the focus."""
    for key in keys:
        QTest.keyClick(window.windowHandle(), key, modifier)


def move(surface, at, buttons=NO_BUTTON):
    """Move the mouse over a widget."""
    position = QPointF(at)
    event = QMouseEvent(QEvent.Type.MouseMove, position, surface.mapToGlobal(position), NO_BUTTON, buttons, NO_KEY)
    QApplication.sendEvent(surface, event)


def click(surface, at, modifier=NO_KEY):
    """Press and release in one place."""
    QTest.mousePress(surface, LEFT, modifier, at)
    QTest.mouseRelease(surface, LEFT, modifier, at)


def drag(surface, start, end, *, release=True):
    """Press, move in two steps, and release."""
    QTest.mousePress(surface, LEFT, NO_KEY, start)
    for at in (start + (end - start) / 2, end):
        move(surface, at, LEFT)
    if release:
        QTest.mouseRelease(surface, LEFT, NO_KEY, end)


def at_pixel(pane, row, col):
    """Return where in a pane's surface the middle of a scene pixel is."""
    view, surface = pane.eye.shared, pane.surface
    right, down = (col + 0.5 - pane.eye.x) * view.zoom, (row + 0.5 - pane.eye.y) * view.zoom
    return QPoint(round(surface.width() / 2 + right), round(surface.height() / 2 + down))


def marks(window):
    """Return what is marked in the scene of a window."""
    return window.session.measuring.marks


def point(window, row, col, pane=None):
    """Move the mouse over a pixel; return which one it is."""
    pane = pane or window.grid.error
    move(pane.surface.viewport(), at_pixel(pane, row, col))
    assert window.grid.at is not None
    return window.grid.at


def draw(window, key, start, end, pane=None):
    """Press a key, and drag between the middles of two pixels."""
    pane = pane or window.grid.decoded
    press(window, key)
    drag(pane.surface.viewport(), at_pixel(pane, *start), at_pixel(pane, *end))


def listed(window):
    """Return the texts of the list of marks."""
    tree = window.marks_panel.list
    items = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    return [[item.text(column) for column in range(4)] for item in items]


def tips(window):
    """Return the tooltips of the list of marks."""
    tree = window.marks_panel.list
    return [tree.topLevelItem(row).toolTip(0) for row in range(tree.topLevelItemCount())]


def colors_near(pane, at, reach=8):
    """Return the colors of a pane's picture around a place."""
    image = pane.surface.grab().toImage()
    side = range(-reach, reach + 1)
    return {image.pixelColor(at.x() + x, at.y() + y).name() for x in side for y in side}
