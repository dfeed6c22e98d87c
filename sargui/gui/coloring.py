"""Which colors the pictures of a scene should have: one stretch and one range of the error for overview and detail."""

from __future__ import annotations

from collections.abc import Sequence

from sargui.core.types import Window
from sargui.engine.colors import EMPTY_STRETCH, ERROR_SPREAD, Stretch, round_up
from sargui.engine.requests import QualityReport
from sargui.gui.shading import SIGNED, Shaded, Tones, stretch_of_part


class Coloring:
    """What is known of each band: its stretch, from the whole scene, and the range of the result's error."""

    def __init__(self) -> None:
        self.error_style = SIGNED
        self.part_stretch: Stretch | None = None  # of a part of the scene, in place of the band's
        self._stretches: dict[int, Stretch] = {}
        self._limits: dict[int, float] = {}

    def tones(self, band: int) -> Tones:
        """Return the colors that pictures of a band should have, as far as they are known."""
        return Tones(self.part_stretch or self._stretches.get(band), self._limits.get(band), self.error_style)

    def take(self, band: int, overview: Shaded) -> None:
        """Keep for all later pictures of a band what its first overview found."""
        self._stretches.setdefault(band, overview.stretch)
        if overview.picture.error_db is not None:
            self._limits.setdefault(band, overview.error_limit_db)

    def widen(self, quality: QualityReport) -> None:
        """Give the error the range of its single pixels: an overview shows means of several, which err less."""
        for band, measured in enumerate(quality.bands):
            self._limits[band] = max(round_up(ERROR_SPREAD * measured.rmse_db), self._limits.get(band, 0.0))

    def forget_result(self) -> None:
        """Forget the errors of a result that is gone."""
        self._limits = {}

    def forget_scene(self) -> None:
        """Forget all but how the user wants to see errors."""
        self.part_stretch, self._stretches, self._limits = None, {}, {}


def stretch_of_first(pictures: Sequence[Shaded], part: Window) -> Stretch:
    """Return the stretch of a part of the scene, from the first of some pictures that shows any of it."""
    stretches = (stretch_of_part(shaded.picture, part) for shaded in pictures)
    return next((stretch for stretch in stretches if stretch is not None), EMPTY_STRETCH)
