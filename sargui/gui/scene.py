"""What the session holds: the open scene, its compressed result, and the values under the cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sargui.core.paths import SARZ
from sargui.core.types import Effort, Kind, ProductInfo, Window
from sargui.engine.requests import Compressed, Picture, QualityReport, Rate

QUALITY = Rate()  # the default one


@dataclass(frozen=True, slots=True)
class Scene:
    """An open file; `kind` is the user's word where the file has none.

    Of a .sarz, `container` is what it says of itself, `original` where its original is, once that has been located,
    and `quality` what was measured against that.
    """

    path: Path
    info: ProductInfo
    kind: Kind | None = None
    container: Mapping[str, Any] | None = None
    original: Path | None = None
    quality: QualityReport | None = None

    @property
    def is_compressed(self) -> bool:
        """True for a .sarz, which has no original in it."""
        return is_compressed(self.path)

    @property
    def raster(self) -> Path | None:
        """The original; None for a .sarz whose original is not known."""
        return self.original if self.is_compressed else self.path


@dataclass(frozen=True, slots=True)
class Result:
    """A compressed scene in the session's own folder; `quality` None until measured, `saved` None until saved."""

    compressed: Compressed
    settings: Settings | None = None
    quality: QualityReport | None = None
    saved: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user has chosen: how to compress."""

    model: str
    rate: Rate = QUALITY
    effort: Effort = Effort.BEST
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class ReadOut:
    """The values at a pixel, in dB; None where a pane has none, NaN where void. `step` > 1: a mean of step² pixels."""

    row: int
    col: int
    step: int
    original_db: float | None
    decoded_db: float | None
    error_db: float | None


def is_compressed(path: Path) -> bool:
    """Return whether the file is a .sarz, by its name."""
    return path.suffix.lower() == SARZ


def covers(outer: Window, inner: Window) -> bool:
    """Return whether every pixel of `inner` is in `outer`."""
    return (
        outer.row <= inner.row
        and outer.col <= inner.col
        and outer.row + outer.rows >= inner.row + inner.rows
        and outer.col + outer.cols >= inner.col + inner.cols
    )


def grown(window: Window, shape: tuple[int, int]) -> Window:
    """Return the window with a quarter of its size on each side, inside a scene of `shape`."""
    rows, cols = window.rows // 4, window.cols // 4
    top, left = max(0, window.row - rows), max(0, window.col - cols)
    bottom = min(shape[0], window.row + window.rows + rows)
    right = min(shape[1], window.col + window.cols + cols)
    return Window(top, left, max(0, bottom - top), max(0, right - left))


def read_out(picture: Picture, row: int, col: int) -> ReadOut | None:
    """Return the values of a picture at a scene pixel, None outside of it."""
    if not covers(picture.window, Window(row, col, 1, 1)):
        return None
    at = (row - picture.window.row) // picture.step, (col - picture.window.col) // picture.step

    def value(values: NDArray[np.float32] | None) -> float | None:
        inside = values is not None and at[0] < values.shape[0] and at[1] < values.shape[1]
        return float(values[at]) if inside and values is not None else None

    return ReadOut(row, col, picture.step, *map(value, (picture.original_db, picture.decoded_db, picture.error_db)))
