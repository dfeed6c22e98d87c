"""The pane of the error, with a tolerance below its bar."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QLabel, QVBoxLayout, QWidget

from sargui.gui import wording
from sargui.gui.views.content import Content
from sargui.gui.views.pane import Pane
from sargui.gui.views.viewport import Viewport


class ErrorPane(Pane):
    """A pane with a field for the tolerance, in dB; 0 is off."""

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__("Error", viewport, parent)
        self.tolerance = QDoubleSpinBox(minimum=0, maximum=99.9, singleStep=0.1, decimals=1)
        self.tolerance.setSpecialValueText("off")
        self.tolerance.setSuffix(f"{wording.NBSP}dB")
        self.tolerance.setKeyboardTracking(False)  # a number counts when it is whole
        self.tolerance.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.tolerance.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.tolerance.setAccessibleName("Tolerance in dB, 0 for none")
        self.tolerance.setToolTip("Absolute errors above so many dB are yellow; 0 turns it off")
        self.tolerance.lineEdit().setAcceptDrops(False)  # drops are the window's
        self.tolerance.setFixedWidth(self.bar.sizeHint().width() - 8)
        label = QLabel("Tolerance")
        label.setProperty("role", "dim")
        label.setBuddy(self.tolerance)
        self._field = QWidget()
        column = QVBoxLayout(self._field)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(0)
        for widget in (label, self.tolerance):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        self.side.addWidget(self._field)

    def _describe(self, content: Content) -> None:
        """Offer a tolerance where there is an error."""
        super()._describe(content)
        self._field.setVisible(bool(content.layers))
