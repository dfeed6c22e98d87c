"""Compresses many files with the same settings, one after the other; each ends as done, failed or cancelled."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal, Slot

from sargui.core.errors import SarguiError
from sargui.core.types import Progress
from sargui.engine import dispatch
from sargui.engine.requests import Compress, Compressed
from sargui.gui import wording
from sargui.gui.job_runner import Execute, JobRunner
from sargui.gui.pace import Pace
from sargui.gui.queue_model import Entry, QueueModel, State, pixels_of
from sargui.gui.queue_plan import Conflict, find_conflicts, output_of, why
from sargui.gui.queue_work import Size, compress_with_pauses, survey
from sargui.gui.scene import is_compressed

log = logging.getLogger(__name__)

# The settings, as what makes a request of (source, target, overwrite=…): `Compress`, or `partial(Compress, model=…)`.
Recipe = Callable[..., Compress]


class BatchQueue(QObject):
    """The files, what becomes of them, and how long it takes. Every verb returns at once.

    `add`, then `conflicts`, which the user is asked about, then `start`; files may be added and started while others
    run. It works on a runner of its own, or on one that is given: while the queue is paused in the middle of a file,
    that one does urgent jobs alone.
    """

    changed = Signal()  # counts, progress, what can be done
    refused = Signal(str)  # a start that would fill the disk: one sentence; the files wait on
    busy_changed = Signal(bool)

    def __init__(
        self, execute: Execute = dispatch.execute, runner: JobRunner | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.model = QueueModel(self, lambda: self.paused)
        self.folder: Path | None = None
        self._execute = execute
        self._own = runner is None
        self._runner = runner or JobRunner(execute, self)
        self._plans: dict[int, list[tuple[Entry, Compress]]] = {}  # job that looks at files -> what it is about
        self._running: tuple[int, Entry] | None = None
        self._resumed = Event()  # all that the worker shares
        self._resumed.set()
        self._pace = Pace()
        self._busy = self._closed = False
        self._runner.progressed.connect(self._on_progressed)
        self._runner.finished.connect(self._on_finished)
        self._runner.failed.connect(self._on_failed)
        self._runner.cancelled.connect(self._on_cancelled)

    # What there is to know

    @property
    def busy(self) -> bool:
        """True while files that were started are not over."""
        return bool(self._running or self._plans or any(map(_is_ready, self.model.entries)))

    @property
    def paused(self) -> bool:
        """True between `pause` and `resume`."""
        return not self._resumed.is_set()

    @property
    def fresh(self) -> list[Entry]:
        """The files that wait for `start`."""
        planned = {entry for plan in self._plans.values() for entry, _ in plan}
        return [e for e in self.model.entries if e.state is State.WAITING and e.request is None and e not in planned]

    @property
    def fraction(self) -> float:
        """How much is done of the pixels of all files that were started and have not failed, 0 to 1."""
        done, total = pixels_of(self.model.entries)
        return done / total if total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the files that were started still take, None while nobody knows."""
        done, total = pixels_of(self.model.entries)
        return self._pace.seconds_for(total - done) if self.busy else None

    def count(self, *states: State) -> int:
        """Return how many files are in one of some states."""
        return sum(entry.state in states for entry in self.model.entries)

    # Verbs

    def add(self, sources: Iterable[Path]) -> None:
        """Append files; one that waits or runs already is not added again, and a .sarz fails at once."""
        known = {entry.source for entry in self.model.entries if entry.state in (State.WAITING, State.RUNNING)}
        entries = []
        for source in dict.fromkeys(path.absolute() for path in sources):
            if source not in known:
                entry = Entry(source, output_of(source, self.folder))
                if is_compressed(source):
                    entry.state, entry.message = State.FAILED, f"{source.name} is compressed already."
                entries.append(entry)
        self.model.append(entries)
        self.changed.emit()

    def choose_folder(self, folder: Path | None) -> None:
        """Write what is started from now on into one folder; None: beside each file."""
        self.folder = folder
        for entry in self.fresh:
            entry.target = output_of(entry.source, folder)
        self.changed.emit()

    def conflicts(self) -> list[Conflict]:
        """Return which outputs of the files that wait for `start` exist, or would be one file; to be asked about."""
        fresh = self.fresh
        return find_conflicts(fresh, [entry for entry in self.model.entries if entry not in fresh])

    def start(self, overwrite: bool, recipe: Recipe = Compress) -> None:
        """Compress the files that wait for it, once their sizes are known and the disk has room.

        Those whose outputs exist fail unless `overwrite`; those whose outputs would be one file fail but the first.
        """
        conflicts = {conflict.entry: conflict for conflict in self.conflicts()}
        plan = []
        for entry in self.fresh:
            conflict = conflicts.get(entry)
            if conflict is None or (conflict.rival is None and overwrite):
                plan.append((entry, recipe(entry.source, entry.target, overwrite=conflict is not None)))
            else:
                self._end(entry, State.FAILED, conflict.sentence)
        if plan and not self._closed:
            job = partial(survey, self._execute, [request for _, request in plan])
            self._plans[self._runner.submit(job, urgent=True)] = plan
        self._settle()

    def pause(self) -> None:
        """Stop after the current network window, until `resume`."""
        if self.busy and not self.paused:
            self._resumed.clear()
            self._say("Paused.")

    def resume(self) -> None:
        """Go on."""
        if self.paused:
            self._pace.go()
            self._resumed.set()
            self._say("")
            self._next()

    def cancel(self, entries: Iterable[Entry] | None = None) -> None:
        """Stop some files, or all: nothing of them is left. The running one stops after its network window."""
        for entry in list(self.model.entries if entries is None else entries):
            if self._running is not None and entry is self._running[1]:
                entry.message = "Stopping…"
                self.model.show(entry)
                self._runner.cancel(self._running[0])
            elif entry.state is State.WAITING:
                self._end(entry, State.CANCELLED)
        for number, plan in list(self._plans.items()):
            if all(entry.state is not State.WAITING for entry, _ in plan):
                self._runner.cancel(number)
        self._settle()

    def retry(self, entries: Iterable[Entry] | None = None) -> None:
        """Let some files that failed or were cancelled, or all that failed, wait for `start` again."""
        states = (State.FAILED,) if entries is None else (State.FAILED, State.CANCELLED)
        for entry in self.model.entries if entries is None else entries:
            if entry.state in states and not is_compressed(entry.source):
                entry.state, entry.message, entry.request, entry.pixels_done = State.WAITING, "", None, 0
                entry.target = output_of(entry.source, self.folder)
                self.model.show(entry)
        self.changed.emit()

    def remove(self, entries: Iterable[Entry]) -> None:
        """Take files out of the list, not from the disk; the running one is cancelled, and goes when it has stopped."""
        chosen = list(entries)
        for entry in chosen:
            entry.leaving = True
        self.cancel(chosen)
        self.model.remove([entry for entry in chosen if entry.state is not State.RUNNING])
        self.changed.emit()

    def clear_done(self) -> None:
        """Take the files that are done out of the list."""
        self.remove([entry for entry in self.model.entries if entry.state is State.DONE])

    def shutdown(self) -> None:
        """Cancel everything; join the thread if it is the queue's own."""
        self._closed = True
        self.cancel()
        if self._own:
            self._runner.shutdown()

    # Inside

    def _next(self) -> None:
        """Start the next file, unless one runs or the queue is paused."""
        entry = next(filter(_is_ready, self.model.entries), None)
        if entry is None or entry.request is None or self._running is not None or self.paused or self._closed:
            self._settle()
            return
        self._pace.go()
        entry.state, entry.message = State.RUNNING, "Starting…"
        self.model.show(entry)
        job = partial(compress_with_pauses, self._execute, self._resumed, entry.request)
        self._running = self._runner.submit(job), entry
        self.changed.emit()

    def _end(self, entry: Entry, state: State, message: str = "") -> None:
        entry.state, entry.message = state, message
        self.model.show(entry)
        log.info("%s is %s. %s", entry.source, state, message)

    def _end_running(self, state: State, message: str = "") -> None:
        """Take note that the running file is over, and go on with the next."""
        assert self._running is not None
        (_, entry), self._running = self._running, None
        self._end(entry, state, message)
        if entry.leaving:
            self.model.remove([entry])
        self._next()

    def _settle(self) -> None:
        """Say how things stand; a queue with nothing to do is not paused."""
        busy = self.busy
        if not busy:
            self._resumed.set()
        self.changed.emit()
        if self._busy != busy:
            self._busy = busy
            self.busy_changed.emit(busy)

    def _say(self, message: str) -> None:
        if self._running is not None:
            self._running[1].message = message
            self.model.show(self._running[1])
        self.changed.emit()

    # What comes back; the numbers of other jobs on a shared runner are nobody's here

    @Slot(int, object)
    def _on_progressed(self, number: int, progress: Progress) -> None:
        if self._running is None or self._running[0] != number:
            return
        entry = self._running[1]
        done = max(entry.pixels_done, min(progress.pixels_done, entry.pixels))  # a file may be coded more than once
        if not self.paused:
            self._pace.add(done - entry.pixels_done)
            entry.message = _sentence(progress)
        entry.pixels_done = done
        self.model.show(entry)
        self.changed.emit()

    @Slot(int, object)
    def _on_finished(self, number: int, result: object) -> None:
        if (plan := self._plans.pop(number, None)) is not None and isinstance(result, Sequence):
            self._accept(plan, result)
        elif self._running is not None and self._running[0] == number and isinstance(result, Compressed):
            self._running[1].result = result
            self._end_running(State.DONE, result.notice)

    @Slot(int, object)
    def _on_failed(self, number: int, error: SarguiError) -> None:
        if self._plans.pop(number, None) is not None:
            self.refused.emit(str(error))
            self._settle()
        elif self._running is not None and self._running[0] == number:
            self._end_running(State.FAILED, why(self._running[1].source, error))

    @Slot(int)
    def _on_cancelled(self, number: int) -> None:
        if self._plans.pop(number, None) is not None:
            self._settle()
        elif self._running is not None and self._running[0] == number:
            self._end_running(State.CANCELLED)

    def _accept(self, plan: Sequence[tuple[Entry, Compress]], sizes: Sequence[Size]) -> None:
        for (entry, request), size in zip(plan, sizes, strict=True):
            if entry.state is State.WAITING:  # not cancelled meanwhile
                entry.request, entry.pixels = request, size.pixels
        self._next()


def _is_ready(entry: Entry) -> bool:
    """Say whether a file waits for its turn alone."""
    return entry.state is State.WAITING and entry.request is not None


def _sentence(progress: Progress) -> str:
    """Return what happens to a file: "Compressing, tile 212 of 408"."""
    steps = f", tile {wording.whole(progress.done)} of {wording.whole(progress.total)}" if progress.total else ""
    return progress.stage[:1].upper() + progress.stage[1:] + steps
