"""Jobs with their follow-ups: what to do with the result, and whether the user waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from sargui.core.errors import SarguiError
from sargui.core.types import Progress
from sargui.engine.requests import Request
from sargui.gui.job_runner import Execute, Job, JobRunner

Done = Callable[[Any], None]
Failed = Callable[[SarguiError], None]


class Errands(QObject):
    """Sends jobs to a runner and calls `done` or `failed` when they end; busy while the user waits for one."""

    progressed = Signal(object)  # Progress of a job that the user waits for
    cancelled = Signal()  # a job that the user waited for
    busy_changed = Signal(bool)

    def __init__(self, execute: Execute, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._follow_ups: dict[int, tuple[Done, Failed]] = {}
        self._awaited: set[int] = set()
        self._busy = False
        self._runner = JobRunner(execute, self)
        self._runner.progressed.connect(self._on_progressed)
        self._runner.finished.connect(self._on_finished)
        self._runner.failed.connect(self._on_failed)
        self._runner.cancelled.connect(self._on_cancelled)

    @property
    def busy(self) -> bool:
        """True while a job runs that the user waits for."""
        return self._busy

    def submit(
        self,
        job: Request | Job,
        done: Done,
        failed: Failed,
        *,
        slot: str = "",
        awaited: bool = False,
        urgent: bool = False,
    ) -> None:
        """Queue a job; a newer one of the same named slot replaces it; `awaited` says that the user waits for it.

        An `urgent` one is done between the steps of the job that runs.
        """
        number = self._runner.submit(job, slot, urgent=urgent)
        self._follow_ups[number] = (done, failed)
        if awaited:
            self._awaited.add(number)
        self._settle()

    def cancel(self) -> None:
        """Stop the jobs that the user waits for, those in the queue first."""
        for number in sorted(self._awaited, reverse=True):
            self._runner.cancel(number)

    def shutdown(self) -> None:
        """Cancel everything and join the thread."""
        self._runner.shutdown()

    def _settle(self) -> None:
        if self._busy != bool(self._awaited):
            self._busy = bool(self._awaited)
            self.busy_changed.emit(self._busy)

    @Slot(int, object)
    def _on_progressed(self, number: int, progress: Progress) -> None:
        if number in self._awaited:
            self.progressed.emit(progress)

    @Slot(int, object)
    def _on_finished(self, number: int, result: object) -> None:
        done, _ = self._follow_ups.pop(number)
        try:
            done(result)  # may submit what follows: busy without a gap
        finally:
            self._awaited.discard(number)
            self._settle()

    @Slot(int, object)
    def _on_failed(self, number: int, error: SarguiError) -> None:
        _, failed = self._follow_ups.pop(number)
        self._awaited.discard(number)
        self._settle()
        failed(error)

    @Slot(int)
    def _on_cancelled(self, number: int) -> None:
        self._follow_ups.pop(number, None)
        if number in self._awaited:
            self._awaited.discard(number)
            self._settle()
            self.cancelled.emit()
