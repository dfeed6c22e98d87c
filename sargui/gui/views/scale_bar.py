"""How long something is on the screen: a bar of a round length at the lower left of a picture."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from sargui.gui import wording

LONGEST_PX = 150
MARGIN_PX = 12
TICK_PX = 5
LIGHT, RIM = QColor("#ffffff"), QColor(0, 0, 0, 190)  # seen on any picture, in any theme


class ScaleBar(QWidget):
    """Lies over a picture and lets the mouse through. Meters if it knows them, pixels otherwise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Scale")
        self.meters_per_pixel: float | None = None
        self.text = ""
        self.length_px = 0.0

    def show_zoom(self, zoom: float) -> None:
        """Take the longest round length that fits, at so many screen pixels per scene pixel."""
        meters = self.meters_per_pixel
        pixels_long = LONGEST_PX / zoom  # scene pixels
        if meters is None:
            length = max(1.0, round_down(pixels_long))
            self.text = f"{wording.whole(round(length))}{wording.NBSP}px"
            self.length_px = length * zoom
        else:
            length = round_down(pixels_long * meters)
            self.text = wording.meters(length)
            self.length_px = length / meters * zoom
        self.setAccessibleDescription(self.text)
        line = self.fontMetrics().height()
        width = max(self.length_px, self.fontMetrics().horizontalAdvance(self.text)) + 2 * MARGIN_PX
        self.resize(math.ceil(width), line + TICK_PX + 2 * MARGIN_PX)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bar and text, light with a dark rim."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bottom = self.height() - MARGIN_PX + 0.5
        left, right = MARGIN_PX + 0.5, MARGIN_PX + 0.5 + self.length_px
        bar = QPainterPath(QPointF(left, bottom - TICK_PX))
        for x, y in ((left, bottom), (right, bottom), (right, bottom - TICK_PX)):
            bar.lineTo(x, y)
        text = QPainterPath()
        text.addText(QPointF(left + 1, bottom - TICK_PX - 3), self.font(), self.text)
        for path, width in ((text, 3.0), (bar, 4.0)):
            painter.strokePath(path, QPen(RIM, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        painter.strokePath(bar, QPen(LIGHT, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        painter.fillPath(text, LIGHT)


def round_down(length: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not larger."""
    power = 10.0 ** math.floor(math.log10(length))
    return next(factor * power for factor in (5, 2, 1, 0.5) if factor * power <= length * (1 + 1e-9))
