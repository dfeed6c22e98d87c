"""All figures of a comparison with the original, in groups, band by band."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from sargui.engine.quality_report import QualityReport
from sargui.engine.quality_words import groups

UNMEASURED = "Compress the scene: then it is measured against the original."


class QualityTable(QTreeWidget):
    """A table with a line for each figure and a column for each band."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Quality")
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.header().setStretchLastSection(False)
        self.show_quality(None, [])

    def show_quality(self, quality: QualityReport | None, bands: Sequence[str]) -> None:
        """Show what was measured of bands of these names; None: that nothing was."""
        self.clear()
        self.setHeaderHidden(quality is None)
        if quality is None:
            self.setColumnCount(1)
            self.addTopLevelItem(QTreeWidgetItem([UNMEASURED]))
            return
        self.setHeaderLabels(["", *bands])
        found = [{group.title: dict(group.rows) for group in groups(band)} for band in quality.bands]
        for title in dict.fromkeys(title for band in found for title in band):
            heading = QTreeWidgetItem([title])
            heading.setFirstColumnSpanned(True)
            font = heading.font(0)
            font.setBold(True)
            heading.setFont(0, font)
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.addTopLevelItem(heading)
            for name in dict.fromkeys(name for band in found for name in band.get(title, {})):
                self.addTopLevelItem(self._line(name, [band.get(title, {}).get(name, "") for band in found]))

    def _line(self, name: str, values: Sequence[str]) -> QTreeWidgetItem:
        line = QTreeWidgetItem([f"   {name}", *values])
        for column in range(1, len(values) + 1):
            line.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return line
