"""From what attention looks at to colors over the original, in true units: no map gets a stretch of its own.

Runs in the worker.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sargui.core.tiling import CELL
from sargui.core.types import Window
from sargui.engine.requests import AttentionPicture, Picture, Shows
from sargui.gui.shading import DIVERGING, SEQUENTIAL, Rgba, shade

GATE_RANGE = (0.0, 2.0)  # of every gate; at rest it is 1
OPAQUE_FROM = 0.25  # a gate so far from rest hides what is below as far as the opacity allows; at rest it hides nothing

Table = NDArray[np.uint8]
Strength = NDArray[np.floating] | float


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Colors (rows, cols) over a window, one for `step` pixels, and the values of the first and the last of them."""

    window: Window
    step: int
    colors: Rgba
    table: Table
    low: float
    high: float
    unit: str
    caption: str
    title: str = "Attention"


@dataclass(frozen=True, slots=True, eq=False)
class Attended:
    """What attention looks at, with its colors; no overlay where there is no map."""

    seen: AttentionPicture
    overlay: Overlay | None


def shade_attention(opacity: float, seen: AttentionPicture) -> Attended:
    """Return an attention picture with its colors; opacity 0..1."""
    if seen.map is None or seen.shows is None:
        return Attended(seen, None)
    strength: Strength = 1.0
    match seen.shows:
        case Shows.GATE:
            table, (low, high), unit, caption = DIVERGING, GATE_RANGE, "gate", "gate, at rest 1"
            strength = np.abs(seen.map - 1) / OPAQUE_FROM
        case Shows.WEIGHT:
            table, low, high = SEQUENTIAL, 0.0, _largest(seen.map)
            unit, caption = "weight", "weight in the average; all sum to 1"
            strength = np.sqrt(seen.map / high)
        case Shows.FEATURE:
            high = _largest(np.abs(seen.map))
            table, low, unit, caption = DIVERGING, -high, "", "feature, before its gate"
    colors = _translucent(shade(seen.map, low, high, table), opacity, strength)
    return Attended(seen, Overlay(seen.window, seen.stride, colors, table, low, high, unit, caption))


def shade_bits(opacity: float, picture: Picture) -> Overlay | None:
    """Return where the bits of a trial went, in bits per pixel of each cell of 16 × 16."""
    if picture.bits is None:
        return None
    values = (picture.bits / CELL**2).astype(np.float32)
    row, col = picture.window.row // CELL * CELL, picture.window.col // CELL * CELL
    window = Window(row, col, values.shape[0] * CELL, values.shape[1] * CELL)
    high = _largest(values)
    colors = _translucent(shade(values, 0.0, high, SEQUENTIAL), opacity)
    return Overlay(window, CELL, colors, SEQUENTIAL, 0.0, high, "bit", "bits per pixel", "Where the bits go")


def _largest(values: NDArray[np.float32]) -> float:
    """Return the largest finite value, a tiny one if there is none."""
    finite = values[np.isfinite(values)]
    return max(float(finite.max()), 1e-9) if finite.size else 1e-9


def _translucent(colors: Rgba, opacity: float, strength: Strength = 1.0) -> Rgba:
    """Return colors that let through what lies below, the more the weaker they are (0..1 or more)."""
    result = colors.copy()
    alpha = np.nan_to_num(255 * opacity * np.minimum(strength, 1.0))
    result[..., 3] = np.where(result[..., 3] > 0, np.rint(alpha), 0)
    return result
