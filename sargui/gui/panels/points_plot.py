"""A small plot of rate and error: all that was tried or compressed in the scene, and where a checkpoint leads.

A ring is about what is shown now.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sargui.gui import wording
from sargui.gui.points import Point
from sargui.gui.theme import DARK, colors_of
from sargui.gui.views.plot import bare_surface

HEIGHT_PX = 170
SIZE_PX, RING_PX = 9, 18
MARGIN = 0.25  # of the range of the points, on each side
LEAST = 0.3  # of a value: the range is never narrower

# Okabe and Ito, Color Universal Design (2008), those that show best first: one for each checkpoint.
ON_LIGHT = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
ON_DARK = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#d55e00")


class PointsPlot(QWidget):
    """Full points are of compressed scenes, open ones of what was seen; a click on one emits `chosen`."""

    chosen = Signal(object)  # Settings

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Rate and error of what was tried")
        self.setFixedHeight(HEIGHT_PX)
        self.surface = bare_surface()
        self._plot = self.surface.getPlotItem()
        self.line = self._plot.plot()
        self.dots = pg.ScatterPlotItem(size=SIZE_PX, hoverable=True, hoverSize=SIZE_PX + 4, tip=_tip)
        self.ring = pg.ScatterPlotItem(size=RING_PX, brush=None)
        for item in (self.ring, self.dots):
            self._plot.addItem(item)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.surface)
        self.dots.sigClicked.connect(lambda _, dots: self.chosen.emit(dots[0].data().settings))
        self._points: tuple[Point, ...] = ()
        self.setVisible(False)
        self._recolor()

    def show_points(
        self, points: Sequence[Point], curve: NDArray[np.float64] | None, current: Point | None = None
    ) -> None:
        """Draw points, a ring about one of them, and a curve (n, 2) of bits per pixel and rms error in dB."""
        self._points = tuple(points)
        self.ring.setData([{"pos": (one.bits_per_pixel, one.rmse_db)} for one in (current,) if one is not None])
        self.setVisible(bool(points))
        self.line.setData(*(curve.T if curve is not None else np.zeros((2, 0))))
        if points:
            figures = np.array([(point.bits_per_pixel, point.rmse_db) for point in points])
            low, high = figures.min(axis=0), figures.max(axis=0)
            margin = np.maximum(MARGIN * (high - low), LEAST * high)
            (left, bottom), (right, top) = np.maximum(low - margin, 0), high + margin
            self._plot.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._recolor()

    def _draw(self) -> None:
        models = list(dict.fromkeys(point.settings.model for point in self._points))
        latest = next((point.part for point in reversed(self._points) if point.part is not None), None)
        palette = ON_DARK if colors_of(self) is DARK else ON_LIGHT
        spots = []
        for point in self._points:
            color = QColor(palette[models.index(point.settings.model) % len(palette)])
            color.setAlphaF(1.0 if point.part in (None, latest) else 0.35)
            fill = color if point.part is None else QColor(0, 0, 0, 0)
            where = (point.bits_per_pixel, point.rmse_db)
            spots.append({"pos": where, "data": point, "pen": pg.mkPen(color, width=1.6), "brush": pg.mkBrush(fill)})
        self.dots.setData(spots)

    def _recolor(self) -> None:
        colors = colors_of(self)
        self.surface.setBackground(QColor(colors.window))
        self.line.setPen(pg.mkPen(colors.dim, width=1.2, style=Qt.PenStyle.DashLine))
        self.ring.setPen(pg.mkPen(colors.text, width=1.6))
        self.dots.opts["hoverPen"] = pg.mkPen("#ffffff" if colors is DARK else "#000000", width=2)
        for side, text in (("left", "RMS error, dB"), ("bottom", "bits per pixel")):
            axis = self._plot.getAxis(side)
            axis.setPen(QColor(colors.border))
            axis.setTextPen(QColor(colors.dim))
            axis.setLabel(text, color=colors.dim)
        self._draw()


def _tip(x: float, y: float, data: Point) -> str:
    """Return what a point is of."""
    settings = data.settings
    of = "the whole scene" if data.part is None else "the part that was seen"
    name = wording.version(settings.model, data.quality, settings.effort)
    return f"{name}\n{x:.3f} bits per pixel, {wording.decibels(y)} RMS error\nof {of}; a click goes back to it"
