"""The session's own folder, for results that nobody has saved yet; and the folders of sessions that were killed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

from sargui.core.paths import SARZ
from sargui.engine.leftovers import Interrupted, interrupted
from sargui.engine.requests import Compress

PREFIX = "sargui-"


class OwnFolder(tempfile.TemporaryDirectory[str]):
    """A temporary folder, which `cleanup` removes with all that is in it."""

    def __init__(self) -> None:
        super().__init__(prefix=PREFIX, ignore_cleanup_errors=True)
        self._numbers = count(1)
        self._adopted: list[Path] = []

    def new_file(self) -> Path:
        """Return where the next compressed file goes."""
        return Path(self.name) / f"{next(self._numbers)}{SARZ}"

    def adopt(self, target: Path) -> Path:
        """Return a file in the folder of another session, which is removed with those of this one."""
        self._adopted.append(target)
        return target

    def cleanup(self) -> None:
        """Remove the folder, and what was adopted."""
        super().cleanup()
        for target in self._adopted:
            with suppress(OSError):
                target.unlink(missing_ok=True)
                target.parent.rmdir()  # unless that session has left more


def killed_before(request: Compress) -> Interrupted | None:
    """Return the run of what is asked that got furthest in a session that was killed, None if there is none."""
    return interrupted(request, _folders())


def _folders() -> Iterator[Path]:
    """Yield the folders of sessions of this user: others could put there what they like."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid():
                yield folder
