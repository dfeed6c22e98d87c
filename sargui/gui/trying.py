"""Trying the settings on what is seen, as soon as they rest; and saying what they will come to.

Where a target is fixed in the place of a quality, the quality that should reach it is tried, and again until what is
foretold of it fits.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from sargui.engine.requests import Rate, RateKind, Trial
from sargui.gui import wording
from sargui.gui.curves import Aim
from sargui.gui.foretelling import Foretold
from sargui.gui.panels.settings_panel import SettingsPanel
from sargui.gui.scene import Scene
from sargui.gui.session import Session

REST_MS = 120  # after the last move of the slider
NEAR = 0.5  # of quality; a trial as near to what a target needs is good enough
MOST_TRIALS = 5  # for one target: each corrects the next
FIRST_RATIO = 20  # of raw pixels to a file: where a target begins before anything is known
ESTIMATING = "estimating…"
UNKNOWN = "Which quality reaches this is found while compressing."


class Trying(QObject):
    """Between the settings panel and the session."""

    def __init__(self, panel: SettingsPanel, session: Session) -> None:
        super().__init__(panel)
        self._panel, self._session = panel, session
        self._trials = 0  # for the settings as they are
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._try)
        panel.changed.connect(self._on_changed)
        session.opened.connect(self._on_opened)
        session.foretelling.changed.connect(self._on_foretold)

    def _on_opened(self, scene: Scene) -> None:
        self._trials = 0
        self._panel.rates.suggest([Rate(RateKind.BYTES, scene.info.raw_bytes / FIRST_RATIO)])
        self._try()

    def _on_changed(self) -> None:
        self._trials = 0
        if (aimed := self._aim()) is not None:
            self._panel.show_foretold(wording.aimed(aimed, self._panel.rates.rate))
        if (trial := self._trial) is not None:
            self._session.foretelling.guess(self._panel.picker.curves, trial)
        self._rest.start()

    def _try(self) -> None:
        """Show what the settings make of the visible part; of settings that have a result, that."""
        if self._has_result:
            self._session.try_out(None)
        elif (trial := self._trial) is not None and trial != self._session.pictures.version:
            self._trials += 1
            self._session.try_out(trial)

    @property
    def _trial(self) -> Trial | None:
        """What is to be tried; None where nothing can be."""
        settings, scene = self._panel.settings, self._session.scene
        if settings is None or scene is None or scene.is_compressed:
            return None
        aimed = self._aim()
        quality = self._panel.rates.quality if aimed is None else round(aimed.quality, 1)
        return Trial(settings.model, quality, settings.effort, bool(scene.info.detected_from), settings.keep_power)

    @property
    def _has_result(self) -> bool:
        """Whether the scene has been compressed with just these settings."""
        result = self._session.result
        return result is not None and self._panel.settings == result.settings

    def _aim(self) -> Aim | None:
        """Return the quality that should reach the target; None where a quality is fixed, or nothing is known."""
        card, rate = self._panel.card, self._panel.rates.rate
        if card is None or rate.kind is RateKind.QUALITY:
            return None
        return self._session.foretelling.aim(self._panel.picker.curves, card.name, rate)

    def _on_foretold(self, foretold: Foretold | None) -> None:
        if foretold is None:
            waiting = self._trial is not None and not self._has_result and not self._session.foretelling.given_up
            self._panel.show_foretold(ESTIMATING if waiting else "")
            return
        self._panel.rates.suggest(foretold.rates)
        lines = [wording.foretold(foretold)]
        if self._panel.rates.kind is not RateKind.QUALITY:
            aimed = self._aim()
            lines.insert(0, UNKNOWN if aimed is None else wording.aimed(aimed, self._panel.rates.rate))
            self._follow(aimed)
        self._panel.show_foretold("\n".join(lines))

    def _follow(self, aimed: Aim | None) -> None:
        """Try again if what was tried is too far from what the target needs."""
        tried = self._session.pictures.version
        if (
            aimed is not None
            and isinstance(tried, Trial)
            and abs(aimed.quality - tried.quality) > NEAR
            and self._trials < MOST_TRIALS
        ):
            self._rest.start()
