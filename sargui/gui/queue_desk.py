"""Where the queue's panel, its questions and its orders meet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from sargui.gui.batch_queue import BatchQueue, Recipe
from sargui.gui.panels.queue_panel import QueuePanel
from sargui.gui.queue_dialogs import QueueDialogs
from sargui.gui.queue_plan import interrupted_runs
from sargui.gui.window_state import WindowState


class QueueDesk(QObject):
    """Asks the user what the panel wants to know, and gives the queue its orders."""

    def __init__(
        self, panel: QueuePanel, ask: QueueDialogs, state: WindowState, recipe: Callable[[], Recipe | None]
    ) -> None:
        """Connect a panel.

        Args:
            panel: it, with its queue.
            ask: shows the questions.
            state: knows the folder of the last dialog.
            recipe: returns the settings as they are now; None if no checkpoint is installed.
        """
        super().__init__(panel)
        self._panel, self._ask, self._state, self._recipe = panel, ask, state, recipe
        panel.add_wanted.connect(self._on_add)
        panel.folder_wanted.connect(self._on_folder)
        panel.start_wanted.connect(self._on_start)

    @property
    def _queue(self) -> BatchQueue:
        return self._panel.queue

    @Slot()
    def _on_add(self) -> None:
        if paths := self._ask.ask_files(self._panel, self._state.folder):
            self._state.folder = paths[0].parent
            self._queue.add(paths)

    @Slot()
    def _on_folder(self) -> None:
        if (folder := self._ask.ask_folder(self._panel, self._queue.folder or self._state.folder)) is not None:
            self._queue.choose_folder(folder)

    @Slot()
    def _on_start(self) -> None:
        """Ask once about all outputs that exist, once about all that were interrupted, then start."""
        recipe = self._recipe()
        if recipe is None:
            self._panel.complain("No checkpoint is installed: the folder models/ is missing or empty.")
            return
        existing: list[Path] = [found.entry.target for found in self._queue.conflicts() if found.rival is None]
        settings = self._panel.settings.text()
        overwrite = self._ask.may_overwrite(self._panel, existing, settings) if existing else False
        if overwrite is None:
            return
        interrupted = interrupted_runs(self._queue.fresh, recipe)
        resume = self._ask.may_resume(self._panel, interrupted) if interrupted else False
        if resume is not None:
            self._queue.start(overwrite, partial(recipe, resume=resume))
