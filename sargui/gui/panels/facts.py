"""A table of names and values, as the panels at the sides show them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget


def heading(text: str) -> QLabel:
    """Return the heading of a panel."""
    label = QLabel(text.upper())
    label.setProperty("role", "heading")
    return label


class Elided(QLabel):
    """A label that leaves out the middle of a text too long for it, but keeps all of it in `text()`."""

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """Take what is there."""
        return QSize(60, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


class Facts(QWidget):
    """Lines of a name and a value; long ones wrap."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: dict[str, QLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(heading(title))
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(12)
        self.form.setVerticalSpacing(4)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        column.addLayout(self.form)

    def show_fact(self, name: str, value: str, tip: str = "", *, elided: bool = False) -> None:
        """Set a line, made on first use; an empty value hides it; `elided` is for a name without spaces."""
        if name not in self.values:
            label, field = QLabel(name), Elided() if elided else QLabel()
            label.setProperty("role", "dim")
            if not elided:
                field.setWordWrap(True)
                field.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            field.setTextFormat(Qt.TextFormat.PlainText)
            field.setAccessibleName(name)
            self.values[name] = field
            self.form.addRow(label, field)
        self.values[name].setText(value)
        self.values[name].setToolTip(tip)
        self.form.setRowVisible(self.values[name], bool(value))

    def text(self, name: str) -> str:
        """Return what a line says, '' if it is not there."""
        return self.values[name].text() if name in self.values else ""
