"""The pictures of the open scene: all of it, and the visible part finer, in the colors that the user wants.

What they show beside the original is one version of the scene: what a compressed file holds, or what a trial of the
settings would make of it, which is coded where the user looks and nowhere else. The original does not wait for that: it
comes first, of a large scene roughly at first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, Signal

from sargui.core.errors import SarguiError
from sargui.core.types import Kind, Report, Window
from sargui.engine.requests import Look, QualityReport, Trial
from sargui.gui.coloring import Coloring, stretches_of_first
from sargui.gui.composite import Bands
from sargui.gui.errands import Done, Errands, Lane
from sargui.gui.job_runner import Execute, Job
from sargui.gui.scene import ReadOut, Scene, read_out, with_surroundings
from sargui.gui.shading import ErrorStyle, Shaded, Stretches, Tones, original_alone, recolor, shade_picture, shows

MAX_SIDE = 2048  # pixels a side of one picture, and of what is coded to be looked at
OVERVIEW, DETAIL, NEAR, STRETCH, COLOR = "overview", "detail", "near", "stretch", "color"

Version = Path | Trial | None


class Pictures(QObject):
    """Fetches what is seen, colors it, and keeps it until something newer is there."""

    changed = Signal()  # what is shown, or what is wanted
    looked = Signal(object)  # Picture of a trial that has come
    too_far = Signal()  # more is seen than is coded to be looked at
    failed = Signal(object)  # SarguiError

    def __init__(self, errands: Errands, parent: QObject | None = None, name: str = "") -> None:
        """Show nothing yet; `name` tells these pictures' errands from those of others, which they are seen beside."""
        super().__init__(parent)
        self.overview: Shaded | None = None  # the whole scene
        self.detail: Shaded | None = None  # the visible part of a large scene, or of a trial
        self.near: Shaded | None = None  # of a large scene the original of the visible part, while that is on its way
        self.bands: Bands = (0,)
        self.version: Version = None
        self._errands, self._name = errands, name
        self._scene: Scene | None = None
        self._coloring = Coloring()
        self._view: Window | None = None
        self._step = 1  # scene pixels to one of the screen
        self._of: dict[str, Version] = {}  # which version the pictures at hand show
        self.refused = False  # the version that is wanted cannot be shown

    @property
    def band(self) -> int:
        """The band that is seen, or the first one of a composite: what one band is enough for is of that."""
        return self.bands[0]

    @property
    def at_hand(self) -> list[Shaded]:
        """What there is, the coarsest first."""
        return [shaded for shaded in (self.overview, self.near, self.detail) if shaded is not None]

    @property
    def shown(self) -> Version:
        """The version that is shown; until another has come, the one before."""
        return self._of.get(DETAIL, self._of.get(OVERVIEW))

    @property
    def version_shown(self) -> bool:
        """Whether what is wanted is what is shown."""
        return self.shown == self.version

    @property
    def coming(self) -> bool:
        """Whether what is wanted is not shown, but will be."""
        return not (self.version_shown or self._far or self.refused)

    @property
    def _far(self) -> bool:
        """Whether more is seen than is coded to be looked at."""
        return isinstance(self.version, Trial) and self._view is not None and max(self._view.shape) > MAX_SIDE

    def begin(self, scene: Scene, overview: Shaded) -> None:
        """Show a new scene by its first picture."""
        self._scene, self.overview, self.detail, self.bands = scene, overview, None, overview.bands
        self.version, self.refused = scene.path if scene.is_compressed else None, False
        self._of = {OVERVIEW: self.version}
        self._view = self.near = None
        self._errands.drop(self._name + OVERVIEW)  # of another scene
        self._coloring.forget_scene()
        self._coloring.take(overview)
        self.changed.emit()
        if overview.picture.rough:
            self._fetch(None, OVERVIEW, rough=False)

    def begin_like(self, other: Pictures) -> None:
        """Show what others show, in the same colors, from now on."""
        self._scene, self._view, self._coloring = other._scene, other._view, other._coloring
        self.overview, self.detail = other.overview, other.detail
        self.bands, self.version, self._of = other.bands, other.version, dict(other._of)
        self._look(self._view)

    def leave(self) -> None:
        """Fetch nothing more."""
        for name in (OVERVIEW, DETAIL, NEAR, STRETCH, COLOR):
            self._errands.drop(self._name + name)
        self._scene = None

    def show(self, version: Version) -> None:
        """Show another version; the old one stays until the new one is there."""
        if self._scene is None or version == self.version:
            return
        self._coloring.forget_result()
        self.version, self.refused = version, False
        trial = isinstance(version, Trial)
        if not trial:
            self._errands.drop(self._name + DETAIL)
        if not trial or self.overview is None or self.overview.bands != self.bands:  # that one was asked for before
            self._fetch(None, OVERVIEW)
        self._look(self._view)
        self.changed.emit()

    def show_original(self, path: Path) -> None:
        """Show the original of a .sarz, which has been located, and the error."""
        if self._scene is not None:
            self._scene, self._of = replace(self._scene, original=path), {}
            self._fetch(None, OVERVIEW)
            self._look(self._view)

    def set_bands(self, bands: Bands) -> None:
        """Show another band, or two as a composite."""
        if self._scene is not None and bands != self.bands:
            self.bands, self.detail, self.near = bands, None, None
            self._coloring.stretch_to_part(bands, None)
            self._of.pop(DETAIL, None)
            self._fetch(None, OVERVIEW)
            self._look(self._view)

    def look_at(self, view: Window, step: int = 1) -> None:
        """Fetch the visible part, unless what is there shows it as fine as `step` scene pixels to one of the screen."""
        if self._scene is not None and min(view.shape) > 0:
            far, self._view, self._step = self._far, view, step
            self._look(view)
            if far != self._far:
                self.changed.emit()

    def widen_error(self, quality: QualityReport) -> None:
        """Give the error the range of its single pixels."""
        self._coloring.widen(quality)
        self.refresh_colors()

    def set_error_style(self, style: ErrorStyle) -> None:
        """Show the error in another way."""
        self._coloring.error_style = style
        self.refresh_colors()

    def set_stretch(self, part: Window | None) -> None:
        """Stretch gray, or each color, over the values of a part of the scene; None: of all of it."""
        pictures = [shaded for shaded in reversed(self.at_hand) if shaded.bands == self.bands]
        if part is None:
            self._on_stretches(None)
        else:
            self._submit(lambda *_: stretches_of_first(pictures, part), self._on_stretches, STRETCH)

    def values_at(self, row: int, col: int) -> ReadOut | None:
        """Return the values at a pixel of the scene, from the finest picture at hand; None outside."""
        for shaded in reversed(self.at_hand):
            values = read_out(shaded.pictures, row, col)
            if values is not None:
                return values
        return None

    # How they are fetched

    def _look(self, view: Window | None) -> None:
        if view is None:
            return
        assert self._scene is not None
        assert self.overview is not None
        trial = isinstance(self.version, Trial)
        needed = max(self._step, -(-max(view.shape) // MAX_SIDE))
        around = with_surroundings(view, self._scene.info.shape, needed * MAX_SIDE)
        if min(around.shape) < 1:
            return
        original = self._scene.raster is not None and not self._name
        if self.version is not None and original and not shows(self.at_hand, view, needed):
            self._fetch(around, NEAR, needed)
        if self._far:
            self.too_far.emit()
            return
        if not trial and self.overview.picture.step == 1:
            return  # that is all there is to see
        there = {DETAIL: self.detail, OVERVIEW: self.overview}
        wanted = [shaded for name, shaded in there.items() if shaded and self._of.get(name) == self.version]
        needed = 1 if trial else needed  # what is tried is judged by its single pixels
        if not shows(wanted, view, needed):
            self._fetch(view if trial else around, DETAIL, needed)

    def _fetch(self, window: Window | None, name: str, step: int = 1, *, rough: bool = True) -> None:
        """Have a picture made, of a window at a step or of the whole scene, and colored."""
        assert self._scene is not None
        version = self._version_in(name)
        request = Look(
            original=self._scene.raster,
            compressed=version if isinstance(version, Path) else None,
            window=window,
            max_side=MAX_SIDE if window is None or step == 1 else -(-max(window.shape) // step),
            kind=self._scene.kind,
            trial=version if isinstance(version, Trial) else None,
            rough=rough and name == OVERVIEW and (version is None or version == self._scene.path),
        )
        requests = [replace(request, band=band) for band in self.bands]
        tones = self._coloring.tones(self.bands)
        if not rough:
            tones = tones._replace(stretches=None)  # those at hand are of a rough one
        lane = Lane.FILES if version is None else Lane.MODEL
        job = partial(_look, self._errands.execute(lane), requests, tones)
        self._submit(job, partial(self._on_picture, name, version), name, lane)

    def _version_in(self, slot: str) -> Version:
        """Return which version is wanted there: near, and of a scene of which parts are tried, the original alone."""
        alone = slot == NEAR or (slot == OVERVIEW and isinstance(self.version, Trial))
        return None if alone else self.version

    def _if_wanted(self, follow_up: Callable[[Any], None], slot: str) -> Done:
        """Return a follow-up that drops what comes of a scene, a version or a band of before."""
        asked = self._asked(slot)
        return lambda outcome: follow_up(outcome) if asked == self._asked(slot) else None

    def _asked(self, slot: str) -> tuple[tuple[Path, Kind | None] | None, Version, Bands]:
        scene = self._scene
        return None if scene is None else (scene.path, scene.kind), self._version_in(slot), self.bands

    def _on_picture(self, name: str, version: Version, shaded: Shaded) -> None:
        if name == NEAR:
            self.near = shaded
        elif name == OVERVIEW:
            if self.overview is not None and self.overview.picture.rough:
                self._coloring.forget_stretches(shaded.bands)
            self.overview = shaded
            if self._of.get(DETAIL, version) != version and not isinstance(self.version, Trial):
                self.detail = None
                self._of.pop(DETAIL)
        else:
            self.detail = shaded
            if self.overview is not None and self._of.get(OVERVIEW) not in (None, version):
                self.overview, self._of[OVERVIEW] = original_alone(self.overview), None
        self._coloring.take(shaded)
        if name != NEAR:
            self._of[name] = version
        self.changed.emit()
        if isinstance(version, Trial):
            self.looked.emit(shaded.picture)
        self.refresh_colors()
        if name == OVERVIEW and shaded.picture.rough:
            self._fetch(None, OVERVIEW, rough=False)

    def refresh_colors(self) -> None:
        """Color the pictures at hand anew, together, if one is not as it should be; nothing is read for that."""
        old = self.at_hand
        tones = [self._coloring.tones(shaded.bands) for shaded in old]
        if not all(map(Tones.fit, tones, old)):
            self._submit(lambda *_: list(map(recolor, old, tones)), partial(self._on_recolored, old), COLOR)

    def _submit(self, job: Job, done: Done, slot: str, lane: Lane = Lane.FILES) -> None:
        """Have something done in a worker at once, in place of what was to be done in the slot before."""
        failed = self._if_wanted(self._on_failed, slot)
        self._errands.submit(job, self._if_wanted(done, slot), failed, lane=lane, slot=self._name + slot, urgent=True)

    def _on_failed(self, error: SarguiError) -> None:
        self.refused = True
        self.failed.emit(error)
        self.changed.emit()

    def _on_stretches(self, stretches: Stretches | None) -> None:
        self._coloring.stretch_to_part(self.bands, stretches)
        self.refresh_colors()

    def _on_recolored(self, before: list[Shaded], after: list[Shaded]) -> None:
        """Take the new colors of pictures that are still at hand."""
        for old, new in zip(before, after, strict=True):
            if self.overview is old:
                self.overview = new
            elif self.near is old:
                self.near = new
            elif self.detail is old:
                self.detail = new
        self.refresh_colors()  # a picture, or what is wanted, may be another by now
        self.changed.emit()


def _look(execute: Execute, requests: Sequence[Look], tones: Tones, report: Report, cancel: Event) -> Shaded:
    """Look at one band, or at two of the same for a composite, and color them; in the worker."""
    return shade_picture(*(execute(request, report, cancel) for request in requests), tones=tones)
