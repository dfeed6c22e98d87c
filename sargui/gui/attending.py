"""The fourth pane: what the network attends to in the visible part, or where the bits go; live."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from sargui.core.errors import SarguiError
from sargui.core.types import Window
from sargui.engine.requests import Attend, Trial
from sargui.gui.attention_shading import Attended, shade_attention, shade_bits
from sargui.gui.errands import Errands
from sargui.gui.panels.attention_panel import AttentionPanel, Choice, Subject
from sargui.gui.pictures import MAX_SIDE, Pictures, Version
from sargui.gui.scene import Scene
from sargui.gui.version_words import COMING

SLOT = "attend"
REST_MS = 60

NOTHING = (
    "This checkpoint has no attention.\nWhere the bits go is shown of what is tried:\nmove the quality, or zoom in."
)
CHANNELS = (
    "This attention gates channels, not places:\nthe bars at the left say how much.\nClick one to see what it holds."
)
TOO_FAR = "Zoom in: attention is shown\nwhere the network runs."
LOOKING = "Looking at what it attends to…"
NO_BITS = "Bits are shown of what is tried:\nmove the quality, or zoom in."
VOID = "Nothing was measured here."


class Attending(QObject):
    """Follows view, version and panel; `overlaid` brings an Overlay, or a sentence where there is none."""

    overlaid = Signal(object)

    def __init__(self, errands: Errands, pictures: Pictures, panel: AttentionPanel) -> None:
        super().__init__(panel)
        self.query: tuple[int, int] | None = None  # the pixel whose weights are shown
        self._errands, self._pictures, self._panel = errands, pictures, panel
        self._scene: Scene | None = None
        self._view: Window | None = None
        self._active = True
        self._asked: Attend | None = None
        self._checkpoint: Path | str | None = None  # whose places the panel lists: that of a file, or of a trial
        self._bare: Path | str = ""  # a checkpoint that has no attention: its bits are shown instead
        self._opacity = -1.0
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._look)
        panel.changed.connect(self._rest.start)
        pictures.changed.connect(self._follow)

    def show_scene(self, scene: Scene) -> None:
        """Begin with a new scene."""
        self._scene, self._view, self.query, self._checkpoint = scene, None, None, None
        self._follow()

    def look_at(self, view: Window) -> None:
        """Follow the visible part."""
        self._view = view
        self._rest.start()

    def ask(self, query: tuple[int, int] | None) -> None:
        """Show what a pixel attends to."""
        self.query = query
        self._rest.start()

    def set_active(self, active: bool) -> None:
        """Compute only while the pane is seen."""
        self._active = active
        self._rest.start()

    def _follow(self) -> None:
        """Forget at once what another checkpoint attends to, and look at what this one does."""
        checkpoint = _checkpoint_of(self._pictures.version)
        if checkpoint != self._checkpoint:
            self._checkpoint, self._asked = checkpoint, None
            self._panel.show_seen(None)
            if self._panel.choice.subject is Subject.ATTENTION:
                self.overlaid.emit(LOOKING)
        self._rest.start()

    def _look(self) -> None:
        """Ask for what is to be seen, unless that has been asked for already."""
        version = self._pictures.version
        if self._scene is None or self._view is None or not self._active or version is None:
            return
        choice = self._panel.choice
        if choice.subject is Subject.BITS or self._bare == self._checkpoint:
            self._show_bits(choice)
        elif max(self._view.shape) > MAX_SIDE:
            self._asked = None
            self.overlaid.emit(TOO_FAR)
        elif (request := self._request(version, self._view, choice)) != self._asked or choice.opacity != self._opacity:
            self._asked, self._opacity = request, choice.opacity
            follow = partial(self._on_seen, request)
            failed = partial(self._on_failed, request)
            self._errands.submit(
                request, follow, failed, slot=SLOT, urgent=True, then=partial(shade_attention, choice.opacity)
            )

    def _request(self, version: Path | Trial, view: Window, choice: Choice) -> Attend:
        assert self._scene is not None
        trial = version if isinstance(version, Trial) else None
        return Attend(
            original=self._scene.path if trial is not None else None,
            compressed=version if isinstance(version, Path) else None,
            window=view,
            band=self._pictures.band,
            trial=trial,
            module=choice.module,
            channel=choice.channel,
            query=self.query,
            head=choice.head,
            kind=self._scene.kind,
        )

    def _show_bits(self, choice: Choice) -> None:
        self._asked = None
        detail = self._pictures.detail
        overlay = None if detail is None else shade_bits(choice.opacity, detail.picture)
        coming = isinstance(self._pictures.version, Trial) and self._pictures.coming
        self.overlaid.emit(overlay or (COMING if coming else NO_BITS if choice.subject is Subject.BITS else NOTHING))

    def _on_seen(self, request: Attend, attended: Attended) -> None:
        if request != self._asked:
            return
        seen, kept = attended.seen, self._panel.kept
        if not request.module and kept != seen.module and kept in [module.name for module in seen.modules]:
            self._panel.list_places(seen.modules, kept)  # which another checkpoint was asked for, and this one has too
            self._rest.start()
            return
        self._asked = replace(request, module=seen.module)
        self._panel.show_seen(seen)
        if seen.modules:
            self.overlaid.emit(attended.overlay or (VOID if seen.channel_gates is None else CHANNELS))
        else:
            self._bare = self._checkpoint or ""
            self._show_bits(self._panel.choice)

    def _on_failed(self, request: Attend, error: SarguiError) -> None:
        if request != self._asked:
            return
        self._asked = None
        self.overlaid.emit(str(error))


def _checkpoint_of(version: Version) -> Path | str | None:
    """Return what tells the places of one version from those of another: a file has only those of its decoder."""
    return version.model if isinstance(version, Trial) else version
