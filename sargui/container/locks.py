"""Locks on files, which the system takes from a process that ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_HELD = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)  # somebody has it; other errors: the file system has no locks
_FAR = 1 << 30  # a byte that no file reaches: on Windows, nobody can read what is locked


def lock(descriptor: int) -> bool | None:
    """Lock an open file for as long as it is open; False if somebody has it, None where files cannot be locked.

    Whoever opens the file again, in this process too, is somebody else.
    """
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _FAR, os.SEEK_SET)
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            finally:
                os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _HELD else None
    return True
