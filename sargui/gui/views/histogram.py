"""How often which value occurs: bars over a labeled axis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sargui.gui import wording
from sargui.gui.theme import colors_of

BINS = 64
OUTLIERS = 0.1  # percent on each side that the axis leaves out


class Histogram(QWidget):
    """Draws the histogram of values (any shape; finite ones count); empty without any."""

    def __init__(self, values: NDArray[np.generic], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        finite = np.asarray(values, np.float64)[np.isfinite(np.asarray(values, np.float64))]
        self.counts, self.edges = np.zeros(BINS, int), np.linspace(0.0, 1.0, BINS + 1)
        if finite.size:
            low, high = np.percentile(finite, [OUTLIERS, 100 - OUTLIERS])
            self.counts, self.edges = np.histogram(finite, BINS, (low, high) if high > low else (low - 1, low + 1))
        self.setAccessibleName("Histogram of the values")
        self.setAccessibleDescription(" to ".join(self._labels()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Four times as wide as high."""
        return QSize(420, 110)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars, and below them the first value, zero if it is between, and the last."""
        colors, painter = colors_of(self), QPainter(self)
        line = self.fontMetrics().height()
        height = self.height() - line - 6
        painter.fillRect(QRectF(0, 0, self.width(), height), QColor(colors.base))
        top = max(1, int(self.counts.max()))
        step = self.width() / BINS
        for number, count in enumerate(self.counts):
            tall = height * int(count) / top
            painter.fillRect(QRectF(number * step, height - tall, step, tall), QColor(colors.accent))
        painter.setPen(QColor(colors.dim))
        below = QRectF(0, height + 4, self.width(), line)
        low, high = self._labels()
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, low)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, high)
        if self.edges[0] < 0 < self.edges[-1]:
            place = self.width() * float(-self.edges[0] / (self.edges[-1] - self.edges[0]))
            painter.drawLine(round(place), 0, round(place), height)
            if self.width() * 0.15 < place < self.width() * 0.85:
                painter.drawText(QRectF(place - 20, height + 4, 40, line), Qt.AlignmentFlag.AlignHCenter, "0")

    def _labels(self) -> tuple[str, str]:
        span = float(self.edges[-1] - self.edges[0])
        digits = 0 if span >= 20 else 2
        return wording.signed(float(self.edges[0]), digits), wording.signed(float(self.edges[-1]), digits)
