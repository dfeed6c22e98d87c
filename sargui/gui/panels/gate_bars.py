"""The gates of all channels as bars, sorted; a click or the arrow keys choose a channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sargui.gui.theme import colors_of

HEIGHT_PX = 72
HIGHEST = 2.0  # of a gate


class GateBars(QWidget):
    """Bars from 0 to 2, a line at 1, the largest gate first; emits `chosen` with the channel, None for none."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Gates of the channels, sorted")
        self.setMouseTracking(True)
        self._gates = np.zeros(0, np.float32)
        self._order = np.zeros(0, np.intp)
        self.channel: int | None = None

    def show_gates(self, gates: NDArray[np.float32] | None, channel: int | None) -> None:
        """Show gates (channels,), and which channel is chosen; None hides the bars."""
        self._gates = np.zeros(0, np.float32) if gates is None else gates
        self._order = np.argsort(-self._gates, kind="stable")
        self.channel = channel
        self.setVisible(gates is not None)
        self.setAccessibleDescription("" if channel is None else f"channel {channel} is chosen")
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(120, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bars, the line of rest and the chosen bar."""
        if not len(self._gates):
            return
        colors, painter = colors_of(self), QPainter(self)
        width = self.width() / len(self._gates)
        for place, channel in enumerate(self._order):
            height = self.height() * min(float(self._gates[channel]) / HIGHEST, 1.0)
            bar = QRectF(place * width, self.height() - height, max(width - (width > 3), 1), height)
            painter.fillRect(bar, QColor(colors.accent if channel == self.channel else colors.dim))
        painter.setPen(QColor(colors.text))
        rest = self.height() * (1 - 1 / HIGHEST)
        painter.drawLine(QPointF(0, rest), QPointF(self.width(), rest))
        if self.hasFocus():
            painter.setPen(QColor(colors.accent))
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the bar under the cursor; chosen again, none."""
        channel = self._channel_at(event.position().x())
        self._choose(None if channel == self.channel else channel)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which channel is under the cursor, and its gate."""
        channel = self._channel_at(event.position().x())
        text = "" if channel is None else f"channel {channel}: gate {self._gates[channel]:.3f}"
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right choose the neighboring bar, Escape none."""
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() == Qt.Key.Key_Escape and self.channel is not None:
            self._choose(None)
        elif (move := moves.get(Qt.Key(event.key()))) is not None and len(self._order):
            places = {int(channel): place for place, channel in enumerate(self._order)}
            place = places[self.channel] + move if self.channel is not None else 0
            self._choose(int(self._order[min(max(place, 0), len(self._order) - 1)]))
        else:
            super().keyPressEvent(event)

    def _choose(self, channel: int | None) -> None:
        self.channel = channel
        self.update()
        self.chosen.emit(channel)

    def _channel_at(self, x: float) -> int | None:
        place = int(x / self.width() * len(self._order)) if self.width() else -1
        return int(self._order[place]) if 0 <= place < len(self._order) else None
