"""What hands do on a pane: drag to pan, wheel to zoom, point to read, double-click to fit, arrow keys to move.

With Alt held, a drag moves one pane alone; while something is drawn, it draws.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea

from sargui.engine.readings import Point
from sargui.gui.views.viewport import Eye

ZOOM_STEP = 1.25  # per notch of the wheel (120 eighths of a degree)
ARROW_PX = 60
CLICK_PX = 3  # that a hand may shake
ARROWS = {
    Qt.Key.Key_Left: (ARROW_PX, 0),
    Qt.Key.Key_Right: (-ARROW_PX, 0),
    Qt.Key.Key_Up: (0, ARROW_PX),
    Qt.Key.Key_Down: (0, -ARROW_PX),
}


class Gestures(QObject):
    """Watches the events of one pane's surface and moves the shared viewport, or the pane's own eye."""

    pointed = Signal(object)  # (row, col), or None when the cursor leaves the scene
    clicked = Signal(object)  # (row, col) where the mouse was pressed and released without a drag
    pinned = Signal(object)  # the same, with Shift held
    sketched = Signal(object, object)  # start and end of what is being drawn, (row, col); pixel r reaches to r + 1
    drawn = Signal(object, object)  # the same, when it is done

    def __init__(self, view: QAbstractScrollArea, eye: Eye) -> None:
        super().__init__(view)
        self._surface = view.viewport()
        self._eye = eye
        self._held: QPointF | None = None
        self._pressed: QPointF | None = None
        self._drawing = False
        self._begun: Point | None = None  # where what is being drawn starts
        self._surface.setMouseTracking(True)
        self._surface.installEventFilter(self)
        view.installEventFilter(self)  # it has the focus, and so the keys

    def set_drawing(self, drawing: bool) -> None:
        """Let the left button draw, or pan."""
        self._drawing = drawing
        self._begun = self._held = self._pressed = None
        self._rest_cursor()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle mouse, wheel and arrow keys; leave the rest to the widget."""
        if isinstance(event, QWheelEvent):
            at = self._from_center(event.position())
            notches = (event.angleDelta().y() or event.angleDelta().x()) / 120  # Alt turns the wheel sideways
            self._eye.shared.zoom_by(ZOOM_STEP**notches, at.x(), at.y())
        elif isinstance(event, QMouseEvent):
            self._on_mouse(event)
        elif isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
            if not plain or (move := ARROWS.get(Qt.Key(event.key()))) is None:
                return False
            self._eye.shared.pan(*move)
        elif event.type() is QEvent.Type.Leave:
            self.pointed.emit(None)
            return False
        else:
            return False
        event.accept()
        return True

    def _on_mouse(self, event: QMouseEvent) -> None:
        kind = event.type()
        if self._drawing and event.button() is Qt.MouseButton.LeftButton:
            self._draw(event)
        elif kind is QEvent.Type.MouseButtonPress and event.button() is not Qt.MouseButton.RightButton:
            self._held = self._pressed = event.position()
            self._surface.setFocus(Qt.FocusReason.MouseFocusReason)
            self._surface.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif kind is QEvent.Type.MouseButtonRelease:
            self._click(event)
            self._held = None
            self._rest_cursor()
        elif kind is QEvent.Type.MouseButtonDblClick:
            self._eye.shared.fit()
        elif kind is QEvent.Type.MouseMove:
            if self._held is not None:
                moved = event.position() - self._held
                self._held = event.position()
                alone = event.modifiers() & Qt.KeyboardModifier.AltModifier
                (self._eye.move if alone else self._eye.shared.pan)(moved.x(), moved.y())
            elif self._begun is not None:
                self.sketched.emit(self._begun, self._place(event.position()))
            at = self._from_center(event.position())
            self.pointed.emit(self._eye.pixel(at.x(), at.y()))

    def _draw(self, event: QMouseEvent) -> None:
        """Begin to draw, or end it; without a drag nothing is drawn."""
        if event.type() is QEvent.Type.MouseButtonPress:
            self._pressed, self._begun = event.position(), self._place(event.position())
            self._surface.setFocus(Qt.FocusReason.MouseFocusReason)
        elif event.type() is QEvent.Type.MouseButtonRelease and self._begun is not None:
            begun, end = self._begun, self._place(event.position())
            self._begun = None
            self.drawn.emit(begun, begun if self._is_click(event.position()) else end)

    def _click(self, event: QMouseEvent) -> None:
        """Take a press and release at one place for a click."""
        if self._is_click(event.position()):
            at = self._from_center(event.position())
            if (pixel := self._eye.pixel(at.x(), at.y())) is not None:
                pins = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                (self.pinned if pins else self.clicked).emit(pixel)
        self._pressed = None

    def _is_click(self, released: QPointF) -> bool:
        return self._pressed is not None and (released - self._pressed).manhattanLength() <= CLICK_PX

    def _rest_cursor(self) -> None:
        """Give the cursor the shape that says what a drag does."""
        if self._drawing:
            self._surface.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self._surface.unsetCursor()

    def _place(self, position: QPointF) -> Point:
        """Return (row, col) at a position, also outside of the scene."""
        at = self._from_center(position) / self._eye.shared.zoom
        return self._eye.y + at.y(), self._eye.x + at.x()

    def _from_center(self, position: QPointF) -> QPointF:
        return position - QPointF(self._surface.width() / 2, self._surface.height() / 2)
