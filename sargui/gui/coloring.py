"""Which colors the pictures of a scene should have: one stretch and one range of the error for overview and detail."""

from __future__ import annotations

from collections.abc import Sequence

from sargui.core.types import Window
from sargui.engine.colors import ERROR_SPREAD, round_up
from sargui.engine.requests import QualityReport
from sargui.gui.composite import Bands
from sargui.gui.shading import SIGNED, Shaded, Stretches, Tones, stretches_of_part


class Coloring:
    """What is known of each band or composite: its stretches, from the whole scene, and the range of the error."""

    def __init__(self) -> None:
        self.error_style = SIGNED
        self._stretches: dict[Bands, Stretches] = {}
        self._of_part: dict[Bands, Stretches] = {}  # in their place
        self._limits: dict[int, float] = {}  # of a composite it is that of its first band

    def tones(self, bands: Bands) -> Tones:
        """Return the colors that pictures of a band or composite should have, as far as they are known."""
        stretches = self._of_part.get(bands) or self._stretches.get(bands)
        return Tones(stretches, self.error_style.limit_db or self._limits.get(bands[0]), self.error_style)

    def take(self, overview: Shaded) -> None:
        """Keep what a first overview found for all later pictures of the same."""
        self._stretches.setdefault(overview.bands, overview.stretches)
        if overview.picture.error_db is not None and overview.error_style.limit_db is None:  # a locked one is no find
            self._limits.setdefault(overview.picture.band, overview.error_limit_db)

    def forget_stretches(self, bands: Bands) -> None:
        """Let the next overview of a band or composite say its stretches anew: those at hand are of a rough one."""
        self._stretches.pop(bands, None)

    def stretch_to_part(self, bands: Bands, stretches: Stretches | None) -> None:
        """Take the stretches of a part of the scene in place of those of the whole, for one band or composite."""
        self._of_part = {} if stretches is None else {bands: stretches}

    def widen(self, quality: QualityReport) -> None:
        """Give the error the range of its single pixels: an overview shows means of several, which err less."""
        for band, measured in enumerate(quality.bands):
            self._limits[band] = max(round_up(ERROR_SPREAD * measured.rmse_db), self._limits.get(band, 0.0))

    def forget_result(self) -> None:
        """Forget the errors of a result that is gone."""
        self._limits = {}

    def forget_scene(self) -> None:
        """Forget all but how the user wants to see errors."""
        self._of_part, self._stretches, self._limits = {}, {}, {}


def stretches_of_first(pictures: Sequence[Shaded], part: Window) -> Stretches | None:
    """Return the stretches of a part of the scene, from the first of some pictures that shows any of it."""
    found = (stretches_of_part(shaded.pictures, part) for shaded in pictures)
    return next((stretches for stretches in found if stretches is not None), None)
