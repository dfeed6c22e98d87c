"""The tiles of a result that err most, one after the other."""

from __future__ import annotations

from PySide6.QtCore import QObject

from sargui.core.types import TileError
from sargui.gui.session import Session


class WorstTiles(QObject):
    """Goes from the worst tile to the next worst, and from the last one back to the worst."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._at = 0  # how many of them have been seen
        for begun in (session.opened, session.evaluated, session.locating.found):
            begun.connect(self._begin)

    def next(self) -> tuple[int, TileError] | None:
        """Return the rank, from 1, and the next tile; None if nothing was measured."""
        quality = self._session.quality
        if quality is None or not quality.worst:
            return None
        rank = self._at % len(quality.worst)
        self._at = rank + 1
        return rank + 1, quality.worst[rank]

    def _begin(self) -> None:
        self._at = 0
