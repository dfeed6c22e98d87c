"""What a process does to the names in a folder, step by step, by Python's audit events; something is done before one.

What GDAL does is no step: it writes to its own hidden file alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

EVENTS = {"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate"}

_watched: list[Steps] = []


class Steps:
    """Counts the steps in a folder; before that of number `at`, from 1, `act` is called."""

    def __init__(self, folder: Path, at: int, act: Callable[[], None]) -> None:
        self.count = 0
        self._folder, self._at, self._act = str(folder), at, act

    def see(self, args: tuple[object, ...]) -> None:
        """Take note of an event, if it is about this folder."""
        if any(isinstance(arg, str | os.PathLike) and os.fspath(arg).startswith(self._folder) for arg in args):
            self.count += 1
            if self.count == self._at:
                self._act()


@contextmanager
def watching(steps: Steps) -> Iterator[Steps]:
    """Count steps in the `with` block."""
    _watched.append(steps)
    try:
        yield steps
    finally:
        _watched.remove(steps)


def _hook(event: str, args: tuple[object, ...]) -> None:
    if _watched and event in EVENTS:
        for steps in list(_watched):
            steps.see(args)


sys.addaudithook(_hook)  # for as long as the process lives: hooks cannot be taken back
