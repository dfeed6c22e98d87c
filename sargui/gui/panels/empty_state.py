"""What a window without a scene shows: one large place to drop a file, and two buttons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

ICON_PX = 72
INVITATION = "Drop a SAR image here"
KINDS = "GeoTIFF and other rasters, or a compressed .sarz"


class EmptyState(QWidget):
    """Drop target, "Open…", "Open the sample scene", and a sentence when something was refused."""

    open_wanted = Signal()
    sample_wanted = Signal()

    def __init__(self, icon: QIcon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frame = QFrame()
        self.frame.setProperty("role", "drop")
        self.frame.setMaximumSize(760, 460)
        self.open = QPushButton("Open…")
        self.open.setProperty("role", "primary")
        self.sample = QPushButton("Open the sample scene")
        self.title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.title.setProperty("role", "title")
        self.kinds = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.kinds.setProperty("role", "dim")
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setProperty("role", "alarm")
        self.sentence.setMinimumHeight(2 * self.sentence.fontMetrics().height())
        picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        picture.setPixmap(icon.pixmap(QSize(ICON_PX, ICON_PX), self.devicePixelRatioF()))
        self._lay_out(picture)
        self.show_opening("")
        self.open.clicked.connect(self.open_wanted)
        self.sample.clicked.connect(self.sample_wanted)

    def say(self, sentence: str) -> None:
        """Show why a file was refused."""
        self.sentence.setText(sentence)

    def show_opening(self, name: str) -> None:
        """Say which file is being opened, in place of the invitation; with '' invite again."""
        self.title.setText(f"Opening {name}…" if name else INVITATION)
        self.kinds.setText("" if name else KINDS)
        for button in (self.open, self.sample):
            button.setEnabled(not name)

    def show_hot(self, hot: bool) -> None:
        """Light up while a file hovers over the window."""
        self.frame.setProperty("hot", hot)
        self.frame.style().polish(self.frame)

    def _lay_out(self, picture: QLabel) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        buttons.addWidget(self.open)
        buttons.addWidget(self.sample)
        buttons.addStretch(1)
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(40, 30, 40, 20)
        column.addStretch(2)
        column.addWidget(picture)
        column.addSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.kinds)
        column.addSpacing(18)
        column.addLayout(buttons)
        column.addSpacing(10)
        column.addWidget(self.sentence)
        column.addStretch(3)
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 24, 24, 24)
        grid.addWidget(self.frame, 0, 0)
