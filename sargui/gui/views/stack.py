"""Pictures over each other in a pane, the overview below and the detail above, with the scene's hatch behind them."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem

from sargui.gui.views.content import Layer


class Stack:
    """Draws layers in a box whose coordinates are scene pixels; cut to the scene, or to a rectangle in it."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._group = QGraphicsRectItem()  # its children are seen inside it only
        self._group.setPen(QPen(Qt.PenStyle.NoPen))
        box.addItem(self._group, ignoreBounds=True)
        self._frame = QGraphicsRectItem(self._group)
        self._frame.setPen(QPen(Qt.PenStyle.NoPen))
        self._group.setFlag(QGraphicsItem.GraphicsItemFlag.ItemClipsChildrenToShape)
        self._images: list[pg.ImageItem] = []
        self._drawn: list[object] = []
        self._layers: tuple[Layer, ...] = ()

    @property
    def empty(self) -> bool:
        """True without any layer."""
        return not self._layers

    def show_scene(self, rows: int, cols: int) -> None:
        """Say where the scene is: there, what has no data is hatched."""
        self._frame.setRect(QRectF(0, 0, cols, rows))
        self.cut(None)

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """Hold pictures, lowest first; `draw` brings them to the screen."""
        self._layers = tuple(layers)
        while len(self._images) < len(self._layers):
            image = pg.ImageItem(axisOrder="row-major")
            image.setParentItem(self._group)
            self._images.append(image)
            self._drawn.append(None)
        for index, image in enumerate(self._images):
            image.setVisible(index < len(self._layers))
        self._frame.setVisible(bool(self._layers))

    def show(self, visible: bool) -> None:
        """Show or hide all of it."""
        self._group.setVisible(visible)

    def cut(self, inside: QRectF | None) -> None:
        """Show what is inside a rectangle only, or all of the scene: cells at its border reach beyond it."""
        scene = self._frame.rect()
        self._group.setRect(scene if inside is None else scene.intersected(inside))

    def draw(self, zoom: float) -> None:
        """Put each layer where it belongs, in the level of its pyramid that fits the zoom."""
        for index, (window, step, levels) in enumerate(self._layers):
            level, shrink = 0, zoom * step
            while shrink <= 0.5 and level + 1 < len(levels):
                level, shrink = level + 1, shrink * 2
            if self._drawn[index] is levels[level]:
                continue
            self._drawn[index] = levels[level]
            self._images[index].setImage(levels[level], autoLevels=False)
            side = step * 2**level
            self._images[index].setTransform(QTransform.fromTranslate(window.col, window.row).scale(side, side))

    def recolor(self, hatch: QColor) -> None:
        """Follow the theme."""
        self._frame.setBrush(QBrush(hatch, Qt.BrushStyle.BDiagPattern))
