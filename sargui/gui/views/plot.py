"""Original and reconstruction as two curves over one axis, in colors that all eyes tell apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sargui.gui.theme import DARK, colors_of

# Okabe and Ito, Color Universal Design (2008): blue and vermilion; on dark ground sky blue and orange.
ON_LIGHT, ON_DARK = ("#0072b2", "#d55e00"), ("#56b4e9", "#e69f00")
NAMES = ("original", "reconstruction")
WIDTH_PX = 1.3
LONGEST, GAP_PX = "\N{MINUS SIGN}00.00", 6  # of the numbers at the left; around them

Floats = NDArray[np.floating]


def bare_surface() -> pg.PlotWidget:
    """Return a surface to plot on that leaves keys, drops, menus and zooming to the window."""
    surface = pg.PlotWidget()
    surface.setFrameShape(QFrame.Shape.NoFrame)
    surface.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys are for looking
    for widget in (surface, surface.viewport()):
        widget.setAcceptDrops(False)  # drops are the window's
    plot = surface.getPlotItem()
    plot.setMenuEnabled(False)
    plot.setMouseEnabled(x=False, y=False)
    plot.hideButtons()
    for side in ("bottom", "left"):
        plot.getAxis(side).enableAutoSIPrefix(False)  # it would multiply the numbers
    return surface


class Plot(QWidget):
    """A caption and a legend, and below them the curves, or a sentence in their place."""

    pointed = Signal(object)  # where the cursor is along the axis, None when it leaves

    def __init__(self, name: str, *, steps: bool = False, parent: QWidget | None = None) -> None:
        """Make an empty plot; `steps` draws bars, with edges on the axis."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.caption, self.legend = QLabel(), QLabel()
        self.caption.setProperty("role", "dim")
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.surface = bare_surface()
        self._plot = self.surface.getPlotItem()
        letters = self.fontMetrics()  # left to itself, the title touches the numbers
        self._plot.getAxis("left").setWidth(letters.height() + letters.horizontalAdvance(LONGEST) + 2 * GAP_PX)
        self._plot.showGrid(x=False, y=True, alpha=0.15)
        self.curves = [self._plot.plot(stepMode="center" if steps else None, connect="finite") for _ in NAMES]
        self._axes = ("", "")
        self.surface.scene().sigMouseMoved.connect(self._on_moved)
        self._lay_out()
        self._recolor()
        self.show_sentence("")  # axes without curves would have made-up numbers

    def show_curves(self, at: Floats, values: Sequence[Floats | None], axes: tuple[str, str], caption: str) -> None:
        """Draw curves.

        Args:
            at: where the values are, of steps their edges.
            values: of original and reconstruction; None where there are none.
            axes: what the horizontal axis is, and what the vertical one.
            caption: what the plot is of.
        """
        for curve, one in zip(self.curves, values, strict=True):
            curve.setVisible(one is not None)
            if one is not None:
                curve.setData(np.asarray(at), np.where(np.isfinite(one), one, np.nan))
        self._axes = axes
        self.caption.setText(caption)
        self.surface.setVisible(True)
        self.setAccessibleDescription(caption)
        self._recolor()

    def show_sentence(self, sentence: str) -> None:
        """Say why there is nothing to draw."""
        self.caption.setText(sentence)
        self.surface.setVisible(False)
        self.legend.clear()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._recolor()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    def _on_moved(self, at: object) -> None:
        place = self._plot.getViewBox().mapSceneToView(at).x()
        self.pointed.emit(float(place) if math.isfinite(place) else None)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(10, 4, 10, 0)
        top.addWidget(self.caption, 1)
        top.addWidget(self.legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 8, 1)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self.surface, 1)
        column.addStretch(0)

    def _recolor(self) -> None:
        colors = colors_of(self)
        pair = ON_DARK if colors is DARK else ON_LIGHT
        self.surface.setBackground(QColor(colors.window))
        for side, text in zip(("bottom", "left"), self._axes, strict=True):
            axis = self._plot.getAxis(side)
            axis.setPen(QColor(colors.border))
            axis.setTextPen(QColor(colors.dim))
            axis.setLabel(text, color=colors.dim)
        shown = []
        for curve, color, name in zip(self.curves, pair, NAMES, strict=True):
            curve.setPen(pg.mkPen(color, width=WIDTH_PX))
            if curve.isVisible():
                shown.append(f'<span style="color:{color}">━</span> {name}')
        self.legend.setText(" &nbsp; ".join(shown) if not self.surface.isHidden() else "")
