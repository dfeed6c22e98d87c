"""Undo and redo of settings: checkpoint, goal and number, effort, device, mean power."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from sargui.gui.panels.settings_panel import SettingsPanel
from sargui.gui.scene import Settings

MERGE_S = 1.0  # moves of a slider that follow each other as fast are one step
MOST_STEPS = 200


class History(QObject):
    """Remembers what was chosen in a settings panel, and chooses it again."""

    def __init__(self, panel: SettingsPanel) -> None:
        super().__init__(panel)
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(MOST_STEPS)
        self._panel = panel
        self._now = panel.settings
        self._going = False  # back or forth, which is no step
        self._apart = False  # the next step is one of its own
        panel.changed.connect(self._on_changed)

    def choose(self, settings: Settings) -> None:
        """Choose settings in a step of its own."""
        self._apart = True
        self._panel.show_settings(settings)
        self._apart = False

    def go_to(self, settings: Settings) -> None:
        """Choose settings, going back or forth: no new step."""
        self._going = True
        self._panel.show_settings(settings)
        self._going = False
        self._now = self._panel.settings

    def _on_changed(self) -> None:
        before, self._now = self._now, self._panel.settings
        if before is not None and self._now is not None and before != self._now and not self._going:
            self.stack.push(_Step(self, before, self._now, apart=self._apart))


class _Step(QUndoCommand):
    """From some settings to others."""

    def __init__(self, history: History, before: Settings, after: Settings, *, apart: bool) -> None:
        super().__init__("Settings")
        self._apart = apart
        self._history, self._before, self._after = history, before, after
        self._made_s = time.monotonic()
        self._pushed = False

    def id(self) -> int:
        """Return the same for all steps: any two may be merged."""
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in the next move of the number that this step has moved; one that comes back was none."""
        assert isinstance(other, _Step)
        if other._made_s - self._made_s > MERGE_S or not (self._moves_number and other._moves_number):
            return False
        self._after, self._made_s = other._after, other._made_s
        self.setObsolete(self._before == self._after)
        return True

    def undo(self) -> None:
        """Go back."""
        self._history.go_to(self._before)

    def redo(self) -> None:
        """Go forth; the first time, when the step is pushed, that has happened."""
        if self._pushed:
            self._history.go_to(self._after)
        self._pushed = True

    @property
    def _moves_number(self) -> bool:
        """Whether nothing but the number of the same goal has changed, as a slider does."""
        before, after = self._before, self._after
        return not self._apart and before.rate.kind is after.rate.kind and replace(before, rate=after.rate) == after
