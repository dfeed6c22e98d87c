"""The bar beside a pane: which value has which color, with unit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sargui.gui import wording
from sargui.gui.shading import BEYOND
from sargui.gui.theme import colors_of

BAR_PX = 12
MARGIN_PX = 8
STOPS = 32


@dataclass(frozen=True, slots=True, eq=False)
class Legend:
    """A color table from `low` to `high`, and how its values are said.

    With `ratio`, low and high are decibels, and the labels the ratios of power that they stand for. `beyond` says
    what has the color of errors beyond the tolerance, if anything has. Of a color that is mixed with others, `of` says
    what it stands for, and `more` are those others.
    """

    table: NDArray[np.uint8]
    low: float
    high: float
    unit: str = "dB"
    signed: bool = False
    ratio: bool = False
    beyond: str = ""
    of: str = ""
    more: tuple[Legend, ...] = ()

    def labels(self) -> list[tuple[float, str]]:
        """Return the labeled places between low and high, from bottom to top, with their texts."""
        return self._ratios() if self.ratio else self._round_numbers()

    def sentence(self) -> str:
        """Return the range in words: −2.00 dB to 2.00 dB; of mixed colors a line for each: VV: −20.00 dB to 0.00 dB."""
        if self.ratio:
            ends = [f"{10 ** (end / 10):.3g}" for end in (self.low, self.high)]
        else:
            ends = [f"{wording.signed(end)}{wording.NBSP}{self.unit}" for end in (self.low, self.high)]
        own = (f"{self.of}: " if self.of else "") + " to ".join(ends)
        return "\n".join([own, *(other.sentence() for other in self.more)])

    def _round_numbers(self) -> list[tuple[float, str]]:
        step = tick_step(self.high - self.low)
        first, last = math.ceil(self.low / step - 1e-6), math.floor(self.high / step + 1e-6)
        values = [step * number for number in range(first, last + 1)]
        return [(value, wording.signed(value, _digits(step), plus=self.signed)) for value in values]

    def _ratios(self) -> list[tuple[float, str]]:
        """Return 1 in the middle, round ratios above and their inverses below."""
        labels = [(0.0, "1")]
        for ratio, digits in _round_ratios(10 ** (self.high / 10) * (1 + 1e-6)):
            place = 10 * math.log10(ratio)
            labels.append((place, f"{ratio:.{digits}f}"))
            labels.insert(0, (-place, f"{1 / ratio:.{max(2, digits)}f}"))
        return labels


class ColorBar(QWidget):
    """Draws a legend, its lowest value at the bottom; empty until it has one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.legend: Legend | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Colors")

    @property
    def range(self) -> tuple[float, float] | None:
        """The values of the first and the last color."""
        return None if self.legend is None else (self.legend.low, self.legend.high)

    def show_legend(self, legend: Legend | None) -> None:
        """Show which value has which color, or nothing."""
        self.legend = legend
        sentence = legend.sentence() if legend is not None else ""
        self.setToolTip(sentence)
        self.setAccessibleDescription(sentence)
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the longest label, whether there is one or not, so that all panes have the same width."""
        return QSize(BAR_PX + 2 * MARGIN_PX + 7 + self.fontMetrics().horizontalAdvance(f"{wording.MINUS}88.8"), 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a bar, or one below the other for mixed colors."""
        colors, legend = colors_of(self), self.legend
        painter = QPainter(self)
        if legend is None:
            painter.fillRect(self.rect(), QColor(colors.pane))  # one ground with the pane that has no picture
            return
        painter.fillRect(self.rect(), QColor(colors.window))  # part of the frame: the picture stands in the middle
        every = (legend, *legend.more)
        height = self.height() / len(every)
        for number, each in enumerate(every):
            self._paint_bar(painter, each, number * height, height)

    def _paint_bar(self, painter: QPainter, legend: Legend, top: float, height: float) -> None:
        """Draw a bar, its labels and above it what it is of; below, the color of what is beyond the tolerance."""
        colors, line = colors_of(self), self.fontMetrics().height()
        below = 1.6 * line if legend.beyond else 0.0
        bar = QRectF(MARGIN_PX, top + 1.7 * line, BAR_PX, max(1.0, height - 2.6 * line - below))
        gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        for stop in range(STOPS + 1):
            gradient.setColorAt(stop / STOPS, QColor(*legend.table[stop * 255 // STOPS].tolist()))
        painter.setPen(QColor(colors.border))
        painter.setBrush(gradient)
        painter.drawRect(bar)
        if legend.beyond:
            swatch = QRectF(MARGIN_PX, bar.bottom() + 0.8 * line, BAR_PX, BAR_PX)
            painter.setBrush(QColor(*BEYOND))
            painter.drawRect(swatch)
            _write(painter, QPointF(bar.right() + 7, swatch.center().y()), legend.beyond, QColor(colors.dim))
        painter.setPen(QColor(colors.dim))
        heading = QRectF(MARGIN_PX, top + line / 4, self.width(), line)
        painter.drawText(heading, Qt.AlignmentFlag.AlignLeft, legend.of or legend.unit)
        labels = legend.labels()
        every = max(1, math.ceil(0.8 * line * (len(labels) - 1) / bar.height()))  # those that there is room for
        for value, text in labels[len(labels) // 2 % every :: every]:
            y = bar.bottom() - bar.height() * (value - legend.low) / (legend.high - legend.low)
            painter.drawLine(QPointF(bar.right() - 3, y), QPointF(bar.right() + 3, y))
            _write(painter, QPointF(bar.right() + 7, y), text, QColor(colors.dim))


def tick_step(span: float) -> float:
    """Return 1, 2 or 5 times a power of ten that divides a span into at most five parts, at least two."""
    power = 10.0 ** math.floor(math.log10(span / 5))
    return next(factor * power for factor in (1, 2, 5, 10) if span / (factor * power) <= 5 + 1e-6)


def _write(painter: QPainter, at: QPointF, text: str, color: QColor) -> None:
    """Write a line that begins at a point in the middle of its height."""
    line = painter.fontMetrics().height()
    painter.setPen(color)
    box = QRectF(at.x(), at.y() - line / 2, 1000, line)
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def _round_ratios(largest: float) -> list[tuple[float, int]]:
    """Return round numbers above 1 up to the largest, with their digits; far from 1 they stand as 2, 5, 10, 20, …"""
    if largest > 4:
        steps = [factor * 10.0**power for power in range(math.ceil(math.log10(largest)) + 1) for factor in (1, 2, 5)]
        return [(ratio, 0) for ratio in steps if 1 < ratio <= largest]
    step = tick_step(largest - 1 / largest)
    first, last = math.floor(1 / step + 1e-6) + 1, math.floor(largest / step)
    return [(step * number, _digits(step)) for number in range(first, last + 1)]


def _digits(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9))
