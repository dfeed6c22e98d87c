"""Whether the files of a source are still what they were; known without opening it, and without torch."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sargui.core.errors import UnreadableRasterError
from sargui.core.paths import product_at

States = Mapping[Path, tuple[int, int, int]]


def states(path: Path) -> States:
    """Return size, time of change and number of a source's file, or of all files of a product that is a folder.

    What has a name that GDAL alone knows has none.
    """
    top = product_at(path)
    found: dict[Path, tuple[int, int, int]] = {}
    for file in top.rglob("*") if top.is_dir() else [top]:
        with suppress(OSError):  # it is gone
            if stat.S_ISREG((status := file.stat()).st_mode):
                found[file] = status.st_size, status.st_mtime_ns, status.st_ino
    return found


def refuse_changed(path: Path, before: States) -> None:
    """Refuse a source that has changed since `before`, as what was read of it may be of two minds.

    One that is gone has not changed: it was open all the time.

    Raises:
        UnreadableRasterError: it has changed.
    """
    if any(before.get(file, state) != state for file, state in states(path).items()):
        raise UnreadableRasterError(f"{product_at(path).name} has changed while it was read; start again.")


def in_words(found: States) -> str:
    """Return the size of all and the time of the last change, for a later process to compare; nothing of no files."""
    if not found:
        return ""
    return f"{sum(size for size, _, _ in found.values())} bytes, {max(changed for _, changed, _ in found.values())}"
