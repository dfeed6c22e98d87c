"""What a coding job measures on the way: the error it makes, and whether it knows scenes like this one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from sargui.core.tiling import windows
from sargui.core.types import MeasuredError, ModelCard, Void, Window
from sargui.engine.encoding import NETWORK_WINDOW, CodedWindow, Encoder
from sargui.engine.planes import BandPlane, evenly
from sargui.quality.texture import Texture, median, texture, unusual

WINDOWS = 8  # that are measured, of all bands together
PATCH = 256  # pixels: the parts whose textures are looked at


class Probe:
    """Measures windows spread over the bands of a scene while they are being coded.

    `everywhere` says that all is decoded anyway: then the error is `take`n from there.
    """

    def __init__(self, planes: Sequence[BandPlane], *, everywhere: bool) -> None:
        all_windows = [(plane, window) for plane in planes for window in windows(*plane.shape, NETWORK_WINDOW)]
        self._chosen = evenly(all_windows, WINDOWS)
        self._everywhere = everywhere
        self._squared_error, self._pixels = 0.0, 0
        self._textures: list[Texture] = []

    def take(self, squared_error: float, pixels: int) -> None:
        """Add squared errors in dB², and the number of pixels that made them."""
        self._squared_error, self._pixels = self._squared_error + squared_error, self._pixels + pixels

    def decodes(self, plane: BandPlane, window: Window) -> bool:
        """Return whether `look` will measure the error of a window, for which it needs its latents."""
        return not self._everywhere and (plane, window) in self._chosen

    def look(self, encoder: Encoder, plane: BandPlane, coded: CodedWindow, quality: int) -> None:
        """Measure a window that has just been coded, if it is one of the chosen."""
        if (plane, coded.window) not in self._chosen:
            return
        self._textures += _textures(coded)
        if not self._everywhere:
            self.take(*encoder.squared_errors(plane, coded, quality))

    @property
    def error(self) -> MeasuredError | None:
        """The error over all that was measured; None where nothing valid was."""
        return MeasuredError(self.rmse_db, self._pixels) if self._pixels else None

    @property
    def rmse_db(self) -> float:
        """The rms error in dB over all that was measured."""
        return math.sqrt(self._squared_error / max(self._pixels, 1))

    def remark(self, card: ModelCard) -> str:
        """Return a sentence if the scene is unlike what a checkpoint was trained on, else nothing."""
        if not self._textures or not (words := unusual(median(self._textures), _domain(card))):
            return ""
        return (
            f"This scene is unlike those that {card.name} was trained on ({'; '.join(words)}): "
            f"look at its error, {self.rmse_db:.2f} dB rms{'' if self._everywhere else ' where it was measured'}."
        )


def _domain(card: ModelCard) -> dict[str, tuple[float, float]]:
    """Return the range of each number of what a checkpoint was trained on; none if its card has no such ranges."""
    found: Any = card.training.get("domain")
    try:
        return {name: (float(low), float(high)) for name, (low, high) in found.items()}
    except (AttributeError, TypeError, ValueError):
        return {}


def _textures(coded: CodedWindow) -> list[Texture]:
    """Return the textures of a window's parts, of the size that training draws."""
    found = []
    for part in windows(*coded.window.shape, PATCH):
        place = np.s_[part.row : part.row + part.rows, part.col : part.col + part.cols]
        found.append(texture(10 * coded.x[place], coded.void[place] == Void.VALID))
    return [one for one in found if one is not None]
