"""Garbage is collected in the window's thread alone, and not among what libraries made when they were loaded.

By itself Python collects wherever the next object happens to be made. In a worker that destroys objects of Qt's in a
thread that is not theirs, which can end the program; and to look through what torch and Numba have made, some 200,000
objects, holds up every thread for 0.2 s.
"""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500


class Garbage(QObject):
    """Collects the generations that are due, by Python's own thresholds, from the event loop."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Take over from Python."""
        super().__init__(parent)
        gc.disable()
        self._modules = 0
        timer = QTimer(self, interval=INTERVAL_MS)
        timer.timeout.connect(self.collect)
        timer.start()

    def collect(self) -> None:
        """Collect what is due; while a library is being loaded keep what there is, for ever."""
        if len(sys.modules) > self._modules:
            self._modules = len(sys.modules)
            gc.freeze()
            return
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [generation for generation, (count, threshold) in enumerate(counts) if count > threshold]
        if due:
            gc.collect(due[-1])
