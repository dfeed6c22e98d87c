"""The rate and the error of a compressed file as a point of a drawing, SVG that stands inside of a report's page.

Beside it, to see where it lies, what its checkpoint comes to in the mean over its validation images.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from sargui.core.types import ModelCard
from sargui.engine.validation import Point, validation_of

WIDTH, HEIGHT, LEFT, FOOT = 720, 240, 56, 44  # units of the drawing; LEFT and FOOT are for what stands at the axes
BEYOND, ABOVE = 2.0, 1.15  # how far the axes go: of rates beyond the least and the greatest, of errors beyond that
TICKS = 6  # at most, of errors
DENSE = 2.5  # decades of rates from which on there is a tick at each decade alone
POINT, SMALL = 5, 2.5  # radii


def rate_distortion(said: Mapping[str, Any], rmse_db: float, card: ModelCard) -> dict[str, Any]:
    """Return what a report says of rate and error; `said` is what a container says of itself."""
    found = validation_of(card)
    rows = () if found is None else zip(found.qualities, found.points, strict=True)
    points = [{"quality": quality, "bits_per_pixel": rate, "rmse_db": error} for quality, (rate, error) in rows]
    return {
        "bits_per_pixel": said["bits_per_pixel"],
        "rmse_db": rmse_db,
        "validation": None
        if found is None
        else {
            "checkpoint": card.name,
            "images": found.images,
            "mean": "geometric",
            "radiometric_correction": False,
            "points": points,
        },
    }


def drawing(found: Mapping[str, Any]) -> str:
    """Return the drawing of what `rate_distortion` returns, with the words that explain it."""
    here = _point(found)
    known = found["validation"]
    others = [_point(one) for one in known["points"]] if known else []
    rates = [rate for rate, _ in (here, *others)]
    low, high = math.log10(min(rates) / BEYOND), math.log10(max(rates) * BEYOND)
    top = ABOVE * max(error for _, error in (here, *others)) or 1.0

    def x(rate: float) -> float:
        return LEFT + (WIDTH - LEFT) * (math.log10(rate) - low) / (high - low)

    def y(error_db: float) -> float:
        return HEIGHT * (1 - error_db / top)

    line = "L".join(f"{x(rate):.1f} {y(error):.1f}" for rate, error in others)
    curve = f'<path class="original" d="M{line}"/>' if len(others) > 1 else ""
    shown = curve + "".join(_spot("original", x(rate), y(error), SMALL) for rate, error in others)
    shown += _spot("decoded", x(here[0]), y(here[1]), POINT)
    words = f"this file: {here[0]:.4f} bits per pixel, {here[1]:.3f} dB{_known(known)}"
    return (
        f'<svg class="drawing" viewBox="0 -8 {WIDTH} {HEIGHT + FOOT + 8}" role="img" aria-label="rate and error">'
        f'<path class="axis" d="M{LEFT} 0V{HEIGHT}H{WIDTH}"/>{_rates(low, high, x)}{_errors(top, y)}{shown}</svg>'
        f'<p><span class="key decoded"></span> {words}</p>'
    )


def _known(known: Mapping[str, Any] | None) -> str:
    """Return what the curve is of."""
    if known is None:
        return ""
    at = f"{len(known['points'])} qualities" if len(known["points"]) > 1 else "its quality"
    return (
        f'<br><span class="key original"></span> for orientation, not this scene: {escape(known["checkpoint"])} '
        f"at {at}, geometric mean over its {known['images']} validation images, without the radiometric correction"
    )


def _point(found: Mapping[str, Any]) -> Point:
    return found["bits_per_pixel"], found["rmse_db"]


def _spot(name: str, x: float, y: float, radius: float) -> str:
    return f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'


def _rates(low: float, high: float, x: Callable[[float], float]) -> str:
    """Return the words below the axis of rates, which is logarithmic: 0.1, 0.2, 0.5, 1, …"""
    steps = (1, 2, 5) if high - low < DENSE else (1,)
    decades = range(math.floor(low), math.ceil(high) + 1)
    rates = [step * 10.0**decade for decade in decades for step in steps]
    words = [(x(rate), f"{rate:g}") for rate in rates if low <= math.log10(rate) <= high]
    middle = [((LEFT + WIDTH) / 2, "bits per pixel")]
    return _words(words, HEIGHT + 16) + _words(middle, HEIGHT + 36)


def _words(places: Sequence[tuple[float, str]], y: float) -> str:
    return "".join(f'<text x="{x:.1f}" y="{y}">{word}</text>' for x, word in places)


def _errors(top: float, y: Callable[[float], float]) -> str:
    """Return the words beside the axis of errors, from 0 on."""
    decade = 10.0 ** math.floor(math.log10(top))
    step = next(step for step in (0.1 * decade, 0.2 * decade, 0.5 * decade, decade, 2 * decade) if top / step <= TICKS)
    places = (step * number for number in range(TICKS + 1))
    return "".join(
        f'<text class="side" x="{LEFT - 6}" y="{y(error) + 4:.1f}">{error:g} dB</text>'
        for error in places
        if error <= top
    )
