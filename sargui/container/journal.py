"""The journal of a part: what it was begun for and how far it is whole, so that it can be gone on with after a kill.

A text file beside the part, one JSON object a line: first what the part is for, then a mark for each step that is done.
It is locked for as long as a process works on the part. The system takes the lock from a process that is killed, so a
journal that can be locked is a leftover. Where files cannot be locked there are no journals.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Self

from sargui.container.checked import DamageError, Fields, integer, nested, number_between
from sargui.container.locks import lock

PART, JOURNAL = ".part", ".journal"
_NAME_CHARS = 40  # of the target's name in the part's; file systems allow 255 bytes in all
_OURS = re.compile(r"\..+\.[0-9a-f]{8}" + re.escape(JOURNAL), re.DOTALL)
_FLAGS = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_TRIES = 3  # whoever looks for leftovers just then may lock a new journal for a moment
_MAX_BYTES = 1 << 28  # of a journal: two million steps
_MAX_COUNT = 1 << 62


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a part is for: a job of so many `steps`. Whoever has the same `stamp` may go on with it."""

    steps: int
    stamp: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A step that is done: the part is whole up to byte `end`.

    `read` is a checksum of the pixels that the step was made from; the others are what a result will state of it.
    """

    end: int
    read: int
    estimated_bits: float = 0.0
    stream_bytes: int = 0


class Journal:
    """A journal that this process has locked; `marks` are of the steps that are done."""

    def __init__(self, path: Path, file: IO[bytes], target: str, purpose: Purpose) -> None:
        self.part = path.with_suffix(PART)
        self.target, self.purpose = target, purpose
        self.marks: list[Mark] = []
        self._path, self._file = path, file
        self._ends = [0]  # of the first line, then of that of each mark

    @classmethod
    def begin(cls, target: Path, purpose: Purpose) -> Self | None:
        """Return the journal of a part that is to be written; None where files cannot be locked.

        Raises:
            OSError: it cannot be written.
        """
        for _ in range(_TRIES):
            path = hidden(target, JOURNAL)
            journal = cls(path, open(path, "x+b"), target.name, purpose)  # noqa: SIM115 - open as long as the part
            try:
                if _locked(path, journal._file):
                    journal._write({"target": target.name, **asdict(purpose)})
                    journal._ends = [journal._file.tell()]
                    return journal
            except BaseException:
                journal.remove()
                raise
            journal.remove()
        return None

    @classmethod
    def claim(cls, path: Path) -> Self | None:
        """Return the journal at a path; None if somebody works on its part, or if it is no journal of ours."""
        try:
            file = os.fdopen(os.open(path, _FLAGS), "r+b")
        except OSError:
            return None
        with suppress(OSError, DamageError):
            if _locked(path, file):
                return cls._read(path, file)
        file.close()
        return None

    @property
    def fraction(self) -> float:
        """How much is done, 0 to 1."""
        return min(len(self.marks) / self.purpose.steps, 1.0)

    def begins_with(self, beginning: bytes) -> bool:
        """Say whether the part is there and begins with some bytes."""
        try:
            with open(self.part, "rb") as part:
                return not self.part.is_symlink() and part.read(len(beginning)) == beginning
        except OSError:
            return False

    def add(self, mark: Mark) -> None:
        """Take note of a step, whose bytes must be in the part by now.

        Raises:
            OSError: it cannot be written.
        """
        self._write(asdict(mark))
        self.marks.append(mark)
        self._ends.append(self._file.tell())

    def keep(self, count: int) -> None:
        """Keep the first marks alone; what is written after them is gone.

        Raises:
            OSError: it cannot be written.
        """
        del self.marks[count:], self._ends[count + 1 :]
        self._file.seek(self._ends[-1])
        self._file.truncate()

    def close(self) -> None:
        """Let go of it; it stays where it is."""
        with suppress(OSError):
            self._file.close()

    def remove(self) -> None:
        """Remove it; the part is somebody else's matter."""
        with suppress(OSError):
            os.unlink(self._path)  # while it is locked, where the system lets
        self.close()
        with suppress(OSError):
            os.unlink(self._path)  # Windows removes no open file

    def discard(self) -> None:
        """Remove it and its part."""
        with suppress(OSError):
            os.unlink(self.part)
        self.remove()

    @classmethod
    def _read(cls, path: Path, file: IO[bytes]) -> Self:
        """Return what is written; its marks end where a line is torn.

        Raises:
            DamageError: it does not say what it is for; OSError: it cannot be read.
        """
        first, *lines = file.read(_MAX_BYTES).splitlines(keepends=True) or [b""]
        fields = _fields(first)
        stamp = {name: _name(value) for name, value in nested(fields.get("stamp"), "stamp").items()}
        purpose = Purpose(integer(fields, "steps", 1, _MAX_COUNT), stamp)
        journal = cls(path, file, _name(fields.get("target")), purpose)
        journal._ends = [len(first)]
        with suppress(DamageError):
            for line in lines:
                journal.marks.append(_mark(_fields(line)))
                journal._ends.append(journal._ends[-1] + len(line))
        return journal

    def _write(self, content: Fields) -> None:
        self._file.write(json.dumps(content).encode("ascii") + b"\n")
        self._file.flush()


def hidden(target: Path, ending: str) -> Path:
    """Return a new name beside a target, for what is hidden there until the target is whole."""
    return target.with_name(f".{target.name[:_NAME_CHARS]}.{secrets.token_hex(4)}{ending}")


def leftovers(folder: Path, name: str | None = None) -> Iterator[Journal]:
    """Yield the journals in a folder whose parts nobody works on any more: of all targets, or of that of a name."""
    prefix = "." if name is None else f".{name[:_NAME_CHARS]}."
    try:
        found = sorted(entry for entry in os.listdir(folder) if entry.startswith(prefix) and _OURS.fullmatch(entry))
    except OSError:
        return
    for entry in found:
        journal = Journal.claim(folder / entry)
        if journal is not None and name in (None, journal.target):
            yield journal
        elif journal is not None:
            journal.close()


def _locked(path: Path, file: IO[bytes]) -> bool:
    """Lock a journal; say whether that went well, and nobody had removed it by then."""
    try:
        return bool(lock(file.fileno())) and os.path.samestat(os.stat(path), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _fields(line: bytes) -> Fields:
    """Return what a line says.

    Raises:
        DamageError: it is torn.
    """
    try:
        return nested(json.loads(line) if line.endswith(b"\n") else None, "a line")
    except (ValueError, RecursionError) as error:
        raise DamageError("a line is not valid JSON") from error


def _name(value: object) -> str:
    """Return a name, which may be one that UTF-8 cannot hold: file systems are no better."""
    if not isinstance(value, str):
        raise DamageError("a name is not a text")
    return value


def _mark(fields: Fields) -> Mark:
    return Mark(
        end=integer(fields, "end", 0, _MAX_COUNT),
        read=integer(fields, "read", 0, 0xFFFFFFFF),
        estimated_bits=number_between(fields, "estimated_bits", 0, _MAX_COUNT),
        stream_bytes=integer(fields, "stream_bytes", 0, _MAX_COUNT),
    )
