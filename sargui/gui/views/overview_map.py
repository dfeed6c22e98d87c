"""A small picture of the whole scene, with a frame where the panes look; a click or a drag moves them there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sargui.core.types import Window
from sargui.gui.shading import Rgba, Shaded
from sargui.gui.theme import colors_of

LARGEST_PX = 400  # of the picture that is drawn; the smallest level of the pyramid that has as many is taken
HEIGHT_PX = 150
SMALLEST_FRAME_PX = 6.0


class OverviewMap(QWidget):
    """Shows an overview; emits where in the scene the user wants to look, as (x, y) in pixels, x to the right."""

    wanted = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Map of the whole scene; the frame is what the panes show")
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setVisible(False)
        self._image: QImage | None = None
        self._colors: Rgba | None = None
        self._shape = (1, 1)  # of the scene, rows and columns
        self._view: Window | None = None

    def show_overview(self, overview: Shaded | None) -> None:
        """Show a picture of the whole scene: its original, or what was decoded if there is none."""
        levels = () if overview is None else overview.original or overview.decoded
        if overview is None or not levels:
            self._image = None
        elif levels[0] is not self._colors:
            self._colors = levels[0]
            fitting = [level for level in levels if max(level.shape[:2]) >= LARGEST_PX] or [levels[0]]
            rgba = np.ascontiguousarray(fitting[-1])
            rows, cols = rgba.shape[:2]
            self._image = QImage(rgba.data, cols, rows, 4 * cols, QImage.Format.Format_RGBA8888).copy()
            self._shape = overview.picture.info.shape
        self.setVisible(self._image is not None)
        self.update()

    def show_view(self, view: Window) -> None:
        """Show which part of the scene the panes show."""
        self._view = view
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, HEIGHT_PX)

    def picture_rect(self) -> QRectF:
        """Return where the picture lies in the widget."""
        rows, cols = self._shape
        scale = min(self.width() / cols, self.height() / rows)
        width, height = cols * scale, rows * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def frame_rect(self) -> QRectF | None:
        """Return where the frame lies in the widget; None without a view."""
        if self._view is None or self._image is None:
            return None
        place, (rows, cols) = self.picture_rect(), self._shape
        across, down = place.width() / cols, place.height() / rows
        frame = QRectF(
            place.x() + self._view.col * across,
            place.y() + self._view.row * down,
            self._view.cols * across,
            self._view.rows * down,
        )
        grow = [max(0.0, SMALLEST_FRAME_PX - side) / 2 for side in (frame.width(), frame.height())]
        return frame.adjusted(-grow[0], -grow[1], grow[0], grow[1])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw picture and frame."""
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.picture_rect(), QColor(colors_of(self).hatch))
        painter.drawImage(self.picture_rect(), self._image)
        if (frame := self.frame_rect()) is not None:
            for color, width in ((QColor(0, 0, 0, 170), 3.4), (QColor("#ffd24a"), 1.6)):
                painter.setPen(QPen(color, width))
                painter.drawRect(frame)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look there."""
        self._ask(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse while a button is held."""
        if event.buttons():
            self._ask(event.position())

    def _ask(self, at: QPointF) -> None:
        place, (rows, cols) = self.picture_rect(), self._shape
        if self._image is None or place.width() <= 0 or place.height() <= 0:
            return
        x, y = (at.x() - place.x()) * cols / place.width(), (at.y() - place.y()) * rows / place.height()
        self.wanted.emit(min(max(x, 0.0), float(cols)), min(max(y, 0.0), float(rows)))
