"""What a worker of a dask cluster does with a file: compress it, and verify what it wrote."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Lock
from typing import Any

from sargui import __version__
from sargui.container import check_target
from sargui.core.errors import DamagedFileError, InputError, JobCancelled, RequestError, SarguiError
from sargui.core.paths import is_virtual
from sargui.core.types import Progress
from sargui.engine.dispatch import execute, use_threads
from sargui.engine.requests import Compress, Compressed, Verified, Verify

POLL_S = 0.5  # how often one looks whether the user said stop
TRIM, MMAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's malloc.h
MMAP_BYTES = 128 << 10  # what glibc begins with, and would adapt if the other was not set
KEPT_BYTES = 32 << 20  # what it adapts to at most

_alone = Lock()  # a file has all threads of a worker: more files at once would want more memory


def dask() -> Any:
    """Return dask.distributed, which is an extra, and takes half a second to load.

    Raises:
        RequestError: it is not installed.
    """
    try:
        import distributed
    except ImportError as error:
        raise RequestError("A cluster needs dask.distributed; install it with: pip install 'sargui[dask]'") from error
    return distributed


def work(version: str, request: Compress, stop: str, key: str) -> Compressed | SarguiError:
    """Compress and verify a file. What the user shall read of it is a result, too; what nobody foresaw raises.

    Where there was a run before this one, its worker died, or its answer was lost on the way. It left word that it had
    found the target free, so what is there now is its own, and is made again; what it had not finished is gone on with.

    Args:
        version: that of the client.
        request: what to compress, with paths that mean the same everywhere.
        stop: the event that is set when the user says stop.
        key: of this task, and of the event that is set when it is begun.
    """
    worker, begun, cancel = dask().get_worker(), dask().Event(key), _Stop(stop)
    with _alone, memory_kept():
        try:
            check_version(worker.address, __version__, version)
            _check_sight(worker.address, request)
            if begun.is_set():
                request = replace(request, overwrite=True, resume=True)
            elif not (request.resume and request.target.exists()):  # what is there is finished, or will be refused
                check_target(request.target, request.overwrite)
                begun.set()
            use_threads(worker.state.nthreads)
            compressed: Compressed = execute(request, _unheard, cancel)
            if not compressed.kept:
                verify(request, cancel)
        except SarguiError as error:
            return error
    return compressed


def verify(request: Compress, cancel: Event) -> None:
    """Read and decode what was written for a request, and remove it if it is damaged.

    Raises:
        DamagedFileError: it was.
        JobCancelled: the user said stop; the file stays.
    """
    name = request.target.name
    try:
        verified: Verified = execute(Verify(request.target, device=request.device), _unheard, cancel)
    except JobCancelled as error:
        raise JobCancelled(f"Cancelled; {name} is complete but not verified: see `sargui verify`.") from error
    if verified.damaged:
        request.target.unlink(missing_ok=True)
        raise DamagedFileError(f"{name} was damaged on its way to the disk, so it was removed; compress it again.")


def check_version(worker: str, there: str, here: str) -> None:
    """Raise RequestError unless a worker has the client's version of this program."""
    if there != here:
        raise RequestError(
            f"sargui is {here} here, and {there} on the worker {worker}; install the same version everywhere."
        )


@contextmanager
def memory_kept() -> Iterator[None]:
    """Let malloc keep what is freed, in the `with` block.

    dask has its workers give memory back at once (MALLOC_TRIM_THRESHOLD_). So each large array comes as new pages, and
    filling them with zeros takes longer than all that is computed in them.
    """
    trim_bytes = os.environ.get("MALLOC_TRIM_THRESHOLD_", "")
    libc: Any = ctypes.CDLL(None) if sys.platform == "linux" and trim_bytes.isdecimal() else None
    if not hasattr(libc, "mallopt"):  # another C library
        yield
        return
    libc.mallopt(MMAP, KEPT_BYTES)
    libc.mallopt(TRIM, 2 * KEPT_BYTES)
    try:
        yield
    finally:
        libc.mallopt(MMAP, MMAP_BYTES)
        libc.mallopt(TRIM, int(trim_bytes))
        libc.malloc_trim(0)


class _Stop(Event):
    """Is set when the user says stop: asks the scheduler, every now and then."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._event, self._next_s = dask().Event(name), 0.0

    def is_set(self) -> bool:
        """Say whether the user said stop."""
        if not super().is_set() and time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + POLL_S
            if self._event.is_set():
                self.set()
        return super().is_set()


def _check_sight(worker: str, request: Compress) -> None:
    for path in (request.source, request.target.parent):
        if not is_virtual(path) and not os.path.exists(path):
            raise InputError(
                f"The worker {worker} does not see {path}; client and workers need the same files at the same paths."
            )


def _unheard(progress: Progress) -> None:
    pass
