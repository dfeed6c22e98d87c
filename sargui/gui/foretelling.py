"""What the settings will come to, said before anything is written: at once by a guess, then by coding windows.

The guess is the checkpoint's rate over quality on its validation images, moved to agree with what has been measured
of this scene; so it follows the slider while it moves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal

from sargui.core.tiling import CELL
from sargui.engine.requests import Picture, Rate, RateKind, Trial
from sargui.engine.views import FIRST_WINDOWS, Estimate, Estimated
from sargui.gui.curves import Aim, Curves, aim
from sargui.gui.errands import Errands
from sargui.gui.pictures import Pictures
from sargui.gui.scene import Scene

MOST_WINDOWS = 64  # that are coded only to foretell a size
SLOT = "estimate"


@dataclass(frozen=True, slots=True)
class Foretold:
    """A size that is foretold; `estimated` None: guessed. Of the visible part bits per pixel and rms error in dB."""

    file_bytes: float
    raw_bytes: int
    bits_per_pixel: float
    estimated: Estimated | None = None
    part_bits: float | None = None
    part_rmse_db: float | None = None


class Foretelling(QObject):
    """Follows the trial of a scene; `changed` brings a Foretold, or None while nothing is known."""

    changed = Signal(object)

    def __init__(self, errands: Errands, pictures: Pictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._scene: Scene | None = None
        self._trial: Trial | None = None
        self._foretold: Foretold | None = None
        self._part: tuple[float | None, float | None] = (None, None)  # of the visible part: bits per pixel, rms error
        self._part_of: Trial | None = None  # what has them
        self._measured: tuple[Trial, Estimated] | None = None  # the last that was, of this scene
        pictures.looked.connect(self._on_looked)

    def of(self, scene: Scene, trial: Trial | None) -> None:
        """Foretell what a trial makes of a scene; None: nothing."""
        if scene is not self._scene:
            self._measured, self._part, self._part_of = None, (None, None), None
        self._scene, self._trial = scene, trial
        self._errands.drop(SLOT)
        if trial is None:
            self._say(None)

    def guess(self, curves: Curves | None, model: str, quality: float) -> None:
        """Say at once what a quality may come to, from what is known of this scene and of the checkpoint."""
        if self._scene is None or self._measured is None or curves is None:
            return
        trial, estimated = self._measured
        if trial.model != model:
            return
        factor = curves.bits_per_pixel(quality) / curves.bits_per_pixel(trial.quality)
        self._say(Foretold(estimated.file_bytes * factor, estimated.raw_bytes, estimated.bits_per_pixel * factor))

    def aim(self, curves: Curves | None, model: str, rate: Rate) -> Aim | None:
        """Return which quality reaches a target in this scene; None while nothing of it is known."""
        if curves is None:
            return None
        if rate.kind is RateKind.RMSE_DB:
            trial, (_, error_db) = self._part_of, self._part
            if trial is None or trial.model != model or not error_db:
                return None
            return aim(curves.rmse_db, (trial.quality, error_db), rate.value, cost_rises=False)
        if self._measured is None or self._measured[0].model != model:
            return None
        trial, estimated = self._measured
        if rate.kind is RateKind.BITS_PER_PIXEL:
            return aim(curves.bits_per_pixel, (trial.quality, estimated.bits_per_pixel), rate.value, cost_rises=True)
        raw = estimated.raw_bytes
        wanted = raw / rate.value if rate.kind is RateKind.RATIO else rate.value
        found = aim(curves.bits_per_pixel, (trial.quality, estimated.file_bytes), wanted, cost_rises=True)
        return replace(found, reached=raw / found.reached) if rate.kind is RateKind.RATIO else found

    def _on_looked(self, picture: Picture) -> None:
        """Take the bits of the visible part, and go on to the whole scene."""
        if self._scene is None or self._trial is None:
            return
        self._part, self._part_of = figures(picture), self._trial
        if self._foretold is not None:
            self._say(replace(self._foretold, part_bits=self._part[0], part_rmse_db=self._part[1]))
        if self._measured is None or self._measured[0] != self._trial:
            self._estimate(FIRST_WINDOWS)

    def _estimate(self, windows: int) -> None:
        assert self._scene is not None
        assert self._trial is not None
        request = Estimate(self._scene.path, self._trial, windows, self._scene.kind)
        follow = partial(self._on_estimated, self._scene, self._trial)
        self._errands.submit(request, follow, lambda error: None, slot=SLOT)

    def _on_estimated(self, scene: Scene, trial: Trial, estimated: Estimated) -> None:
        if scene is not self._scene or trial != self._trial:
            return
        self._measured = (trial, estimated)
        sizes = estimated.file_bytes, estimated.raw_bytes, estimated.bits_per_pixel
        self._say(Foretold(*sizes, estimated, *self._part))
        if estimated.windows < min(estimated.of_windows, MOST_WINDOWS):
            self._estimate(2 * estimated.windows)

    def _say(self, foretold: Foretold | None) -> None:
        self._foretold = foretold
        self.changed.emit(foretold)


def figures(picture: Picture) -> tuple[float | None, float | None]:
    """Return bits per pixel of the cells that a picture touches, and the rms error in dB of its pixels."""
    bits = None if picture.bits is None else float(picture.bits.mean()) / CELL**2
    error = picture.error_db
    valid = None if error is None else error[np.isfinite(error)].astype(np.float64)
    return bits, None if valid is None or not valid.size else float(np.sqrt(np.mean(valid**2)))
