"""The page that shows what each key does: in two columns, and never higher than the screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from sargui.gui.panels.facts import heading

COLUMNS = 2
SCREEN_SHARE = 0.9  # of the height that the page may take; the rest scrolls


class KeyMap(QDialog):
    """Lists keys with what they do; goes when it is closed."""

    def __init__(self, parent: QWidget, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        page = QScrollArea()
        page.setFrameShape(QFrame.Shape.NoFrame)
        page.setWidgetResizable(True)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table = _table(keys)
        page.setWidget(table)
        page.setMinimumWidth(table.sizeHint().width() + page.verticalScrollBar().sizeHint().width())
        buttons = QDialogButtonBox()
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.addWidget(heading("Keys"))
        column.addWidget(page)
        column.addWidget(buttons)
        around = self.sizeHint().height() - page.sizeHint().height()
        wanted = around + table.sizeHint().height()
        self.resize(self.sizeHint().width(), min(wanted, round(SCREEN_SHARE * self.screen().availableSize().height())))


def _table(keys: Sequence[tuple[str, str]]) -> QWidget:
    """Return the keys in two columns, read from top to bottom."""
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 4, 0, 4)
    grid.setVerticalSpacing(6)
    rows = -(-len(keys) // COLUMNS)
    for number, (key, what) in enumerate(keys):
        name, row, left = QLabel(key), number % rows, 3 * (number // rows)
        name.setProperty("role", "caption")
        grid.addWidget(name, row, left)
        grid.addWidget(QLabel(what), row, left + 1)
    for column in range(COLUMNS):
        grid.setColumnMinimumWidth(3 * column + 2, 28 if column + 1 < COLUMNS else 0)
    grid.setHorizontalSpacing(14)
    grid.setRowStretch(rows, 1)
    return table
