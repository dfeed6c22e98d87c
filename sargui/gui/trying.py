"""Trying the settings on what is seen, as soon as they rest; and saying what they will come to."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from sargui.engine.requests import RateKind, Trial
from sargui.gui import wording
from sargui.gui.foretelling import Foretold
from sargui.gui.panels.settings_panel import SettingsPanel
from sargui.gui.session import Session

REST_MS = 120  # after the last move of the slider


class Trying(QObject):
    """Between the settings panel and the session."""

    def __init__(self, panel: SettingsPanel, session: Session) -> None:
        super().__init__(panel)
        self._panel, self._session = panel, session
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._try)
        panel.changed.connect(self._on_changed)
        session.opened.connect(self._try)
        session.foretelling.changed.connect(self._on_foretold)

    def _on_changed(self) -> None:
        card = self._panel.card
        if card is not None:
            self._session.foretelling.guess(card, self._panel.rates.quality)
        self._rest.start()

    def _try(self) -> None:
        """Show what the settings make of the visible part; a target is tried at the quality that was last set."""
        settings = self._panel.settings
        scene = self._session.scene
        if settings is None or scene is None or scene.is_compressed:
            return
        trial = Trial(settings.model, self._panel.rates.quality, settings.effort)
        if settings.rate.kind is not RateKind.QUALITY and self._session.result is not None:
            return  # the result met the target; a trial would not
        self._session.try_out(trial)

    def _on_foretold(self, foretold: Foretold | None) -> None:
        if foretold is None or self._panel.rates.kind is not RateKind.QUALITY:
            self._panel.show_foretold("")
            return
        self._panel.show_foretold(wording.foretold(foretold))
