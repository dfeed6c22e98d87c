"""Two versions of the scene side by side: A is kept as it is, B follows the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sargui.core.types import Window
from sargui.engine.requests import Trial
from sargui.gui import wording
from sargui.gui.composite import Bands
from sargui.gui.errands import Errands
from sargui.gui.pictures import Pictures, Version
from sargui.gui.views.content import Rival

if TYPE_CHECKING:
    from sargui.gui.session import Session


class Comparing(QObject):
    """Keeps the pictures of A, fetched like those of B where one looks."""

    changed = Signal()
    failed = Signal(object)  # SarguiError

    def __init__(self, session: Session, errands: Errands) -> None:
        super().__init__(session)
        self.name = ""  # of A, empty while nothing is compared
        self._session, self._errands = session, errands
        self._kept: Pictures | None = None
        session.opened.connect(self.end)
        session.compressed.connect(self._on_compressed)
        session.pictures.changed.connect(self._follow_colors)

    @property
    def rival(self) -> Rival | None:
        """What is shown of A, with the names of both; None while nothing is compared."""
        kept = self._kept
        if kept is None or kept.overview is None:
            return None
        pictures = tuple(shaded for shaded in (kept.overview, kept.detail) if shaded is not None)
        return Rival(pictures, self.name, self._name_of(self._session.pictures.version))

    def begin(self) -> None:
        """Keep what the settings make of the scene as A."""
        pictures = self._session.pictures
        if pictures.version is None or self._kept is not None:
            return
        self.name = self._name_of(pictures.version)
        self._kept = Pictures(self._errands, self, name="A ")
        self._kept.changed.connect(self.changed)
        self._kept.failed.connect(self.failed)
        self._kept.begin_like(pictures)
        self.changed.emit()

    def end(self) -> None:
        """Forget A."""
        if self._kept is not None:
            self._kept.leave()
            self._kept.deleteLater()
            self._kept, self.name = None, ""
            self.changed.emit()

    def set_bands(self, bands: Bands) -> None:
        """Show another band, or two as a composite."""
        if self._kept is not None:
            self._kept.set_bands(bands)

    def look_at(self, window: Window, step: int) -> None:
        """Follow the visible part."""
        if self._kept is not None:
            self._kept.look_at(window, step)

    def _follow_colors(self) -> None:
        if self._kept is not None:
            self._kept.refresh_colors()

    def _on_compressed(self) -> None:
        """A file that was A is gone when a newer one is there."""
        if self._kept is not None and not isinstance(self._kept.version, Trial):
            self.end()

    def _name_of(self, version: Version) -> str:
        if isinstance(version, Trial):
            return wording.version(version.model or "", version.quality, version.effort, keep_power=version.keep_power)
        result = self._session.result
        if result is None:
            return "nothing yet"
        made = result.settings
        return wording.version(
            result.compressed.model,
            result.compressed.quality,
            made.effort if made is not None else None,
            keep_power=made is None or made.keep_power,
        )
