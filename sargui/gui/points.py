"""What was tried or compressed in a scene, as points of rate and error; and the curve of a checkpoint through them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from sargui.core.types import Window
from sargui.engine.requests import Picture, Trial
from sargui.gui.curves import QUALITIES, Curves
from sargui.gui.foretelling import bits_of
from sargui.gui.scene import Result, Settings
from sargui.gui.session import Session

STEPS = 51  # of the curve


@dataclass(frozen=True, slots=True)
class Point:
    """What settings made: of the whole scene, measured, or of a part of it (`part`) that was seen."""

    settings: Settings
    quality: float  # 0..100
    bits_per_pixel: float
    rmse_db: float
    part: Window | None = None


class Points(QObject):
    """Collects them as they come, the newest last."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.all: list[Point] = []
        self._session = session
        session.opened.connect(self.clear)
        session.pictures.looked.connect(self._on_looked)
        session.evaluated.connect(self._on_evaluated)

    @property
    def current(self) -> Point | None:
        """The point of what is shown, which may be what was wanted before; None without any."""
        version, result = self._session.pictures.shown, self._session.result
        tried = isinstance(version, Trial)
        settings = Settings.of(version) if isinstance(version, Trial) else None if result is None else result.settings
        of_it = (point for point in self.all if point.settings == settings and tried is (point.part is not None))
        return next(of_it, None)

    def clear(self) -> None:
        """Forget those of another scene."""
        self.all = []
        self.changed.emit()

    def _on_looked(self, picture: Picture) -> None:
        trial = self._session.pictures.version
        bits, rmse_db = bits_of(picture), picture.rmse_db
        if isinstance(trial, Trial) and bits is not None and rmse_db is not None:
            self._add(Point(Settings.of(trial), trial.quality, bits, rmse_db, picture.window))

    def _on_evaluated(self, result: Result) -> None:
        if result.settings is not None and result.quality is not None:
            done = result.compressed
            self._add(Point(result.settings, done.quality, done.bits_per_pixel, result.quality.rmse_db))

    def _add(self, point: Point) -> None:
        """Add a point; one of the same settings, of a part as well or of the whole, gives way."""
        old = (point.settings, point.part is None)
        self.all = [one for one in self.all if (one.settings, one.part is None) != old] + [point]
        self.changed.emit()


def curve_through(point: Point, curves: Curves) -> NDArray[np.float64]:
    """Return what a checkpoint's validation says of all qualities, moved so that it meets a point.

    Bits per pixel and rms error in dB, shape (qualities, 2).
    """
    line = [(curves.bits_per_pixel(quality), curves.rmse_db(quality)) for quality in np.linspace(*QUALITIES, STEPS)]
    here = curves.bits_per_pixel(point.quality), curves.rmse_db(point.quality)
    return np.array(line) * (np.array([point.bits_per_pixel, point.rmse_db]) / here)
