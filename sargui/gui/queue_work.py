"""What the worker does for the queue: it looks at the files and the disk first, then compresses one, with pauses."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from sargui.core.errors import JobCancelled, SarguiError, TargetError
from sargui.core.types import Progress, Report
from sargui.engine.requests import Compress, Compressed, Describe
from sargui.gui import wording
from sargui.gui.job_runner import Execute
from sargui.gui.saving import compress_whole

CAREFUL_RATIO = 8  # of raw bytes to the file's: most files are far smaller, and few settings make larger ones
PAUSE_BEAT_S = 0.1  # how late a pause notices that it is over


@dataclass(frozen=True, slots=True)
class Size:
    """What a file needs: bytes of its raw pixels, and their number over all bands."""

    raw_bytes: int
    pixels: int


def survey(execute: Execute, requests: Sequence[Compress], report: Report, cancel: Event) -> list[Size]:
    """Return what each file needs, by its description; one that cannot be opened counts as its bytes on the disk.

    Raises:
        TargetError: a disk has less room than an eighth of the raw pixels that are to go there, a careful estimate.
        JobCancelled: `cancel` was set.
    """
    sizes = []
    for done, request in enumerate(requests, start=1):
        if cancel.is_set():
            raise JobCancelled("The queue was cancelled.")
        sizes.append(_size(execute, request, cancel))
        report(Progress(done, len(requests), "looking at the files"))
    _refuse_small_disks(requests, sizes)
    return sizes


def compress_with_pauses(
    execute: Execute, resumed: Event, request: Compress, report: Report, cancel: Event
) -> Compressed:
    """Compress a file; stand still between two reports, which come once a network window, until `resumed` is set.

    Raises:
        JobCancelled: `cancel` was set, in a pause too; and what the engine raises.
    """

    def report_and_wait(progress: Progress) -> None:
        report(progress)
        while not resumed.is_set() and not cancel.wait(PAUSE_BEAT_S):
            report(progress)  # the runner does urgent jobs there, in a pause too

    if request.overwrite:  # a cancel that comes too late does not take away what has replaced the old file
        done: Compressed = execute(request, report_and_wait, cancel)
        return done
    return compress_whole(execute, request, report_and_wait, cancel)


def _size(execute: Execute, request: Compress, cancel: Event) -> Size:
    try:
        info = execute(Describe(request.source, request.kind), lambda progress: None, cancel).info
    except SarguiError:  # compressing it will say what is wrong, or knows more: `detect` opens complex pixels
        stored = request.source.stat().st_size if request.source.is_file() else 0
        return Size(stored, stored)
    return Size(info.raw_bytes, info.rows * info.cols * len(info.bands))


def _refuse_small_disks(requests: Sequence[Compress], sizes: Sequence[Size]) -> None:
    """Raise TargetError for the first disk that is likely to be too small; missing folders are the engine's to name."""
    needed: defaultdict[int, int] = defaultdict(int)
    folders: dict[int, Path] = {}
    for request, size in zip(requests, sizes, strict=True):
        folder = request.target.parent
        if folder.is_dir():
            device = folder.stat().st_dev
            folders.setdefault(device, folder)
            needed[device] += size.raw_bytes // CAREFUL_RATIO
    for device, folder in folders.items():
        free = shutil.disk_usage(folder).free
        if free < needed[device]:
            raise TargetError(
                f"The disk of {folder} has {wording.size(free)} left, and the files may need up to "
                f"{wording.size(needed[device])}, an eighth of their pixels; make room, or choose another folder."
            )
