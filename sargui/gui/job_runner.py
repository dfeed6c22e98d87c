"""One long-lived worker thread that does jobs in order; every job ends as finished, failed or cancelled."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from sargui.core.errors import JobCancelled, SarguiError
from sargui.core.types import Progress, Report
from sargui.engine import dispatch
from sargui.engine.requests import Request

log = logging.getLogger(__name__)

Execute = Callable[[Request, Report, Event], Any]
Job = Callable[[Report, Event], Any]

REPORT_INTERVAL_S = 0.04  # 25 progress signals a second are as many as anybody sees


@dataclass(frozen=True, slots=True)
class _Ticket:
    """A job on its way: its number, what it does, and how to stop it. `slot` names what a newer job replaces."""

    number: int
    job: Job
    slot: str = ""
    cancel: Event = field(default_factory=Event)


class _Worker(QObject):
    """Lives in the worker thread. Knows no widget; shares nothing but the cancel event."""

    progressed = Signal(object)  # Progress
    finished = Signal(object)  # the result of the job
    failed = Signal(object)  # SarguiError, one sentence for the user
    cancelled = Signal()

    @Slot(object)
    def run(self, ticket: _Ticket) -> None:
        try:
            self.finished.emit(ticket.job(_Throttle(self.progressed.emit), ticket.cancel))
        except JobCancelled:
            self.cancelled.emit()
        except SarguiError as error:
            self.failed.emit(error)
        except MemoryError:
            log.exception("out of memory")
            self.failed.emit(SarguiError("There is not enough memory for this; close other programs and try again."))
        except Exception:  # a bug: the job must still end, or the window stays busy for ever
            log.exception("job %d crashed", ticket.number)
            self.failed.emit(SarguiError("Something unexpected went wrong; the log has the details (Help > Open Log)."))


class _Throttle:
    """A `Report` that lets through the first, the last, each new stage, and otherwise one per interval."""

    def __init__(self, emit: Report) -> None:
        self._emit = emit
        self._stage: str | None = None
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now >= self._next or progress.stage != self._stage or progress.done >= progress.total:
            self._stage, self._next = progress.stage, now + REPORT_INTERVAL_S
            self._emit(progress)


class JobRunner(QObject):
    """Runs jobs one after another in its thread; its signals arrive in the thread that made it.

    A job is an engine request, or a function `(report, cancel) -> result`. `submit` returns a number that every
    signal carries.
    """

    started = Signal(int)
    progressed = Signal(int, object)  # Progress
    finished = Signal(int, object)  # result
    failed = Signal(int, object)  # SarguiError
    cancelled = Signal(int)
    _run = Signal(object)

    def __init__(self, execute: Execute = dispatch.execute, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._execute = execute
        self._numbers = count(1)
        self._queue: deque[_Ticket] = deque()
        self._current: _Ticket | None = None
        self._closed = False
        self._thread = QThread(self)
        self._thread.setObjectName("sargui worker")
        self._worker = _Worker()
        self._worker.moveToThread(self._thread)
        self._run.connect(self._worker.run)
        self._worker.progressed.connect(self._on_progressed)
        self._worker.finished.connect(self._on_finished)
        self._worker.failed.connect(self._on_failed)
        self._worker.cancelled.connect(self._on_cancelled)
        self._thread.start()

    @property
    def idle(self) -> bool:
        """True when nothing runs and nothing waits."""
        return self._current is None and not self._queue

    def submit(self, job: Request | Job, slot: str = "") -> int:
        """Queue a job and return its number; jobs of the same named slot, waiting or running, are cancelled for it."""
        work: Job = job if callable(job) else lambda report, cancel: self._execute(job, report, cancel)
        ticket = _Ticket(next(self._numbers), work, slot)
        if self._closed:
            self.cancelled.emit(ticket.number)
            return ticket.number
        outdated = [older for older in self._queue if slot and older.slot == slot]
        for older in outdated:
            self._queue.remove(older)
        if slot and self._current is not None and self._current.slot == slot:
            self._current.cancel.set()
        self._queue.append(ticket)
        for older in outdated:
            self.cancelled.emit(older.number)
        self._start_next()
        return ticket.number

    def cancel(self, number: int | None = None) -> None:
        """Cancel one job, or all: the running one stops at its next tile, waiting ones never start."""
        dropped = [ticket for ticket in self._queue if number in (None, ticket.number)]
        for ticket in dropped:
            self._queue.remove(ticket)
        if self._current is not None and number in (None, self._current.number):
            self._current.cancel.set()
        for ticket in dropped:
            self.cancelled.emit(ticket.number)

    def shutdown(self) -> None:
        """Cancel everything and join the thread; jobs submitted later are cancelled at once."""
        self._closed = True
        self.cancel()
        self._thread.quit()
        self._thread.wait()
        if self._current is not None:  # its last signal is still in the queue, and nobody may be left to read it
            number, self._current = self._current.number, None
            self.cancelled.emit(number)

    def _start_next(self) -> None:
        if self._current is None and self._queue:
            self._current = self._queue.popleft()
            self.started.emit(self._current.number)
            self._run.emit(self._current)

    def _end(self) -> int | None:
        """Take note that the running job is over; return its number, None after `shutdown` has ended it."""
        number = self._current.number if self._current is not None else None
        self._current = None
        return number

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        if self._current is not None:
            self.progressed.emit(self._current.number, progress)

    @Slot(object)
    def _on_finished(self, result: object) -> None:
        if (number := self._end()) is not None:
            self.finished.emit(number, result)
            self._start_next()

    @Slot(object)
    def _on_failed(self, error: SarguiError) -> None:
        if (number := self._end()) is not None:
            self.failed.emit(number, error)
            self._start_next()

    @Slot()
    def _on_cancelled(self) -> None:
        if (number := self._end()) is not None:
            self.cancelled.emit(number)
            self._start_next()
