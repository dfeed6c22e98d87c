"""Jobs with their follow-ups: where they are done, what becomes of their results, whether the user waits for them."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from sargui.core.errors import SarguiError
from sargui.core.types import Progress
from sargui.engine.dispatch import Engine, Request
from sargui.gui.job_runner import Execute, Job, JobRunner, Then, as_it_is

Done = Callable[[Any], None]
Failed = Callable[[SarguiError], None]
Stopped = Callable[[], None]


class Lane(Enum):
    """The two threads: one owns the network and its device, one reads rasters meanwhile."""

    MODEL = "sargui model"
    FILES = "sargui files"


_Key = tuple[Lane, int]


class Errands(QObject):
    """Sends jobs to the runner of a lane and calls `done` or `failed` when they end; busy while the user waits."""

    progressed = Signal(object)  # Progress of a job that the user waits for
    cancelled = Signal()  # a job that the user waited for
    busy_changed = Signal(bool)
    awaited_changed = Signal()  # what the user waits for

    def __init__(self, execute: Execute | None = None, parent: QObject | None = None) -> None:
        """Start a thread for each lane; `execute` runs requests in place of an engine for each."""
        super().__init__(parent)
        self._follow_ups: dict[_Key, tuple[Done, Failed, Stopped]] = {}
        self._awaited: dict[_Key, str] = {}  # with their slots
        self._busy = False
        self._engines = {lane: Engine() for lane in Lane}
        self._execute = {lane: execute or engine.execute for lane, engine in self._engines.items()}
        self._runners = {lane: JobRunner(execute, self, name=lane.value) for lane, execute in self._execute.items()}
        for lane, runner in self._runners.items():
            runner.progressed.connect(partial(self._on_progressed, lane))
            runner.finished.connect(partial(self._on_finished, lane))
            runner.failed.connect(partial(self._on_failed, lane))
            runner.cancelled.connect(partial(self._on_cancelled, lane))

    def execute(self, lane: Lane) -> Execute:
        """Return what runs requests in a lane, for jobs of several."""
        return self._execute[lane]

    @property
    def busy(self) -> bool:
        """True while a job runs that the user waits for."""
        return self._busy

    def awaits(self, slot: str) -> bool:
        """Return whether the user waits for a job of a slot."""
        return slot in self._awaited.values()

    def awaits_others(self, slot: str) -> bool:
        """Return whether the user waits for a job that is not of a slot."""
        return any(other != slot for other in self._awaited.values())

    @property
    def idle(self) -> bool:
        """True when nothing runs and nothing waits in any lane."""
        return all(runner.idle for runner in self._runners.values())

    def submit(
        self,
        job: Request | Job,
        done: Done,
        failed: Failed,
        *,
        lane: Lane = Lane.MODEL,
        slot: str = "",
        awaited: bool = False,
        urgent: bool = False,
        then: Then = as_it_is,
        stopped: Stopped | None = None,
    ) -> None:
        """Queue a job; see `JobRunner.submit`. `awaited` says that the user waits for it.

        `stopped` is called in place of the signal `cancelled`.
        """
        key = lane, self._runners[lane].submit(job, slot, urgent=urgent, then=then)
        self._follow_ups[key] = (done, failed, stopped or self.cancelled.emit)
        if awaited:
            self._awaited[key] = slot
        self._settle()

    def drop(self, slot: str) -> None:
        """Stop the jobs of a slot, wherever they are."""
        for runner in self._runners.values():
            runner.drop(slot)

    def cancel(self) -> None:
        """Stop the jobs that the user waits for, those in the queue first."""
        for lane, number in sorted(self._awaited, key=lambda key: -key[1]):
            self._runners[lane].cancel(number)

    def shutdown(self) -> None:
        """Cancel everything, join the threads, close what they had open."""
        for runner in self._runners.values():
            runner.shutdown()
        for engine in self._engines.values():
            engine.close()

    def _settle(self) -> None:
        if self._busy != bool(self._awaited):
            self._busy = bool(self._awaited)
            self.busy_changed.emit(self._busy)
        self.awaited_changed.emit()

    def _on_progressed(self, lane: Lane, number: int, progress: Progress) -> None:
        if (lane, number) in self._awaited:
            self.progressed.emit(progress)

    def _on_finished(self, lane: Lane, number: int, result: object) -> None:
        done, _, _ = self._follow_ups.pop((lane, number))
        try:
            done(result)  # may submit what follows: busy without a gap
        finally:
            self._end(lane, number)

    def _on_failed(self, lane: Lane, number: int, error: SarguiError) -> None:
        _, failed, _ = self._follow_ups.pop((lane, number))
        self._end(lane, number)
        failed(error)

    def _on_cancelled(self, lane: Lane, number: int) -> None:
        _, _, stopped = self._follow_ups.pop((lane, number), (None, None, self.cancelled.emit))
        if self._end(lane, number):
            stopped()

    def _end(self, lane: Lane, number: int) -> bool:
        """Take note that a job has ended; return whether the user waited for it."""
        if self._awaited.pop((lane, number), None) is None:
            return False
        self._settle()
        return True
