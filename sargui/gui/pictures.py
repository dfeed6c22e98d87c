"""The pictures of the open scene: all of it, and the visible part finer, in the colors that the user wants.

What they show beside the original is one version of the scene: what a compressed file holds, or what a trial of the
settings would make of it, which is coded where the user looks and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from sargui.core.types import Window
from sargui.engine.colors import Stretch
from sargui.engine.requests import Look, Picture, QualityReport, Trial
from sargui.gui.coloring import Coloring, stretch_of_first
from sargui.gui.errands import Done, Errands, Lane
from sargui.gui.job_runner import Job
from sargui.gui.scene import ReadOut, Scene, covers, grown, read_out
from sargui.gui.shading import ErrorStyle, Shaded, Tones, recolor, shade_picture

MAX_SIDE = 2048  # pixels a side of one picture, and of what is coded to be looked at
OVERVIEW, DETAIL, STRETCH, COLOR = "overview", "detail", "stretch", "color"

Version = Path | Trial | None


class Pictures(QObject):
    """Fetches what is seen, colors it, and keeps it until something newer is there."""

    changed = Signal()
    looked = Signal(object)  # Picture of a trial that has come
    failed = Signal(object)  # SarguiError

    def __init__(self, errands: Errands, parent: QObject | None = None, name: str = "") -> None:
        """Show nothing yet; `name` tells these pictures' errands from those of others."""
        super().__init__(parent)
        self.overview: Shaded | None = None  # the whole scene
        self.detail: Shaded | None = None  # the visible part of a large scene, or of a trial
        self.band = 0
        self.version: Version = None
        self._errands, self._name = errands, name
        self._scene: Scene | None = None
        self._coloring = Coloring()
        self._view: Window | None = None
        self._of: dict[str, Version] = {}  # which version the pictures at hand show

    @property
    def version_shown(self) -> bool:
        """Whether what is wanted is what is shown."""
        return self._of.get(DETAIL, self._of.get(OVERVIEW)) == self.version

    def begin(self, scene: Scene, overview: Shaded) -> None:
        """Show a new scene by its first picture."""
        self._scene, self.overview, self.detail, self.band = scene, overview, None, 0
        self.version = scene.path if scene.is_compressed else None
        self._of = {OVERVIEW: self.version}
        self._view = None
        self._coloring.forget_scene()
        self._coloring.take(0, overview)
        self.changed.emit()

    def begin_like(self, other: Pictures) -> None:
        """Show what others show, in the same colors, from now on."""
        self._scene, self._view, self._coloring = other._scene, other._view, other._coloring
        self.overview, self.detail = other.overview, other.detail
        self.band, self.version, self._of = other.band, other.version, dict(other._of)
        if self._view is not None:
            self._look(self._view)

    def leave(self) -> None:
        """Fetch nothing more."""
        for name in (OVERVIEW, DETAIL, STRETCH, COLOR):
            self._errands.drop(self._name + name)
        self._scene = None

    def show(self, version: Version) -> None:
        """Show another version; the old one stays until the new one is there."""
        if self._scene is None or version == self.version:
            return
        self._coloring.forget_result()
        self.version = version
        if not isinstance(version, Trial):
            self._errands.drop(self._name + DETAIL)
            self._fetch(None, OVERVIEW)
        if self._view is not None:
            self._look(self._view)

    def show_original(self, path: Path) -> None:
        """Show the original of a .sarz, which has been located, and the error."""
        if self._scene is not None:
            self._scene, self._of = replace(self._scene, original=path), {}
            self._fetch(None, OVERVIEW)
            if self._view is not None:
                self._look(self._view)

    def set_band(self, band: int) -> None:
        """Show another band."""
        if self._scene is not None and band != self.band and 0 <= band < len(self._scene.info.bands):
            self.band, self.detail = band, None
            self._coloring.part_stretch = None
            self._of.pop(DETAIL, None)
            self._fetch(None, OVERVIEW)
            if self._view is not None:
                self._look(self._view)

    def look_at(self, view: Window) -> None:
        """Fetch the visible part, unless what is there already shows it as fine."""
        if self._scene is not None and min(view.shape) > 0:
            self._view = view
            self._look(view)

    def widen_error(self, quality: QualityReport) -> None:
        """Give the error the range of its single pixels."""
        self._coloring.widen(quality)
        self.refresh_colors()

    def set_error_style(self, style: ErrorStyle) -> None:
        """Show the error in another way."""
        self._coloring.error_style = style
        self.refresh_colors()

    def set_stretch(self, part: Window | None) -> None:
        """Stretch the gray values over those of a part of the scene; None: of all of it."""
        pictures = [shaded for shaded in (self.detail, self.overview) if shaded is not None]
        if part is None:
            self._on_stretch(None)
        else:
            self._submit(lambda *_: stretch_of_first(pictures, part), self._on_stretch, STRETCH)

    def values_at(self, row: int, col: int) -> ReadOut | None:
        """Return the values at a pixel of the scene, from the finest picture at hand; None outside."""
        for shaded in (self.detail, self.overview):
            values = read_out(shaded.picture, row, col) if shaded is not None else None
            if values is not None:
                return values
        return None

    # How they are fetched

    def _look(self, view: Window) -> None:
        assert self._scene is not None
        assert self.overview is not None
        trial = isinstance(self.version, Trial)
        if max(view.shape) > MAX_SIDE if trial else self.overview.picture.step == 1:
            return  # too much to be coded for a look; or all there is to see
        window = view if trial else grown(view, self._scene.info.shape)
        if min(window.shape) < 1:
            return
        needed = -(-max(window.shape) // MAX_SIDE)
        for shaded, name in ((self.detail, DETAIL), (self.overview, OVERVIEW)):
            if shaded is None or self._of.get(name) != self.version:
                continue
            if covers(shaded.picture.window, view) and shaded.picture.step <= needed:
                return
        self._fetch(window, DETAIL)

    def _fetch(self, window: Window | None, name: str) -> None:
        """Have a picture made, of a window or of the whole scene."""
        assert self._scene is not None
        version = self.version if name == DETAIL or not isinstance(self.version, Trial) else None
        request = Look(
            original=self._scene.raster,
            compressed=version if isinstance(version, Path) else None,
            band=self.band,
            window=window,
            max_side=MAX_SIDE,
            kind=self._scene.kind,
            trial=version if isinstance(version, Trial) else None,
        )
        self._errands.submit(
            request,
            self._if_wanted(partial(self._on_picture, name, version)),
            self._if_wanted(self.failed.emit),
            lane=Lane.FILES if version is None else Lane.MODEL,
            slot=self._name + name,
            urgent=True,
            then=partial(_shaded, self._coloring.tones(self.band)),
        )

    def _if_wanted(self, follow_up: Callable[[Any], None]) -> Done:
        """Return a follow-up that drops what comes of a scene, a version or a band of before."""
        asked = self._asked()
        return lambda outcome: follow_up(outcome) if asked == self._asked() else None

    def _asked(self) -> tuple[Path | None, Version, int]:
        return self._scene.path if self._scene is not None else None, self.version, self.band

    def _on_picture(self, name: str, version: Version, shaded: Shaded) -> None:
        self._of[name] = version
        self._coloring.take(self.band, shaded)
        if name == OVERVIEW:
            self.overview = shaded
            if self._of.get(DETAIL, version) != version and not isinstance(self.version, Trial):
                self.detail = None
                self._of.pop(DETAIL)
        else:
            self.detail = shaded
            if self.overview is not None and self._of.get(OVERVIEW) not in (None, version):
                self.overview, self._of[OVERVIEW] = _original_alone(self.overview), None
        self.changed.emit()
        if isinstance(version, Trial):
            self.looked.emit(shaded.picture)
        self.refresh_colors()

    def refresh_colors(self) -> None:
        """Color the pictures at hand anew, together, if one is not as it should be; nothing is read for that."""
        tones = self._coloring.tones(self.band)
        old = [shaded for shaded in (self.overview, self.detail) if shaded is not None]
        if not all(map(tones.fit, old)):
            self._submit(lambda *_: [recolor(shaded, tones) for shaded in old], partial(self._on_recolored, old), COLOR)

    def _submit(self, job: Job, done: Done, slot: str) -> None:
        """Have the colors of what is at hand worked out."""
        failed = self._if_wanted(self.failed.emit)
        self._errands.submit(job, self._if_wanted(done), failed, lane=Lane.FILES, slot=self._name + slot, urgent=True)

    def _on_stretch(self, stretch: Stretch | None) -> None:
        self._coloring.part_stretch = stretch
        self.refresh_colors()

    def _on_recolored(self, before: list[Shaded], after: list[Shaded]) -> None:
        """Take the new colors of pictures that are still at hand."""
        for old, new in zip(before, after, strict=True):
            if self.overview is old:
                self.overview = new
            elif self.detail is old:
                self.detail = new
        self.refresh_colors()  # a picture, or what is wanted, may be another by now
        self.changed.emit()


def _shaded(tones: Tones, picture: Picture) -> Shaded:
    return shade_picture(picture, *tones)


def _original_alone(shaded: Shaded) -> Shaded:
    """Return a picture without what was decoded: that is of another version than the picture over it."""
    picture = replace(shaded.picture, decoded_db=None, error_db=None)
    return replace(shaded, picture=picture, decoded=(), error=())
