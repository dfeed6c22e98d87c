"""How a job keeps its promises to whoever waits for it: it can be stopped, and it knows where its time went."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import TypeVar

from sargui.core.errors import JobCancelled

Item = TypeVar("Item")


def stop_if(cancel: Event) -> None:
    """Raise JobCancelled if the user said stop."""
    if cancel.is_set():
        raise JobCancelled("Cancelled; nothing was written.")


def until(cancel: Event, items: Iterable[Item]) -> Generator[Item, None, None]:
    """Yield items, and raise JobCancelled instead of the next one if the user said stop."""
    for item in items:
        stop_if(cancel)
        yield item


def ahead(items: Generator[Item, None, None]) -> Generator[Item, None, None]:
    """Yield items, each made by another thread while the one before is worked on; close it to stop early.

    One thread alone runs through the items, never more than one ahead, and closes them; what it raises is raised in
    its turn.
    """
    end = object()
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as thread:
        following = thread.submit(next, items, end)
        try:
            while (item := following.result()) is not end:
                following = thread.submit(next, items, end)
                yield item  # type: ignore[misc]
        finally:
            del following  # what it raised holds this frame: a cycle
            thread.submit(items.close)


class Clock:
    """Adds up the seconds spent in named stages."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Count the time inside the `with` block as this stage's."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += time.perf_counter() - start

    def rounded(self) -> dict[str, float]:
        """Return the seconds by stage, to the millisecond."""
        return {stage: round(seconds, 3) for stage, seconds in self.seconds.items()}
