"""The histograms of original and reconstruction as a drawing, SVG that stands inside of a page."""

from __future__ import annotations

from collections.abc import Sequence

from sargui.engine.quality_report import Distributions
from sargui.engine.quality_words import MINUS

WIDTH, HEIGHT, FOOT = 720, 220, 24  # units of the drawing
TICKS = 6  # at most, along the axis of dB
MARGIN = 24  # where a tick would stand out


def histogram(found: Distributions) -> str:
    """Return the drawing; nothing where there were no pixels."""
    if not found.original_counts:
        return ""
    most = max(*found.original_counts, *found.decoded_counts)
    lines = (
        f'<path class="{name}" d="{_outline(counts, most)}"/>'
        for name, counts in (("original", found.original_counts), ("decoded", found.decoded_counts))
    )
    axis = "".join(
        f'<text x="{x:.1f}" y="{HEIGHT + FOOT - 6}">{f"{db:g}".replace("-", MINUS)} dB</text>'
        for x, db in _ticks(found.edges_db[0], found.edges_db[-1])
    )
    return (
        f'<svg class="drawing" viewBox="0 -2 {WIDTH} {HEIGHT + FOOT + 2}" role="img" aria-label="histograms">'
        f'{"".join(lines)}<path class="axis" d="M0 {HEIGHT}H{WIDTH}"/>{axis}</svg>'
        '<p><span class="key original"></span> original <span class="key decoded"></span> reconstruction</p>'
    )


def _outline(counts: Sequence[int], most: int) -> str:
    """Return the path of the steps of a histogram."""
    width = WIDTH / len(counts)
    steps = (f"V{HEIGHT * (1 - count / most):.1f}H{number * width:.1f}" for number, count in enumerate(counts, start=1))
    return f"M0 {HEIGHT}{''.join(steps)}V{HEIGHT}"


def _ticks(low: float, high: float) -> list[tuple[float, float]]:
    """Return places and values of some round numbers of dB."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if (high - low) / step <= TICKS)
    first = -(-low // step)
    places = (
        (WIDTH * ((first + number) * step - low) / (high - low), (first + number) * step) for number in range(TICKS + 1)
    )
    return [(x, db) for x, db in places if MARGIN <= x <= WIDTH - MARGIN]
