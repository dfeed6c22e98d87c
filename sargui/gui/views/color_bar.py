"""The bar beside a pane: which value has which color, with unit."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sargui.gui import wording
from sargui.gui.theme import colors_of

BAR_PX = 12
MARGIN_PX = 8
STOPS = 32


class ColorBar(QWidget):
    """Draws a color table from `low` (bottom) to `high` (top), labeled; empty until it has a range."""

    def __init__(self, table: NDArray[np.uint8], *, signed: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._signed = signed
        self.range: tuple[float, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_range(self, low_high: tuple[float, float] | None) -> None:
        """Label the bar with a range in dB, or empty it."""
        self.range = low_high
        self.setToolTip("" if low_high is None else " to ".join(wording.decibels(value) for value in low_high))
        self.update()

    def labels(self) -> list[tuple[float, str]]:
        """Return the labeled values, round numbers from bottom to top, with their texts."""
        if self.range is None:
            return []
        low, high = self.range
        step = tick_step(high - low)
        digits = max(0, -math.floor(math.log10(step)))
        values = [step * number for number in range(math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6) + 1)]
        return [(value, wording.signed(value, digits, plus=self._signed)) for value in values]

    def sizeHint(self) -> QSize:
        """Wide enough for the longest label, whether there is one or not, so that all panes have the same width."""
        return QSize(BAR_PX + 2 * MARGIN_PX + 7 + self.fontMetrics().horizontalAdvance(f"{wording.MINUS}88.8"), 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar, its labels and the unit."""
        colors, line = colors_of(self), self.fontMetrics().height()
        painter = QPainter(self)
        if self.range is None:
            painter.fillRect(self.rect(), QColor(colors.pane))  # one ground with the pane that has no picture
            return
        painter.fillRect(self.rect(), QColor(colors.window))  # part of the frame: the picture stands in the middle
        bar = QRectF(MARGIN_PX, 1.7 * line, BAR_PX, self.height() - 2.6 * line)
        gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        for stop in range(STOPS + 1):
            gradient.setColorAt(stop / STOPS, QColor(*self._table[stop * 255 // STOPS].tolist()))
        painter.fillRect(bar, gradient)
        painter.setPen(QColor(colors.border))
        painter.drawRect(bar)
        painter.setPen(QColor(colors.dim))
        painter.drawText(QRectF(MARGIN_PX, line / 4, self.width(), line), Qt.AlignmentFlag.AlignLeft, "dB")
        low, high = self.range
        for value, text in self.labels():
            y = bar.bottom() - bar.height() * (value - low) / (high - low)
            painter.drawLine(QPointF(bar.right() - 3, y), QPointF(bar.right() + 3, y))
            box = QRectF(bar.right() + 7, y - line / 2, self.width(), line)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def tick_step(span: float) -> float:
    """Return 1, 2 or 5 times a power of ten that divides a span into at most five parts, at least two."""
    power = 10.0 ** math.floor(math.log10(span / 5))
    return next(factor * power for factor in (1, 2, 5, 10) if span / (factor * power) <= 5 + 1e-6)
