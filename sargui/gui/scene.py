"""What the session holds: the open scene, its compressed result, and the values under the cursor."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sargui.core.kinds import stated_kind
from sargui.core.paths import SARZ
from sargui.core.tiling import grown
from sargui.core.types import Effort, Kind, ProductInfo, Window
from sargui.engine.requests import Compressed, Picture, QualityReport, Rate, Trial

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

    @property
    def title(self) -> str:
        """What the scene is called: lonely.sarz (of scene.tif)."""
        return f"{self.path.name} (of {self.info.name})" if self.is_compressed else self.info.name

    def kind_guessed(self, band: int) -> bool:
        """Return whether neither the file nor the user says what the numbers of a band are."""
        info, of_band = self.info, self.info.bands[band]
        if self.is_compressed or self.kind is not None or info.product or info.detected_from:
            return False
        labels = of_band.unit, of_band.description
        return of_band.kind is not Kind.EXACT and stated_kind(labels, (of_band.tags, info.tags)) is None


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
    keep_power: bool = True

    @property
    def asked(self) -> dict[str, Any]:
        """Return what a `Compress` asks for by them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def beside_file(self) -> dict[str, str]:
        """Return what a report says of them and a file does not."""
        power = "kept" if self.keep_power else "not kept"
        return {"effort": str(self.effort), "device": self.device, "mean_power": power}

    @classmethod
    def of(cls, trial: Trial) -> Settings:
        """Return the settings that a trial tries."""
        return cls(trial.model or "", Rate(value=trial.quality), trial.effort, keep_power=trial.keep_power)


@dataclass(frozen=True, slots=True)
class ReadOut:
    """The values at a pixel, in dB without any floor; None where a pane has none, NaN where void.

    Those at a `step` > 1 are means of step² pixels. Of a composite they are those of its first band, and `cross` those
    of the other.
    """

    row: int
    col: int
    step: int
    original_db: float | None
    decoded_db: float | None
    error_db: float | None
    band: int = 0
    cross: ReadOut | None = None


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


def with_surroundings(window: Window, shape: tuple[int, int], most: int) -> Window:
    """Return the window with a quarter of its size on each side, inside a scene of `shape`; sides up to `most` grow."""
    rows, cols = (min(side // 4, max(0, most - side) // 2) for side in window.shape)
    return grown(window, rows, cols, shape)


def read_out(pictures: Sequence[Picture], row: int, col: int) -> ReadOut | None:
    """Return the values at a scene pixel of a picture of one band, or of two that show the same; None outside of it."""
    picture, *others = pictures
    if not covers(picture.window, Window(row, col, 1, 1)):
        return None
    at = (row - picture.window.row) // picture.step, (col - picture.window.col) // picture.step

    def value(values: NDArray[np.float32] | None) -> float | None:
        inside = values is not None and at[0] < values.shape[0] and at[1] < values.shape[1]
        return float(values[at]) if inside and values is not None else None

    original, decoded = (_without(picture.floor, value(one)) for one in (picture.original_db, picture.decoded_db))
    error = value(picture.error_db)
    if original is not None and decoded is not None and math.isfinite(decoded - original):
        error = decoded - original
    cross = read_out(others, row, col) if others else None
    return ReadOut(row, col, picture.step, original, decoded, error, picture.band, cross)


def _without(floor: float, db: float | None) -> float | None:
    """Return a value in dB of a power to which a floor was added, without that; −∞ for no power at all."""
    if db is None or floor == 0 or not math.isfinite(db):
        return db
    power = 10 ** (db / 10) - floor
    return 10 * math.log10(power) if power > 0 else -math.inf
