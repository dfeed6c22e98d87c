"""Finding the quality that reaches a target, with as few trials as may be.

Rate and error are monotone in the quality and nearly exponential in it, so false position on their logarithms
(the Illinois variant, Dowell and Jarratt, BIT 11, 1971) needs half a dozen trials.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from sargui.core.errors import InfeasibleRateError
from sargui.networks.quality import QUALITY_MAX

TOLERANCE = 0.003  # relative; trials stop when the measure is this close, from below
MAX_TRIALS = 12


def solve(measure: Callable[[int], float], target: float, *, rising: bool) -> int:
    """Return the quality 0..10000 whose measure is closest to `target` without exceeding it.

    Args:
        measure: what a quality gives (bytes, bits per pixel, rms error); monotone and positive.
        target: what is asked for.
        rising: whether the measure rises with the quality.

    Raises:
        InfeasibleRateError: even the extreme quality exceeds the target; `args[0]` is what it gives.
    """
    low, high = (0, QUALITY_MAX) if rising else (QUALITY_MAX, 0)

    def excess(quality: int) -> float:
        return math.log(max(measure(quality), 1e-12) / target)

    at_low, at_high = excess(low), excess(high)
    if at_low > 0:
        raise InfeasibleRateError(target * math.exp(at_low))
    if at_high <= 0:
        return high
    closest, last_below = at_low, None
    for _ in range(MAX_TRIALS):
        if -closest <= TOLERANCE or abs(high - low) <= 1:
            break
        middle = round(low + at_low / (at_low - at_high) * (high - low))
        middle = min(max(middle, min(low, high) + 1), max(low, high) - 1)
        at_middle = excess(middle)
        below = at_middle <= 0
        if below:
            low, at_low, closest = middle, at_middle, at_middle
            at_high /= 2 if last_below is True else 1
        else:
            high, at_high = middle, at_middle
            at_low /= 2 if last_below is False else 1
        last_below = below
    return low
