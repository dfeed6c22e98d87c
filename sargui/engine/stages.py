"""How a job keeps its promises to whoever waits for it: it can be stopped, and it knows where its time went."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from sargui.core.errors import JobCancelled


def stop_if(cancel: Event) -> None:
    """Raise JobCancelled if the user said stop."""
    if cancel.is_set():
        raise JobCancelled("Cancelled; nothing was written.")


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
