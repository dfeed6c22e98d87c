"""How fast a queue goes, and how long it still takes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

MEMORY_S = 30.0  # what is so long ago counts 1/e
KNOWN_AFTER_S = 2.0  # before that, an estimate is noise


class Pace:
    """Pixels per second, smoothed: both pixels and seconds of the past fade exponentially. Pauses do not count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pixels = self._seconds = 0.0
        self._last = clock()

    def go(self) -> None:
        """Start to count time, at the beginning or after a pause."""
        self._last = self._clock()

    def add(self, pixels: int) -> None:
        """Count pixels that have been done since the last call."""
        now = self._clock()
        elapsed_s, self._last = now - self._last, now
        kept = math.exp(-elapsed_s / MEMORY_S)
        self._pixels = self._pixels * kept + pixels
        self._seconds = self._seconds * kept + elapsed_s

    def seconds_for(self, pixels: int) -> float | None:
        """Return how long so many pixels take; None while nobody knows."""
        if self._seconds < KNOWN_AFTER_S or self._pixels <= 0:
            return None
        return pixels * self._seconds / self._pixels
