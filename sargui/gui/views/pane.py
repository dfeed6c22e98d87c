"""One pane: a caption, a picture where its eye looks, a color bar, and a sentence where there is no picture."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QFrame, QGraphicsPathItem, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sargui.gui.marks import Mark, Region
from sargui.gui.theme import colors_of
from sargui.gui.views.color_bar import ColorBar
from sargui.gui.views.content import Content
from sargui.gui.views.gestures import Gestures
from sargui.gui.views.marks_layer import MarksLayer
from sargui.gui.views.scale_bar import ScaleBar
from sargui.gui.views.stack import Stack
from sargui.gui.views.viewport import Eye, Viewport


class Pane(QFrame):
    """Shows a content. Pans and zooms with the other panes; moved alone it says so in its caption."""

    resized = Signal()

    def __init__(self, title: str, viewport: Viewport, parent: QWidget | None = None, *, stacks: int = 1) -> None:
        super().__init__(parent)
        self.setProperty("role", "pane")
        self.setAccessibleName(title)
        self.eye = Eye(viewport, self)
        self.caption = _label("caption", title)
        self.unit = _label("dim")
        self.moved = _label("dim", "moved alone (F)")
        self.moved.setToolTip("This pane looks elsewhere than the others; F links them again")
        self.bar = ColorBar()
        self.surface = pg.GraphicsView(background=None)
        self._box = pg.ViewBox(enableMouse=False, enableMenu=False, invertY=True, defaultPadding=0)
        self._build_surface()
        self._stacks = [Stack(self._box) for _ in range(stacks)]
        self._cross = _cross()
        self._box.addItem(self._cross, ignoreBounds=True)
        self.marks = MarksLayer(self.surface.viewport())
        self.marks.setVisible(False)
        self.scale = ScaleBar(self.surface.viewport())
        self.scale.setVisible(False)
        self.sentence = _label("dim")
        self.sentence.setParent(self)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setWordWrap(True)
        self.sentence.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.gestures = Gestures(self.surface, self.eye)
        self.surface.installEventFilter(self)
        self.eye.changed.connect(self._place)
        self._lay_out()
        self.sentence.raise_()
        self._recolor()

    @property
    def has_picture(self) -> bool:
        """True when there is more to see than a sentence."""
        return any(not stack.empty for stack in self._stacks)

    def show_scene(self, rows: int, cols: int) -> None:
        """Say where the scene is."""
        for stack in self._stacks:
            stack.show_scene(rows, cols)

    def show_content(self, content: Content) -> None:
        """Show pictures, or a sentence in their place."""
        self._stacks[0].show_layers(content.layers)
        self.setAccessibleName(content.title)
        self._describe(content)
        self._place()

    def show_cross(self, at: tuple[int, int] | None) -> None:
        """Mark the pixel (row, col) that the cursor is on, in whichever pane it is."""
        self._cross.setVisible(at is not None and self.has_picture)
        if at is not None:
            self._cross.setPos(at[1] + 0.5, at[0] + 0.5)

    def show_marks(self, marks: Sequence[Mark], chosen: Mark | None) -> None:
        """Draw what is marked in the scene."""
        self.marks.show_marks(marks, chosen)
        self.marks.setVisible(self.has_picture and not self.marks.empty)

    def outline(self, part: Region | None) -> None:
        """Draw a frame about a part of the scene, or none."""
        self.marks.outline(part)
        self.marks.setVisible(self.has_picture and not self.marks.empty)

    def show_scale(self, shown: bool, meters_per_pixel: float | None) -> None:
        """Show how long something is, in meters or, if they are unknown, in pixels; or not."""
        self.scale.meters_per_pixel = meters_per_pixel
        self.scale.setVisible(shown and self.has_picture)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the surface, and show where the keys go."""
        if event.type() is QEvent.Type.Resize:
            self._place()
            self.resized.emit()
        elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("focused", event.type() is QEvent.Type.FocusIn)
            self.style().polish(self)
        return False

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
        self.setFocusProxy(self.surface)

    def _lay_out(self) -> None:
        self.header = QHBoxLayout()
        self.header.setSpacing(0)
        self.caption.setContentsMargins(8, 4, 6, 4)
        for label in (self.unit, self.moved):
            label.setContentsMargins(0, 4, 6, 4)
        self.unit.setMinimumWidth(1)  # a narrow pane cuts it
        self.header.addWidget(self.caption)
        self.header.addWidget(self.unit)
        self.header.addStretch(1)
        self.header.addWidget(self.moved)
        self.side = QVBoxLayout()  # beside the picture
        self.side.setSpacing(0)
        self.side.addWidget(self.bar)
        grid = QGridLayout(self)
        grid.setContentsMargins(1, 1, 1, 1)
        grid.setSpacing(0)
        grid.addLayout(self.header, 0, 0, 1, 2)
        grid.addWidget(self.surface, 1, 0)
        grid.addLayout(self.side, 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(1, 1)

    def _describe(self, content: Content) -> None:
        """Say what is shown: in the caption, at the bar, in the middle."""
        self.caption.setText(content.title)
        self.unit.setText(content.caption)
        self.unit.setToolTip(content.caption)  # of which a narrow pane cuts the end
        self.bar.show_legend(content.legend)
        self.sentence.setText(content.sentence)
        self.sentence.setVisible(bool(content.sentence))

    def _place(self) -> None:
        """Bring the picture to where the eye looks."""
        width, height, zoom = self.surface.width(), self.surface.height(), self.eye.shared.zoom
        rows, cols = height / zoom, width / zoom
        seen = QRectF(self.eye.x - cols / 2, self.eye.y - rows / 2, cols, rows)
        self._box.setRange(seen, padding=0)
        self.sentence.setGeometry(20, self.surface.y(), max(0, self.width() - 40), height)
        self.marks.resize(width, height)
        self.marks.place(self.eye.x, self.eye.y, zoom)
        self.marks.setVisible(self.has_picture and not self.marks.empty)
        self.scale.show_zoom(zoom)
        self.scale.move(0, height - self.scale.height())
        self.moved.setVisible(self.eye.moved and self.has_picture)
        self._draw(seen)

    def _draw(self, seen: QRectF) -> None:
        for stack in self._stacks:
            stack.draw(self.eye.shared.zoom)

    def _recolor(self) -> None:
        colors = colors_of(self)
        self.surface.setBackground(QColor(colors.pane))
        for stack in self._stacks:
            stack.recolor(QColor(colors.hatch))


def _label(role: str, text: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    return label


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
