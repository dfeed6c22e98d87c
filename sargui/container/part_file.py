"""A file that grows beside its target and takes its place only when it is complete.

With a journal beside it, what a kill leaves of it can be gone on with.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sargui.container.journal import PART, Journal, Mark, Purpose, hidden
from sargui.container.reader import is_sarz
from sargui.core.errors import TargetError
from sargui.core.paths import SARZ, cannot_write, check_place
from sargui.core.placing import rename_if_free

_BUFFER_BYTES = 1 << 20


class PartFile:
    """Writes `.NAME.XXXXXXXX.part` in the target's folder; `place` renames it, `discard` removes it."""

    def __init__(
        self, target: Path, overwrite: bool, purpose: Purpose | None = None, leftover: Journal | None = None
    ) -> None:
        """Start a file; with a `purpose`, it has a journal. A `leftover` is gone on with instead.

        Raises:
            TargetError: the target must not be written, or cannot be.
        """
        check_target(target, overwrite)
        self._asked = target
        self._target = Path(os.path.realpath(target))  # a link keeps pointing where it does
        self._overwrite = overwrite
        self._open = False
        self.position = 0
        with self._in_words(), ExitStack() as undo:
            self._journal = leftover
            if leftover is None and purpose is not None:
                self._journal = Journal.begin(self._target, purpose)
            if self._journal is not None:
                undo.callback(self._journal.remove)
            self._part = hidden(self._target, PART) if self._journal is None else self._journal.part
            self._file = open(self._part, "x+b" if leftover is None else "r+b", _BUFFER_BYTES)  # noqa: SIM115
            self._open = True
            undo.pop_all()

    def write(self, data: bytes) -> None:
        """Append bytes.

        Raises:
            TargetError: they cannot be written.
        """
        with self._in_words():
            self._file.write(data)
        self.position += len(data)

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes that were written; fewer if there are no more.

        Raises:
            TargetError: they cannot be read.
        """
        with self._in_words():
            self._file.seek(offset)
            data = self._file.read(length)
            self._file.seek(self.position)
        return data

    def mark(self, mark: Mark) -> None:
        """Take note of a step that is done, if there is a journal: a kill leaves that much.

        Raises:
            TargetError: it cannot be written.
        """
        if self._journal is not None:
            with self._in_words():
                self._file.flush()
                self._journal.add(mark)

    def cut(self, end: int, marks: int) -> None:
        """Go on after so many bytes and marks of a leftover.

        Raises:
            TargetError: it cannot be written.
        """
        with self._in_words():
            self._file.truncate(end)
            self._file.seek(end)
            self.position = end
            if self._journal is not None:
                self._journal.keep(marks)

    def place(self) -> None:
        """Make everything durable and give the file its name.

        Raises:
            TargetError: the disk is full, or a file of that name has appeared meanwhile.
        """
        with self._in_words():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()  # Windows renames no open file
            if self._overwrite:
                os.replace(self._part, self._target)
            else:
                rename_if_free(self._part, self._target)
        if self._journal is not None:
            self._journal.remove()
        self._open = False  # not before: Ctrl-C might come, and `discard` has a journal to remove
        _sync_folder(self._target.parent)

    def discard(self) -> None:
        """Remove the file, unless it is placed already."""
        if not self._open:
            return
        self._open = False
        with suppress(OSError):
            self._file.close()  # tries to flush once more
        with suppress(OSError):
            os.unlink(self._part)
        if self._journal is not None:
            self._journal.remove()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TargetError(cannot_write(self._asked, error)) from error


def check_target(target: Path, overwrite: bool) -> None:
    """Refuse a target that exists, unless it may be overwritten: only a container ever is, or what is named like one.

    Raises:
        TargetError: it must not be written.
    """
    if os.path.isfile(target) and not claims_sarz(target):
        raise TargetError(f"{target.name} exists and is not a .sarz file, so it is kept; choose another name.")
    check_place(target, overwrite)


def claims_sarz(path: Path) -> bool:
    """Say whether a file is a container, or is at least named like one."""
    return path.suffix.lower() == SARZ or is_sarz(path)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too, where folders can be opened (not on Windows)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
