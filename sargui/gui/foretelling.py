"""What the settings will come to, said before anything is written: at once by a guess, then by coding windows.

The guess is the checkpoint's rate over quality on its validation images, moved to agree with what has been measured
of this scene; so it follows the slider while it moves.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from sargui.core.errors import SarguiError
from sargui.core.tiling import CELL, ceil_div
from sargui.core.types import Window
from sargui.engine.picture import rms_of
from sargui.engine.requests import Picture, Rate, RateKind, Trial
from sargui.engine.views import FIRST_WINDOWS, Estimate, Estimated
from sargui.gui.curves import Aim, Curves, aim
from sargui.gui.errands import Errands
from sargui.gui.pictures import Pictures
from sargui.gui.scene import Scene

MOST_WINDOWS = 64  # that are coded only to foretell a size
SLOT = "estimate"

log = logging.getLogger(__name__)

_Float = TypeVar("_Float", np.float32, np.float64)


@dataclass(frozen=True, slots=True)
class Foretold:
    """A size that is foretold; `estimated` None: guessed. Of the visible part bits per pixel and rms error in dB."""

    file_bytes: float
    raw_bytes: int
    bits_per_pixel: float
    estimated: Estimated | None = None
    part_bits: float | None = None
    part_rmse_db: float | None = None

    @property
    def rates(self) -> list[Rate]:
        """What these settings come to, as rates that one might aim at."""
        error_db = self.part_rmse_db if self.estimated is None else self.estimated.rmse_db or self.part_rmse_db
        return [
            Rate(RateKind.BYTES, self.file_bytes),
            Rate(RateKind.RATIO, self.raw_bytes / self.file_bytes),
            Rate(RateKind.BITS_PER_PIXEL, self.bits_per_pixel),
            *([Rate(RateKind.RMSE_DB, error_db)] if error_db else []),
        ]


class Foretelling(QObject):
    """Follows the trial of a scene; `changed` brings a Foretold, or None while nothing is known of that trial.

    The whole scene is foretold after the visible part has come, or at once where too much is seen to be coded.
    """

    changed = Signal(object)

    def __init__(self, errands: Errands, pictures: Pictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._scene: Scene | None = None
        self._trial: Trial | None = None
        self._asked: Trial | None = None  # what the whole scene is being foretold of
        self._foretold: Foretold | None = None
        self._view: Window | None = None  # what is seen of the scene
        self.given_up = False  # nothing can be foretold of this trial
        self._part: tuple[Trial, Picture] | None = None  # the last visible part, and what it was coded by
        self._measured: tuple[Trial, Estimated] | None = None  # the last that was, of this scene
        self._error: tuple[Trial, float] | None = None  # the last rms error in dB that was measured, of either
        pictures.looked.connect(self._on_looked)
        pictures.too_far.connect(self._on_too_far)
        pictures.failed.connect(self._give_up)

    def of(self, scene: Scene, trial: Trial | None) -> None:
        """Foretell what a trial makes of a scene; None: nothing."""
        another = scene is not self._scene
        if another:
            self._measured = self._part = self._error = self._view = None
        self._scene, self._trial, self.given_up = scene, trial, False
        self.stop()
        if trial is None or another:
            self._say(None)  # a size that stays would be read as that of these settings

    def stop(self) -> None:
        """Code no more windows of the scene."""
        self._asked = None
        self._errands.drop(SLOT)

    def go_on(self) -> None:
        """Code what `stop` has left."""
        if not self.given_up:
            self._begin(errors=False)

    def look_at(self, view: Window) -> None:
        """Follow the visible part."""
        self._view = view
        if self._foretold is not None and self._foretold.part_bits is not None:
            self._say(self._with_part(self._foretold))

    def guess(self, curves: Curves | None, wanted: Trial) -> None:
        """Say at once what a trial may come to, from what is known of scene and checkpoint; or nothing."""
        if self._scene is None or self._measured is None:
            return
        trial, estimated = self._measured
        if wanted == trial:
            self._say(self._measured_size(trial, estimated))
            return
        if trial.model != wanted.model or (curves is None and wanted.quality != trial.quality):
            self._say(None)
            return
        factor = 1.0
        if curves is not None:
            factor = curves.bits_per_pixel(wanted.quality) / curves.bits_per_pixel(trial.quality)
        self._say(Foretold(estimated.file_bytes * factor, estimated.raw_bytes, estimated.bits_per_pixel * factor))

    def aim(self, curves: Curves | None, model: str, rate: Rate) -> Aim | None:
        """Return which quality reaches a target in this scene; None while nothing of it is known."""
        if curves is None:
            return None
        if rate.kind is RateKind.RMSE_DB:
            if self._error is None or self._error[0].model != model or not self._error[1]:
                return None
            trial, error_db = self._error
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
        """Take the figures of the visible part, and go on to the whole scene."""
        if self._scene is None or self._trial is None:
            return
        self._part = self._trial, picture
        if picture.rmse_db is not None:
            self._error = self._trial, picture.rmse_db
        if self._foretold is not None:
            self._say(self._with_part(self._foretold))
        self._begin(errors=False)

    def _on_too_far(self) -> None:
        """Foretell the whole scene, with its error: no part of it will be looked at."""
        self._begin(errors=True)

    def _begin(self, *, errors: bool) -> None:
        """Foretell the whole scene, unless that has been done or begun."""
        if self._trial is not None and self._trial not in (self._asked, self._measured and self._measured[0]):
            self._estimate(FIRST_WINDOWS, errors=errors)

    def _estimate(self, windows: int, *, errors: bool) -> None:
        assert self._scene is not None
        assert self._trial is not None
        self._asked = self._trial
        request = Estimate(self._scene.path, self._trial, windows, self._scene.kind, errors=errors)
        follow = partial(self._on_estimated, self._scene, self._trial)
        self._errands.submit(request, follow, partial(self._on_failed, self._trial), slot=SLOT)

    def _on_failed(self, trial: Trial, error: SarguiError) -> None:
        log.info("nothing is foretold: %s", error)
        if trial == self._trial:
            self._give_up()

    def _give_up(self) -> None:
        self.given_up = True
        self._say(None)

    def _on_estimated(self, scene: Scene, trial: Trial, estimated: Estimated) -> None:
        if scene is not self._scene or trial != self._trial:
            return
        self._measured, self._asked = (trial, estimated), None
        if estimated.rmse_db is not None:
            self._error = trial, estimated.rmse_db
        self._say(self._measured_size(trial, estimated))
        if self._trial == trial and estimated.windows < min(estimated.of_windows, MOST_WINDOWS):
            self._estimate(2 * estimated.windows, errors=estimated.rmse_db is not None)

    def _measured_size(self, trial: Trial, estimated: Estimated) -> Foretold:
        found = Foretold(estimated.file_bytes, estimated.raw_bytes, estimated.bits_per_pixel, estimated)
        return self._with_part(found) if self._part is not None and self._part[0] == trial else found

    def _with_part(self, foretold: Foretold) -> Foretold:
        """Return what is foretold with the figures of what is seen."""
        if self._part is None:
            return foretold
        bits, rmse_db = figures(self._part[1], self._view)
        return replace(foretold, part_bits=bits, part_rmse_db=rmse_db)

    def _say(self, foretold: Foretold | None) -> None:
        self._foretold = foretold
        self.changed.emit(foretold)


def bits_of(picture: Picture) -> float | None:
    """Return bits per pixel of the cells that a picture touches; None if it is not of a trial."""
    return None if picture.bits is None else float(picture.bits.mean()) / CELL**2


def figures(picture: Picture, view: Window | None) -> tuple[float | None, float | None]:
    """Return bits per pixel and rms error in dB of what is seen of a picture of a trial; None: of all of it."""
    if view is None or picture.window == view:
        return bits_of(picture), picture.rmse_db
    bits, error = (
        _cut(picture.bits, picture.window, view, CELL),
        _cut(picture.error_db, picture.window, view, picture.step),
    )
    return None if bits is None else float(bits.mean()) / CELL**2, rms_of(error)


def _cut(values: NDArray[_Float] | None, window: Window, view: Window, step: int) -> NDArray[_Float] | None:
    """Return those of a window's values, one for `step` pixels, that a view touches; None without any."""
    if values is None:
        return None
    spans = [
        slice(max(0, start // step - first // step), max(0, ceil_div(start + length, step) - first // step))
        for start, length, first in zip((view.row, view.col), view.shape, (window.row, window.col), strict=True)
    ]
    found = values[spans[0], spans[1]]
    return found if found.size else None
