"""One pane for two pictures: side by side at a divider, or in turns."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from sargui.gui.views.content import Content
from sargui.gui.views.pane import Pane
from sargui.gui.views.viewport import Viewport

BLINK_MS = 500
DIVIDER_PX = 15  # what the mouse can take
EDGE = 0.02  # of the width: the divider never leaves the pane


class Divider(QWidget):
    """A line from top to bottom with a grip, dragged with the mouse."""

    dragged = Signal(float)  # by so many pixels to the right

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAccessibleName("Divider between original and reconstruction")
        self.setToolTip("Drag, or Shift+Left and Shift+Right")
        self._held: float | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the grip."""
        self._held = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        if self._held is not None:
            self.dragged.emit(event.position().x() - self._held)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw line and grip, light with a dark rim."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.rect().center()) + QPointF(0.5, 0.5)
        top, bottom = QPointF(middle.x(), 0), QPointF(middle.x(), self.height())
        for color, width in ((QColor(0, 0, 0, 170), 3.4), (QColor("#ffffff"), 1.4)):
            painter.setPen(QPen(color, width))
            painter.drawLine(top, bottom)
        painter.setPen(QPen(QColor(0, 0, 0, 170), 1))
        painter.setBrush(QColor("#ffffff"))
        painter.drawRoundedRect(QRectF(middle.x() - 4, middle.y() - 14, 8, 28), 4, 4)


class PairPane(Pane):
    """Shows two contents: the first left of a divider and the second right of it, or both in turns."""

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__("Original and reconstruction", viewport, parent, stacks=2)
        self.share = 0.5  # of the width left of the divider
        self._blinking = False
        self._turn = 0  # whose turn it is
        self._pair = (Content(""), Content(""))
        self.right_caption = QLabel()
        self.right_caption.setProperty("role", "caption")
        self.right_caption.setContentsMargins(6, 4, 6, 4)
        self.header.addWidget(self.right_caption)
        self.divider = Divider(self.surface.viewport())
        self.divider.dragged.connect(lambda right: self.move_divider(right / max(1, self.surface.width())))
        self._timer = QTimer(self, interval=BLINK_MS)
        self._timer.timeout.connect(self._blink)

    @property
    def blinks(self) -> bool:
        """True while the pictures take turns."""
        return self._timer.isActive()

    def show_pair(self, first: Content, second: Content) -> None:
        """Show two pictures, or a sentence in the place of one."""
        self._pair = (first, second)
        for stack, content in zip(self._stacks, self._pair, strict=True):
            stack.show_layers(content.layers)
        self._update()

    def set_blinking(self, blinking: bool) -> None:
        """Show both in turns, or side by side."""
        self._blinking, self._turn = blinking, 0
        self._update()

    def move_divider(self, by: float) -> None:
        """Move the divider to the right by a part of the width."""
        self.share = min(max(self.share + by, EDGE), 1 - EDGE)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        """Go on blinking."""
        super().showEvent(event)
        self._update()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop blinking; also comes when the window is minimized."""
        super().hideEvent(event)
        self._timer.stop()

    def _blink(self) -> None:
        self._turn = 1 - self._turn
        self._update()

    def _update(self) -> None:
        """Show what is to be seen now, and say what it is."""
        first, second = self._pair
        both = bool(first.layers and second.layers)
        if not (self._blinking and both and self.isVisible()):
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        if self._blinking:
            index = self._turn if both else int(bool(second.layers))
            self._describe(self._pair[index])
            self.right_caption.setText("")
        else:
            index = None
            shown = first if first.layers else second
            sentence = "" if both else first.sentence or second.sentence
            self._describe(Content(first.title, (), first.caption or second.caption, shown.legend, sentence))
            whole, rest = second.caption, first.caption
            note = whole.removesuffix(rest) if rest and whole.endswith(rest) else ""  # which version it is
            self.right_caption.setText(f"{second.title}   {note}".rstrip())
        for number, stack in enumerate(self._stacks):
            stack.show(index in (None, number))
        self.divider.setVisible(not self._blinking and self.has_picture)
        self._place()

    def _draw(self, seen: QRectF) -> None:
        """Cut the pictures at the divider, and put a sentence where its picture is missing."""
        width, height = self.surface.width(), self.surface.height()
        at = round(self.share * width)
        left, right = QRectF(seen), QRectF(seen)
        left.setWidth(seen.width() * at / max(1, width))
        right.setLeft(left.right())
        for stack, part in zip(self._stacks, (left, right), strict=True):
            stack.cut(None if self._blinking else part)
        self.divider.setGeometry(at - DIVIDER_PX // 2 - 1, 0, DIVIDER_PX, height)
        if self.has_picture and not self._blinking:
            missing_right = not self._stacks[0].empty
            free = width - at if missing_right else at
            start = self.surface.x() + (at if missing_right else 0)
            self.sentence.setGeometry(start + 20, self.surface.y(), max(0, free - 40), height)
        super()._draw(seen)
