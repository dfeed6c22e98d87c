"""One long-lived worker thread that does jobs in order; every job ends as finished, failed or cancelled.

An urgent job does not wait for the one that runs: it is done where that one reports, between two of its steps.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from sargui.core.errors import JobCancelled, SarguiError, is_memory_full
from sargui.core.types import Progress, Report
from sargui.engine import dispatch
from sargui.engine.dispatch import Request

log = logging.getLogger(__name__)

Execute = Callable[[Request, Report, Event], Any]
Job = Callable[[Report, Event], Any]
Then = Callable[[Any], Any]

REPORT_INTERVAL_S = 0.04  # 25 progress signals a second are as many as anybody sees


def as_it_is(result: Any) -> Any:
    """Return what a request brought."""
    return result


@dataclass(frozen=True, slots=True)
class _Ticket:
    """A job on its way: its number, what it does, and how to stop it. `slot` names what a newer job replaces."""

    number: int
    job: Job
    slot: str = ""
    cancel: Event = field(default_factory=Event)


class _Worker(QObject):
    """Lives in the worker thread. Knows no widget; shares nothing but cancel events and the queue of urgent jobs."""

    progressed = Signal(int, object)  # Progress
    finished = Signal(int, object)  # the result of the job
    failed = Signal(int, object)  # SarguiError, one sentence for the user
    cancelled = Signal(int)

    def __init__(self, urgent: SimpleQueue[_Ticket]) -> None:
        super().__init__()
        self._urgent = urgent

    @Slot(object)
    def run(self, ticket: _Ticket) -> None:
        number = ticket.number
        if ticket.cancel.is_set():
            self.cancelled.emit(number)
            return
        try:
            report = _Throttle(partial(self.progressed.emit, number), self._serve)
            self.finished.emit(number, ticket.job(report, ticket.cancel))
        except JobCancelled:
            self.cancelled.emit(number)
        except SarguiError as error:
            self.failed.emit(number, error)
        except Exception as error:  # a bug, or no memory: the job must still end, or the window stays busy for ever
            log.exception("job %d crashed", number)
            sentence = "Something unexpected went wrong; the log has the details (Help > Open Log)."
            if is_memory_full(error):
                sentence = "There is not enough memory for this; close other programs and try again."
            self.failed.emit(number, SarguiError(sentence))

    def _serve(self) -> None:
        """Do the urgent jobs, each to its end; what is urgent meanwhile is done in between them."""
        with suppress(Empty):
            while True:
                self.run(self._urgent.get_nowait())


class _Throttle:
    """A `Report` that lets through the first, the last, each new stage, and otherwise one per interval."""

    def __init__(self, emit: Report, serve: Callable[[], None]) -> None:
        self._emit, self._serve = emit, serve
        self._stage: str | None = None
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        self._serve()
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

    def __init__(
        self, execute: Execute = dispatch.execute, parent: QObject | None = None, name: str = "sargui worker"
    ) -> None:
        super().__init__(parent)
        self._execute = execute
        self._numbers = count(1)
        self._queue: deque[_Ticket] = deque()
        self._current: _Ticket | None = None
        self._urgent: SimpleQueue[_Ticket] = SimpleQueue()
        self._between: dict[int, _Ticket] = {}  # urgent jobs that the worker was given beside the current one
        self._closed = False
        self._thread = QThread(self)
        self._thread.setObjectName(name)
        self._worker = _Worker(self._urgent)
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

    def submit(self, job: Request | Job, slot: str = "", *, urgent: bool = False, then: Then = as_it_is) -> int:
        """Queue a job and return its number; jobs of the same named slot, waiting or running, are cancelled for it.

        An `urgent` one is done between the steps of the job that runs. `then` makes of what a request brings what is
        wanted of it, in the worker too.
        """
        work: Job = job if callable(job) else lambda report, cancel: then(self._execute(job, report, cancel))
        ticket = _Ticket(next(self._numbers), work, slot)
        if self._closed:
            self.cancelled.emit(ticket.number)
            return ticket.number
        outdated = [older for older in self._queue if slot and older.slot == slot]
        for older in outdated:
            self._queue.remove(older)
        for running in self._running():
            if slot and running.slot == slot:
                running.cancel.set()
        if urgent and self._current is not None:
            self._between[ticket.number] = ticket
            self._urgent.put(ticket)
        elif urgent:
            self._queue.appendleft(ticket)
        else:
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
        for ticket in self._running():
            if number in (None, ticket.number):
                ticket.cancel.set()
        for ticket in dropped:
            self.cancelled.emit(ticket.number)

    def drop(self, slot: str) -> None:
        """Cancel the jobs of a slot."""
        for ticket in [*self._queue, *self._running()]:
            if ticket.slot == slot:
                self.cancel(ticket.number)

    def shutdown(self) -> None:
        """Cancel everything and join the thread; jobs submitted later are cancelled at once."""
        self._closed = True
        self.cancel()
        self._thread.quit()
        self._thread.wait()
        left = self._running()  # their last signals are still on the way, and nobody may be left to read them
        self._current, self._between = None, {}
        for ticket in left:
            self.cancelled.emit(ticket.number)

    def _running(self) -> list[_Ticket]:
        """Return the current job and the urgent ones that the worker has or will have."""
        return [*([self._current] if self._current is not None else []), *self._between.values()]

    def _start_next(self) -> None:
        if self._current is None and self._queue:
            self._current = self._queue.popleft()
            self.started.emit(self._current.number)
            self._run.emit(self._current)

    def _end(self, number: int) -> bool:
        """Take note that a job is over; return whether anybody still waits for it: not after `shutdown`."""
        if self._between.pop(number, None) is not None:
            return True
        if self._current is None or self._current.number != number:
            return False
        self._current = None
        late: list[_Ticket] = []  # what came too late to be done in between
        with suppress(Empty):
            while True:
                late.append(self._urgent.get_nowait())
        for ticket in reversed(late):
            del self._between[ticket.number]
            self._queue.appendleft(ticket)
        return True

    @Slot(int, object)
    def _on_progressed(self, number: int, progress: Progress) -> None:
        if any(ticket.number == number for ticket in self._running()):
            self.progressed.emit(number, progress)

    @Slot(int, object)
    def _on_finished(self, number: int, result: object) -> None:
        if self._end(number):
            self.finished.emit(number, result)
            self._start_next()

    @Slot(int, object)
    def _on_failed(self, number: int, error: SarguiError) -> None:
        if self._end(number):
            self.failed.emit(number, error)
            self._start_next()

    @Slot(int)
    def _on_cancelled(self, number: int) -> None:
        if self._end(number):
            self.cancelled.emit(number)
            self._start_next()
