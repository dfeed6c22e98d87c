"""Finding the quality that reaches a target, with as few trials as may be.

Rate and error are monotone in the quality and nearly exponential in it, so false position on their logarithms
(the Illinois variant, Dowell and Jarratt, BIT 11, 1971) needs half a dozen trials. On small scenes they are not quite
monotone; then the best that was met counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from sargui.core.errors import InfeasibleRateError
from sargui.networks.quality import QUALITY_MAX

TOLERANCE = 0.003  # relative; trials stop when the measure is this close, from below
MAX_TRIALS = 12
WAVE = 0.005  # relative; if nothing came this close, what lies around is tried, for small scenes waver by as much
AROUND = [sign * 4 * step for step in range(1, 7) for sign in (1, -1)]  # hundredths of quality


def solve(
    measure: Callable[[int], float], target: float, *, rising: bool, known: dict[int, float] | None = None
) -> int:
    """Return the quality 0..10000 whose measure is closest to `target` without exceeding it.

    Args:
        measure: what a quality gives (bytes, bits per pixel, rms error); nearly monotone, not negative.
        target: what is asked for.
        rising: whether the measure rises with the quality.
        known: what qualities were measured to give; used, and added to, so that another target costs less.

    Raises:
        InfeasibleRateError: even the extreme quality exceeds the target; `args[0]` is what it gives.
    """
    found = {} if known is None else known
    first, last = (0, QUALITY_MAX) if rising else (QUALITY_MAX, 0)

    def excess(quality: int) -> float:
        if quality not in found:
            found[quality] = measure(quality)
        return math.log(max(found[quality], 1e-12) / target)

    if excess(first) > 0:
        raise InfeasibleRateError(found[first])
    if excess(last) <= 0:
        return last
    low = max((quality for quality in found if excess(quality) <= 0), key=excess)
    high = min((q for q in found if excess(q) > 0 and (q > low) == rising), key=lambda q: abs(q - low))
    at_low, at_high, last_below = excess(low), excess(high), None
    for _ in range(MAX_TRIALS):
        if -excess(low) <= TOLERANCE or abs(high - low) <= 1:
            break
        middle = round(low + at_low / (at_low - at_high) * (high - low))
        middle = min(max(middle, min(low, high) + 1), max(low, high) - 1)
        at_middle = excess(middle)
        below = at_middle <= 0
        if below:
            low, at_low = middle, at_middle
            at_high /= 2 if last_below is True else 1
        else:
            high, at_high = middle, at_middle
            at_low /= 2 if last_below is False else 1
        last_below = below
    for offset in AROUND:
        best = max((quality for quality in found if excess(quality) <= 0), key=excess)
        if -excess(best) <= WAVE:
            break
        excess(min(max(low + offset, 0), QUALITY_MAX))
    return max((quality for quality in found if excess(quality) <= 0), key=excess)
