"""What hands do on a pane: drag to pan, wheel to zoom, point to read, double-click to fit, arrow keys to move."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from sargui.gui.views.viewport import Viewport

ZOOM_STEP = 1.25  # per notch of the wheel (120 eighths of a degree)
ARROW_PX = 60
ARROWS = {
    Qt.Key.Key_Left: (ARROW_PX, 0),
    Qt.Key.Key_Right: (-ARROW_PX, 0),
    Qt.Key.Key_Up: (0, ARROW_PX),
    Qt.Key.Key_Down: (0, -ARROW_PX),
}


class Gestures(QObject):
    """Watches the events of one pane's surface and moves the shared viewport."""

    pointed = Signal(object)  # (row, col), or None when the cursor leaves the scene

    def __init__(self, surface: QWidget, viewport: Viewport) -> None:
        super().__init__(surface)
        self._surface = surface
        self._viewport = viewport
        self._held: QPointF | None = None
        surface.setMouseTracking(True)
        surface.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle mouse, wheel and arrow keys; leave the rest to the widget."""
        if isinstance(event, QWheelEvent):
            at = self._from_center(event.position())
            self._viewport.zoom_by(ZOOM_STEP ** (event.angleDelta().y() / 120), at.x(), at.y())
        elif isinstance(event, QMouseEvent):
            self._on_mouse(event)
        elif isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.modifiers() or (move := ARROWS.get(Qt.Key(event.key()))) is None:
                return False
            self._viewport.pan(*move)
        elif event.type() is QEvent.Type.Leave:
            self.pointed.emit(None)
            return False
        else:
            return False
        event.accept()
        return True

    def _on_mouse(self, event: QMouseEvent) -> None:
        kind = event.type()
        if kind is QEvent.Type.MouseButtonPress and event.button() is not Qt.MouseButton.RightButton:
            self._held = event.position()
            self._surface.setFocus(Qt.FocusReason.MouseFocusReason)
            self._surface.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif kind is QEvent.Type.MouseButtonRelease:
            self._held = None
            self._surface.unsetCursor()
        elif kind is QEvent.Type.MouseButtonDblClick:
            self._viewport.fit()
        elif kind is QEvent.Type.MouseMove:
            if self._held is not None:
                moved = event.position() - self._held
                self._held = event.position()
                self._viewport.pan(moved.x(), moved.y())
            at = self._from_center(event.position())
            self.pointed.emit(self._viewport.pixel(at.x(), at.y()))

    def _from_center(self, position: QPointF) -> QPointF:
        return position - QPointF(self._surface.width() / 2, self._surface.height() / 2)
