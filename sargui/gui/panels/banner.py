"""What went wrong, in a strip over the panes: until it is closed or something else is done."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

MARGIN_PX = 10


class Banner(QFrame):
    """Lies at the top of what it is over, which keeps its place."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("role", "banner")
        self.sentence = QLabel()
        self.sentence.setProperty("role", "alarm")
        self.sentence.setWordWrap(True)
        self.sentence.setAccessibleName("What went wrong")
        self.close_button = QToolButton()
        self.close_button.setText("\N{MULTIPLICATION SIGN}")
        self.close_button.setToolTip("Close")
        self.close_button.setAccessibleName("Close what is said of what went wrong")
        self.close_button.setAutoRaise(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.close_button)
        self.close_button.clicked.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence; '' hides the strip."""
        self.sentence.setText(sentence)
        self._place()
        self.setVisible(bool(sentence))
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as wide as what is below."""
        if event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        width = max(0, self._over.width() - 2 * MARGIN_PX)
        self.setGeometry(MARGIN_PX, MARGIN_PX, width, max(self.heightForWidth(width), self.sizeHint().height()))
