"""Pins and regions in a list: what original and reconstruction have there, and how they differ."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sargui.gui.marks import Mark
from sargui.gui.marks_words import Entry
from sargui.gui.panels.facts import heading

HINT = "P pins the pixel under the cursor,\nR draws a region, L a line."
COLUMNS = ("", "Original", "Reconstr.", "Error")
TIPS = (
    "Pins have numbers, regions letters",
    "In decibels. Of a region: its mean power, and below that its equivalent number of looks (ENL)",
    "The same of the reconstruction",
    "Reconstruction − original, in dB. Of a region: the bias of its mean power",
)
MOST_PX = 300


class MarksPanel(QWidget):
    """Emits `chosen` with the mark of a line that the user goes to, `wanted` when it is to be looked at."""

    chosen = Signal(object)  # Mark
    wanted = Signal(object)  # Mark

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.unit = QLabel()
        self.hint = QLabel(HINT)
        for label in (self.unit, self.hint):
            label.setProperty("role", "dim")
        self.list = _list()
        self._entries: Sequence[Entry] = ()
        top = QHBoxLayout()
        top.addWidget(heading("Pins and regions"), 1)
        top.addWidget(self.unit)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.hint)
        column.addWidget(self.list)
        self.show_entries((), None, "")
        self.list.currentItemChanged.connect(self._on_current)
        self.list.itemActivated.connect(lambda item: self.wanted.emit(self._mark(item)))

    def show_entries(self, entries: Sequence[Entry], chosen: Mark | None, unit: str) -> None:
        """List marks; `unit` is what their decibels refer to."""
        self.unit.setText(unit)
        self.hint.setVisible(not entries)
        self.list.setVisible(bool(entries))
        self.list.blockSignals(True)
        if [entry.mark for entry in entries] != [entry.mark for entry in self._entries]:
            self.list.clear()
            self.list.addTopLevelItems([_item() for _ in entries])
        self._entries = entries
        for row, entry in enumerate(entries):
            item = self.list.topLevelItem(row)
            assert item is not None
            for column, text in enumerate(entry.cells):
                item.setText(column, text)
                item.setToolTip(column, entry.tip)
            if entry.mark == chosen:
                self.list.setCurrentItem(item)
        if all(entry.mark != chosen for entry in entries):
            self.list.setCurrentIndex(QModelIndex())
        self.list.blockSignals(False)
        self._fit_height()

    def _on_current(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(self._mark(item))

    def _fit_height(self) -> None:
        """Let the list be as high as what it holds."""
        tree = self.list
        indexes = (tree.model().index(row, 0) for row in range(len(self._entries)))
        rows_px = sum(tree.sizeHintForIndex(index).height() for index in indexes)
        tree.setFixedHeight(min(MOST_PX, tree.header().sizeHint().height() + rows_px + 2))

    def _mark(self, item: QTreeWidgetItem) -> Mark:
        return self._entries[self.list.indexOfTopLevelItem(item)].mark


def _list() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setAccessibleName("Pins and regions")
    tree.setColumnCount(len(COLUMNS))
    tree.setHeaderLabels(COLUMNS)
    tree.setRootIsDecorated(False)
    tree.setFrameShape(QFrame.Shape.NoFrame)
    tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    tree.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    head = tree.header()
    head.setMinimumSectionSize(20)
    head.setSectionsMovable(False)
    head.setStretchLastSection(False)  # all but the first share the room
    for column, tip in enumerate(TIPS):
        stretched = QHeaderView.ResizeMode.Stretch if column else QHeaderView.ResizeMode.ResizeToContents
        head.setSectionResizeMode(column, stretched)
        tree.headerItem().setToolTip(column, tip)
        tree.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
    return tree


def _item() -> QTreeWidgetItem:
    item = QTreeWidgetItem()
    for column in range(1, len(COLUMNS)):
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item
