"""How what is finished gets its name: in one step, so that there is always the old one or the new one, whole."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # of Linux: fcntl.h, linux/fs.h


def place_files(parts: Mapping[Path, Path], overwrite: bool) -> None:
    """Give finished files (values) the names of their targets (keys), all of them or none.

    Each name passes from the old file to the new one in one step; between two names the process may be killed.

    Raises:
        FileExistsError: a target is there and may not be overwritten.
        OSError: a file cannot be renamed.
    """
    old = {target: part.with_name(f"{part.name}.old") for target, part in list(parts.items())[:-1]}
    fresh = [target for target in old if not os.path.lexists(target)]
    try:
        for target, part in parts.items():
            if target in old:
                with suppress(OSError):  # there is none; or the file system has no links, and there is no way back
                    os.link(target, old[target])
            if overwrite:
                os.replace(part, target)
            else:
                rename_if_free(part, target)
    except BaseException:
        for target in old:
            with suppress(OSError):
                if target in fresh and not os.path.lexists(parts[target]):
                    target.unlink()
                elif target not in fresh:
                    os.replace(old[target], target)
        raise
    finally:
        for link in old.values():
            with suppress(OSError):
                link.unlink(missing_ok=True)


def discard(part: Path) -> None:
    """Remove an unfinished file, and all whose names begin with its own, as those of GDAL do; it need not be there."""
    for path in part.parent.iterdir() if part.parent.is_dir() else ():
        if path.name.startswith(part.name):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def rename_if_free(part: Path, target: Path) -> None:
    """Rename a file without replacing another: a link fails if the name is taken, which a rename does on Windows only.

    Raises:
        FileExistsError: the name is taken.
        OSError: the file cannot be renamed.
    """
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links, as FAT
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        os.rename(part, target)
    else:
        with suppress(OSError):
            os.unlink(part)


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system or the file system has no such step."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError):  # another C library
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)
