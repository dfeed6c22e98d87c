"""The marks over a picture: pins with numbers, rectangles with letters, the line; the chosen one in another color."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from sargui.engine.readings import Point
from sargui.gui.marks import Line, Mark, Pin, Region

COLOR, CHOSEN, RIM = QColor("#6fdcff"), QColor("#ffd24a"), QColor(0, 0, 0, 190)  # seen on any picture, in any theme
PIN_PX, END_PX = 5.0, 3.0  # radii


class MarksLayer(QWidget):
    """Lies over a picture and lets the mouse through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Marks")
        font = self.font()
        font.setBold(True)
        self.setFont(font)
        self._marks: Sequence[Mark] = ()
        self._chosen: Mark | None = None
        self._outlined: Region | None = None  # what the program points out, no mark of the user's
        self._middle = QPointF()
        self._zoom = 1.0

    @property
    def empty(self) -> bool:
        """True when there is nothing to draw."""
        return not self._marks and self._outlined is None

    def outline(self, part: Region | None) -> None:
        """Draw a frame about a part of the scene, with its name, or none."""
        self._outlined = part
        self.update()

    def show_marks(self, marks: Sequence[Mark], chosen: Mark | None) -> None:
        """Draw other marks."""
        self._marks, self._chosen = marks, chosen
        self.update()

    def place(self, x: float, y: float, zoom: float) -> None:
        """Say which scene pixel (x right, y down) is in the middle, and how large pixels are on the screen."""
        self._middle, self._zoom = QPointF(x, y), zoom
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw all marks, the chosen one on top."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outlined = [] if self._outlined is None else [self._outlined]
        for mark in [*outlined, *sorted(self._marks, key=lambda one: one == self._chosen)]:
            color = CHOSEN if mark in (self._chosen, self._outlined) else COLOR
            shape, text = self._outline(mark)
            for path, width in ((shape, 3.6), (text, 3.0)):
                painter.strokePath(path, QPen(RIM, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.strokePath(shape, QPen(color, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.fillPath(text, color)

    def _outline(self, mark: Mark) -> tuple[QPainterPath, QPainterPath]:
        """Return the shape of a mark and its name, in pixels of the screen."""
        shape, text = QPainterPath(), QPainterPath()
        match mark:
            case Pin(name, row, col):
                at, radius = self._at((row, col)), max(PIN_PX, 0.8 * self._zoom)
                shape.addEllipse(at, radius, radius)
                text.addText(at + QPointF(radius + 3, -radius), self.font(), name)
            case Region(name, window):
                corner = self._at((window.row - 0.5, window.col - 0.5))
                shape.addRect(QRectF(corner.x(), corner.y(), window.cols * self._zoom, window.rows * self._zoom))
                text.addText(corner + QPointF(4, self.fontMetrics().ascent() + 3), self.font(), name)
            case Line(start, end):
                shape.moveTo(self._at(start))
                shape.lineTo(self._at(end))
                shape.addEllipse(self._at(start), END_PX, END_PX)
        return shape, text

    def _at(self, place: Point) -> QPointF:
        """Return where a place is seen; integers are centers of pixels."""
        seen = (QPointF(place[1] + 0.5, place[0] + 0.5) - self._middle) * self._zoom
        return seen + QPointF(self.width() / 2, self.height() / 2)
