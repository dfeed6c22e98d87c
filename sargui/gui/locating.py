"""The original of a .sarz that was opened alone: checked, shown beside it, and measured against it."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sargui.engine.requests import Evaluate, QualityReport
from sargui.engine.views import Match
from sargui.gui.errands import Errands, Lane
from sargui.gui.scene import Scene

if TYPE_CHECKING:
    from sargui.gui.session import Session

log = logging.getLogger(__name__)


class Locating(QObject):
    """Says what becomes of a raster that the user takes for the original."""

    doubted = Signal(object, object)  # its path, and in what it differs from what the .sarz says of its original
    found = Signal(object)  # Scene, now with its original; again, once it has been measured
    failed = Signal(object)  # SarguiError

    def __init__(self, session: Session, errands: Errands) -> None:
        super().__init__(session)
        self._session, self._errands = session, errands

    def check(self, path: Path) -> None:
        """Take a raster for the original of the open .sarz, if it can be that."""
        scene = self._session.scene
        if scene is not None and scene.is_compressed and not self._session.busy:
            matched = partial(self._on_matched, scene.path, path)
            request = Match(path, scene.path)
            self._errands.submit(request, matched, self.failed.emit, lane=Lane.FILES, awaited=True)

    def accept(self, path: Path) -> None:
        """Take a raster for the original without a check."""
        scene = self._session.scene
        if scene is None or not scene.is_compressed:
            return
        log.info("original of %s: %s", scene.path, path)
        self._tell(replace(scene, original=path, quality=None))
        self._session.pictures.show_original(path)
        measured = partial(self._on_measured, scene.path, path)
        self._errands.submit(Evaluate(path, scene.path), measured, self.failed.emit, awaited=True)

    def _on_matched(self, compressed: Path, path: Path, differing: tuple[str, ...]) -> None:
        if self._session.scene is None or self._session.scene.path != compressed:
            return
        if differing:
            self.doubted.emit(path, differing)
        else:
            self.accept(path)

    def _on_measured(self, compressed: Path, path: Path, quality: QualityReport) -> None:
        scene = self._session.scene
        if scene is not None and (scene.path, scene.original) == (compressed, path):
            self._tell(replace(scene, quality=quality))
            self._session.pictures.widen_error(quality)

    def _tell(self, scene: Scene) -> None:
        self._session.scene = scene
        self.found.emit(scene)
