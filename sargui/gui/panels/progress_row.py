"""The row at the bottom: what runs, how far it is, how long it still takes; or what happened last."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from sargui.core.types import Progress
from sargui.gui import wording

ETA_AFTER_S = 1.0  # before that, an estimate is noise


class ProgressRow(QWidget):
    """Sentence, bar, numbers, Cancel. The sentence stays until the next one."""

    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = QLabel()
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.sentence.setAccessibleName("What happens")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedHeight(12)
        self.bar.setMinimumWidth(200)
        self.bar.setMaximumWidth(420)
        self.bar.setAccessibleName("Progress")
        self.numbers = QLabel()
        self.numbers.setProperty("role", "dim")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop; nothing is left behind (Esc)")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(12)
        row.addWidget(self.sentence, 3)
        row.addWidget(self.numbers)
        row.addWidget(self.bar, 2)
        row.addWidget(self.cancel)
        self._stage = ""
        self._started = 0.0
        self.cancel.clicked.connect(self.cancel_wanted)
        self.setFixedHeight(self.cancel.sizeHint().height() + 10)  # the panes stay where they are when it fills
        self.show_busy(False)

    def say(self, sentence: str) -> None:
        """Show one sentence."""
        self.sentence.setText(sentence)
        self.sentence.setToolTip(sentence)

    def show_busy(self, busy: bool, stage: str = "") -> None:
        """Show or hide bar, numbers and Cancel; `stage` is one that has been said."""
        self._stage, self._started = stage, time.monotonic()
        self.bar.setRange(0, 0)  # no step known yet
        self.numbers.clear()
        self.cancel.setEnabled(busy)
        for widget in (self.bar, self.numbers, self.cancel):
            widget.setVisible(busy)

    def show_progress(self, progress: Progress) -> None:
        """Show how far a job is."""
        now = time.monotonic()
        if progress.stage != self._stage:
            self._stage, self._started = progress.stage, now
            self.say(progress.stage[:1].upper() + progress.stage[1:] + "…")
        self.bar.setRange(0, progress.total)
        self.bar.setValue(min(progress.done, progress.total))
        self.numbers.setText(numbers(progress, now - self._started))

    def show_cancelling(self) -> None:
        """Say that the job stops at its next tile."""
        self.cancel.setEnabled(False)
        self.say("Stopping at the next tile…")


def numbers(progress: Progress, elapsed_s: float) -> str:
    """Return tiles, bytes and the time left of a job."""
    if progress.stage == "saving":
        parts = [f"{wording.size(progress.done)} of {wording.size(progress.total)}"]
    else:
        parts = [f"tile {wording.whole(progress.done)} of {wording.whole(progress.total)}"] if progress.total else []
        if progress.bytes_out:
            parts.append(f"{wording.size(progress.bytes_out)} written")
    if elapsed_s >= ETA_AFTER_S and 0 < progress.done < progress.total:
        left_s = elapsed_s / progress.done * (progress.total - progress.done)
        parts.append(f"{wording.duration(left_s)} left")
    return "   ·   ".join(parts)
