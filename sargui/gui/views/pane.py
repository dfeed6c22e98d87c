"""One pane: a caption, a picture in the shared viewport, a color bar, and a sentence where there is no picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsPathItem, QGraphicsRectItem, QGridLayout, QLabel, QWidget

from sargui.core.types import Window
from sargui.gui.shading import Rgba
from sargui.gui.theme import colors_of
from sargui.gui.views.color_bar import ColorBar
from sargui.gui.views.gestures import Gestures
from sargui.gui.views.viewport import Viewport

Layer = tuple[Window, int, Sequence[Rgba]]  # what it covers, its step, its pyramid


class Pane(QFrame):
    """Shows layers of colors over each other: the overview below, the detail above."""

    def __init__(
        self,
        title: str,
        table: NDArray[np.uint8],
        viewport: Viewport,
        *,
        signed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "pane")
        self.setAccessibleName(title)
        self.viewport = viewport
        self.caption = QLabel(title)
        self.caption.setProperty("role", "caption")
        self.unit = QLabel()
        self.unit.setProperty("role", "dim")
        self.bar = ColorBar(table, signed=signed)
        self.surface = pg.GraphicsView(background=None)
        self._box = pg.ViewBox(enableMouse=False, enableMenu=False, invertY=True, defaultPadding=0)
        self._build_surface()
        self.sentence = QLabel(self)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setWordWrap(True)
        self.sentence.setProperty("role", "dim")
        self.sentence.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._layers: list[Layer] = []
        self._drawn: list[object] = [None, None]
        self.gestures = Gestures(self.surface.viewport(), viewport)
        viewport.changed.connect(self._place)
        self._lay_out()
        self.sentence.raise_()
        self._recolor()

    def show_scene(self, rows: int, cols: int) -> None:
        """Say where the scene is: there, what has no data is hatched."""
        self._frame.setRect(QRectF(0, 0, cols, rows))

    def show_layers(self, layers: Sequence[Layer], sentence: str = "") -> None:
        """Show pictures, lowest first, or the sentence if there is none."""
        self._layers = [layer for layer in layers if layer[2]]
        self._drawn = [None, None]
        self.sentence.setText("" if self._layers else sentence)
        self.sentence.setVisible(not self._layers)
        self._frame.setVisible(bool(self._layers))
        self._place()

    def show_cross(self, at: tuple[int, int] | None) -> None:
        """Mark the pixel (row, col) that the cursor is on, in whichever pane it is."""
        self._cross.setVisible(at is not None and bool(self._layers))
        if at is not None:
            self._cross.setPos(at[1] + 0.5, at[0] + 0.5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the sentence in the middle."""
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._recolor()

    def _build_surface(self) -> None:
        self.surface.setAcceptDrops(False)  # drops are the window's
        self.surface.viewport().setAcceptDrops(False)
        self.surface.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.surface.setFrameShape(QFrame.Shape.NoFrame)
        self.surface.setMinimumSize(120, 100)
        self.surface.setCentralItem(self._box)
        self._box.disableAutoRange()
        self._frame = QGraphicsRectItem()
        self._frame.setPen(QPen(Qt.PenStyle.NoPen))
        self._frame.setZValue(-2)
        self._images = [pg.ImageItem(axisOrder="row-major") for _ in range(2)]
        self._cross = _cross()
        for item in (self._frame, *self._images, self._cross):
            self._box.addItem(item, ignoreBounds=True)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(1, 1, 1, 1)
        grid.setSpacing(0)
        self.caption.setContentsMargins(8, 4, 6, 4)
        self.unit.setContentsMargins(0, 4, 6, 4)
        grid.addWidget(self.caption, 0, 0)
        grid.addWidget(self.unit, 0, 1, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self.surface, 1, 0, 1, 2)
        grid.addWidget(self.bar, 1, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(1, 1)

    def _place(self) -> None:
        """Bring the picture to where the viewport looks, in the level of the pyramid that fits the zoom."""
        width, height = self.surface.width(), self.surface.height()
        self.sentence.setGeometry(20, self.surface.y(), max(0, self.width() - 40), height)
        view, zoom = self.viewport, self.viewport.zoom
        rows, cols = height / zoom, width / zoom
        self._box.setRange(QRectF(view.x - cols / 2, view.y - rows / 2, cols, rows), padding=0)
        for index, image in enumerate(self._images):
            image.setVisible(index < len(self._layers))
            if index < len(self._layers):
                self._draw(index, image, *self._layers[index])

    def _draw(self, index: int, image: pg.ImageItem, window: Window, step: int, levels: Sequence[Rgba]) -> None:
        level, shrink = 0, self.viewport.zoom * step
        while shrink <= 0.5 and level + 1 < len(levels):
            level, shrink = level + 1, shrink * 2
        if self._drawn[index] is levels[level]:
            return
        self._drawn[index] = levels[level]
        image.setImage(levels[level], autoLevels=False)
        side = step * 2**level
        transform = QTransform.fromTranslate(window.col, window.row)
        image.setTransform(transform.scale(side, side))

    def _recolor(self) -> None:
        colors = colors_of(self)
        self.surface.setBackground(QColor(colors.pane))
        self._frame.setBrush(QBrush(QColor(colors.hatch), Qt.BrushStyle.BDiagPattern))


def _cross() -> QGraphicsPathItem:
    """Return a small cross, open in the middle, light with a dark rim so that it shows on any picture."""
    path = QPainterPath()
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        path.moveTo(4 * dx, 4 * dy)
        path.lineTo(11 * dx, 11 * dy)
    cross, inner = QGraphicsPathItem(path), QGraphicsPathItem(path)
    cross.setPen(QPen(QColor(0, 0, 0, 170), 3.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    inner.setPen(QPen(QColor("#ffd24a"), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    inner.setParentItem(cross)
    cross.setFlag(QGraphicsPathItem.GraphicsItemFlag.ItemIgnoresTransformations)
    cross.setVisible(False)
    cross.setZValue(10)
    return cross
