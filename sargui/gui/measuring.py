"""Measuring what is marked, in the version of the scene that is wanted: again when that, the band or a mark changes.

A new request takes the place of the one before in the slot of its mark; what comes of an older one is dropped.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from sargui.core.errors import SarguiError
from sargui.core.types import Window
from sargui.engine.readings import (
    InspectRegion,
    Pair,
    PixelReading,
    Profile,
    ProfileReading,
    ReadPixel,
    RegionReading,
)
from sargui.engine.requests import Trial
from sargui.gui import composite
from sargui.gui.errands import Errands, Lane
from sargui.gui.marks import Line, Mark, Marks, Pin, Region
from sargui.gui.pictures import MAX_SIDE, Pictures
from sargui.gui.scene import Scene

REST_MS = 60

Measured = PixelReading | RegionReading | ProfileReading | SarguiError


class Measuring(QObject):
    """Follows the marks of the open scene and its pictures; `changed` when something has been measured."""

    changed = Signal()

    def __init__(self, errands: Errands, pictures: Pictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.marks = Marks(self)
        self._errands, self._pictures = errands, pictures
        self._scene: Scene | None = None
        self._beside: Region | None = None
        self._asked: dict[Mark, InspectRegion | Profile | ReadPixel] = {}
        self._found: dict[Mark, Measured] = {}
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._measure)
        self.marks.changed.connect(self._rest.start)
        pictures.changed.connect(self._rest.start)

    @property
    def band(self) -> str:
        """The name of the band that is measured, where the scene has several: of a composite the first."""
        if self._scene is None or len(self._scene.info.bands) == 1:
            return ""
        return composite.short(self._scene.info, self._pictures.band)

    def show_scene(self, scene: Scene) -> None:
        """Begin with a new scene, of which nothing is marked."""
        self._scene, self._beside = scene, None
        self._forget(*self._asked)
        self.marks.begin(scene.info.shape)

    def take_original(self, scene: Scene) -> None:
        """Measure against the original of a .sarz, which has been located."""
        self._scene = scene
        self._rest.start()

    def follow(self) -> None:
        """Measure again if another version of the scene is wanted by now."""
        self._rest.start()

    def measure_also(self, window: Window | None) -> None:
        """Measure a part of the scene that is no mark, in the place of the one before; None: no more."""
        beside = None if window is None else Region("", window)
        if beside != self._beside:
            self._beside = beside
            self._rest.start()

    def of(self, mark: Mark) -> Measured | None:
        """Return what was measured last, or why that failed; None as long as nothing has come."""
        return self._found.get(mark)

    def too_large(self, mark: Mark) -> bool:
        """Return whether a mark reaches over more than is coded to be looked at; then the original alone is read."""
        return isinstance(self._pictures.version, Trial) and _side_px(mark) > MAX_SIDE

    def _measure(self) -> None:
        """Ask for what has not been asked for, and forget what is gone."""
        wanted = (*self.marks.all, *(() if self._beside is None else (self._beside,)))
        self._forget(*(mark for mark in self._asked if mark not in wanted))
        for mark in wanted:
            if self._scene is not None and (request := self._request(self._scene, mark)) != self._asked.get(mark):
                self._asked[mark] = request
                self._errands.submit(
                    request,
                    partial(self._on_found, mark, request),
                    partial(self._on_found, mark, request),
                    lane=Lane.MODEL if request.pair.trial or request.pair.compressed else Lane.FILES,
                    slot=_slot(mark),
                    urgent=True,
                )

    def _request(self, scene: Scene, mark: Mark) -> InspectRegion | Profile | ReadPixel:
        version = self._pictures.version
        pair = Pair(
            original=scene.raster,
            compressed=version if isinstance(version, Path) else None,
            band=self._pictures.band,
            trial=version if isinstance(version, Trial) and not self.too_large(mark) else None,
            kind=scene.kind,
        )
        match mark:
            case Pin(_, row, col):
                return ReadPixel(pair, row, col)
            case Region(_, window):
                return InspectRegion(pair, window)
            case Line(start, end):
                return Profile(pair, start, end)

    def _on_found(self, mark: Mark, request: InspectRegion | Profile | ReadPixel, found: Measured) -> None:
        if self._asked.get(mark) is request:
            self._found[mark] = found
            self.changed.emit()

    def _forget(self, *marks: Mark) -> None:
        for mark in marks:
            self._errands.drop(_slot(mark))
            del self._asked[mark]
            self._found.pop(mark, None)


def _side_px(mark: Mark) -> float:
    """Return how far a mark reaches, down or to the right."""
    match mark:
        case Region(_, window):
            return max(window.shape)
        case Line(start, end):
            return max(abs(to - at) for at, to in zip(start, end, strict=True))
        case _:
            return 1


def _slot(mark: Mark) -> str:
    return "profile" if isinstance(mark, Line) else f"{type(mark).__name__.lower()} {mark.name}"
