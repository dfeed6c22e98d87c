"""A queue whose engine can be held between two of its windows, and what the tests of the queue look at."""

from __future__ import annotations

from dataclasses import replace

from sargui.core.errors import AmbiguousKindError, UnreadableRasterError

from .fake_engine import TILES, FakeEngine

TIMEOUT_MS = 20_000


class QueueEngine(FakeEngine):
    """Fails on files called corrupt; knows pixels of its shape; counts the windows that it has coded."""

    def __init__(self):
        super().__init__()
        self.coded: list[str] = []
        self.windows = 0  # network windows that were coded of the last file

    def compress(self, request, report, cancel):
        if "corrupt" in request.source.name:
            raise UnreadableRasterError(f"{request.source.name} cannot be read: it is no raster.")
        if "vague" in request.source.name:
            raise AmbiguousKindError("pass --kind")
        self.coded.append(request.source.name)
        rows = self.shape[0] * self.shape[1] // TILES

        def with_pixels(progress):
            self.windows = progress.done
            report(replace(progress, pixels_done=progress.done * rows))

        return super().compress(request, with_pixels, cancel)


def states(queue):
    """The states of all files, from top to bottom."""
    return [entry.state for entry in queue.model.entries]


def over(queue, qtbot):
    """Wait until nothing is left to do."""
    qtbot.waitUntil(lambda: not queue.busy, timeout=TIMEOUT_MS)


def outputs(folder):
    """The names of what a queue has written, whole or not."""
    return sorted(path.name for path in folder.rglob("*") if path.suffix == ".sarz" or ".part" in path.name)


def made(folder, *names):
    """Make files, and their folders; return their paths."""
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"II*\0")
    return [folder / name for name in names]
