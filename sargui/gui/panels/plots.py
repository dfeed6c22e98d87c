"""Line profile, histogram and figures of quality in tabs below the panes, there only while they are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QTabWidget, QWidget

from sargui.core.errors import SarguiError
from sargui.engine.readings import ProfileReading, RegionReading
from sargui.gui import marks_words
from sargui.gui.marks import Region
from sargui.gui.panels.quality_table import QualityTable
from sargui.gui.views.plot import Floats, Plot

HEIGHT_PX = 200
MOST_BARS = 64  # more show the steps of digital numbers rather than the values


class Subject(IntEnum):
    """What is plotted, by its tab."""

    PROFILE = 0
    HISTOGRAM = 1
    QUALITY = 2


class Plots(QTabWidget):
    """Shows what was measured along the line, in a region and of the result; hidden when nothing is wanted."""

    pointed = Signal(object)  # (row, col) of the place on the line that the cursor is at, or None
    close_wanted = Signal(object)  # Subject

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setTabsClosable(True)
        self.profile = Plot("Line profile")
        self.histogram = Plot("Histogram", steps=True)
        self.quality = QualityTable()
        for subject, plot, tip in (
            (Subject.PROFILE, self.profile, "L closes it"),
            (Subject.HISTOGRAM, self.histogram, "H closes it"),
            (Subject.QUALITY, self.quality, "U closes it"),
        ):
            self.insertTab(subject, plot, plot.accessibleName())
            self.setTabToolTip(subject, tip)
            self.setTabVisible(subject, False)
        self._line: ProfileReading | None = None
        self.setVisible(False)
        self.tabCloseRequested.connect(lambda index: self.close_wanted.emit(Subject(index)))
        self.profile.pointed.connect(self._on_pointed)

    def sizeHint(self) -> QSize:
        """Leave most of the room to the panes."""
        return QSize(600, max(HEIGHT_PX, self.window().height() // 5))

    def set_wanted(self, subject: Subject, wanted: bool) -> None:
        """Bring a tab to the front, or take it away."""
        if wanted != self.isTabVisible(subject):
            self.setTabVisible(subject, wanted)
            if wanted:
                self.setCurrentIndex(subject)
            self.setVisible(any(self.isTabVisible(one) for one in Subject))

    def show_profile(self, found: ProfileReading | SarguiError, band: str = "", *, too_large: bool = False) -> None:
        """Draw the values of a band along the line, or say why there are none; `too_large` to be tried."""
        self._line = None if isinstance(found, SarguiError) else found
        if isinstance(found, SarguiError):
            self.profile.show_sentence(str(found))
            return
        values = found.original_db, found.decoded_db
        axes = "pixels along the line", marks_words.unit(found, band)
        caption = marks_words.profile(found) + (f"   {marks_words.TOO_LARGE}" if too_large else "")
        self.profile.show_curves(found.distance_px, values, axes, caption)

    def show_histogram(self, region: Region, found: RegionReading | SarguiError, band: str = "") -> None:
        """Draw how often which value of a band occurs, or say why not."""
        if isinstance(found, SarguiError):
            self.histogram.show_sentence(str(found))
            return
        counts = found.original_counts, found.decoded_counts
        pixels = next((int(one.sum()) for one in counts if one is not None), 0)
        if not pixels:
            self.histogram.show_sentence("Nothing was measured here.")
            return
        edges, counted = _joined(found.edges_db, counts)
        shares = [None if one is None else 100 / pixels * one / np.diff(edges) for one in counted]
        axes = marks_words.unit(found, band), "% of pixels per dB"
        self.histogram.show_curves(edges, shares, axes, marks_words.histogram(region, found))

    def _on_pointed(self, along: float | None) -> None:
        """Point at the sample that is nearest along the line."""
        line = self._line
        if along is None or line is None or not 0 <= along <= line.distance_px[-1]:
            self.pointed.emit(None)
            return
        at = int(np.abs(line.distance_px - along).argmin())
        self.pointed.emit((round(line.rows[at]), round(line.cols[at])))


def _joined(edges: Floats, counts: Sequence[NDArray[np.int64] | None]) -> tuple[Floats, list[NDArray[np.int64] | None]]:
    """Return fewer bins, each of equally many neighbors; the last one also has those that are left over."""
    bins = edges.size - 1
    side = -(-bins // MOST_BARS)
    first = side * np.arange(max(1, bins // side))
    joined = [None if one is None else np.add.reduceat(one, first) for one in counts]
    return np.append(edges[first], edges[-1]), joined
