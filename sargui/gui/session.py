"""The state of the window apart from its widgets: the open scene, its result, what is shown, what is running.

Verbs (`open`, `try_out`, `compress`, …) submit jobs; signals say what became of them. Every verb returns at
once.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sargui.core.errors import AmbiguousKindError, SarguiError
from sargui.core.types import Kind, Window
from sargui.engine import dispatch, requests
from sargui.engine.readings import Locate
from sargui.engine.views import ListDevices
from sargui.gui.attending import Attending
from sargui.gui.batch_queue import BatchQueue
from sargui.gui.comparing import Comparing
from sargui.gui.composite import Bands
from sargui.gui.errands import Errands, Lane
from sargui.gui.foretelling import Foretelling
from sargui.gui.job_runner import Execute
from sargui.gui.locating import Locating
from sargui.gui.measuring import Measuring
from sargui.gui.outputs import Outputs
from sargui.gui.own_folder import OwnFolder, killed_before
from sargui.gui.panels.attention_panel import AttentionPanel
from sargui.gui.pictures import MAX_SIDE, Pictures
from sargui.gui.saving import compress_whole
from sargui.gui.scene import Result, Scene, Settings, is_compressed
from sargui.gui.shading import Shaded, shade_picture

if TYPE_CHECKING:
    from sargui.engine.leftovers import Interrupted
    from sargui.engine.locate import Place

log = logging.getLogger(__name__)

MEASURE = "measure"  # the slot of what measures a result


class Session(QObject):
    """One open scene and everything about it. Emits in the thread that made it."""

    opened = Signal(object)  # Scene
    described = Signal(object)  # Scene, now with what its container says
    picture_changed = Signal()
    compressed = Signal(object)  # Result
    evaluated = Signal(object)  # Result, now with its quality
    saved = Signal(object)  # Path
    exported = Signal(object)  # Decompressed
    progressed = Signal(object)  # Progress of the job the user waits for
    busy_changed = Signal(bool)
    failed = Signal(str)  # one sentence for the user
    cancelled = Signal()
    devices_found = Signal(object)  # sequence of Device
    located = Signal(object)  # Place of the scene, or None
    reported = Signal(object)  # WrittenReport
    awaited_changed = Signal()  # what the user waits for
    unmeasured = Signal()  # the user said stop while a result was measured
    kind_wanted = Signal(object, object)  # path of a file that does not say what it holds, and some of its values

    def __init__(self, execute: Execute | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.place: Place | None = None  # where the scene lies on the Earth
        self.result: Result | None = None
        self._devices_asked = False  # that loads the network's libraries, so it waits for the first scene
        self._folder = OwnFolder()
        self._errands = Errands(execute, self)
        self.queue = BatchQueue(execute or dispatch.execute, parent=self)
        self._errands.progressed.connect(self.progressed)
        self._errands.busy_changed.connect(self.busy_changed)
        self._errands.cancelled.connect(self.cancelled)
        self._errands.awaited_changed.connect(self.awaited_changed)
        self.pictures = Pictures(self._errands, self)
        self.pictures.changed.connect(self.picture_changed)
        self.pictures.failed.connect(self._say)
        self.foretelling = Foretelling(self._errands, self.pictures, self)
        self._errands.cancelled.connect(self.foretelling.go_on)
        self.outputs = Outputs(self, self._errands)
        self.outputs.saved.connect(self.saved)
        self.outputs.exported.connect(self.exported)
        self.outputs.reported.connect(self.reported)
        self.outputs.failed.connect(self._say)
        self.comparing = Comparing(self, self._errands)
        self.comparing.failed.connect(self._say)
        self.locating = Locating(self, self._errands)
        self.locating.failed.connect(self._say)
        self.measuring = Measuring(self._errands, self.pictures, self)
        self.locating.found.connect(self.measuring.take_original)

    @property
    def busy(self) -> bool:
        """True while a job runs that the user waits for."""
        return self._errands.busy

    @property
    def measuring_result(self) -> bool:
        """True while the error of the result is measured, for which nothing else has to wait."""
        return self._errands.awaits(MEASURE)

    @property
    def occupied(self) -> bool:
        """True while a job runs that leaves no room for another."""
        return self._errands.awaits_others(MEASURE)

    @property
    def unsaved(self) -> bool:
        """True when there is a compressed result that exists in the session's own folder only."""
        return self.result is not None and self.result.saved is None

    @property
    def container(self) -> Path | None:
        """The .sarz at hand: the result, or the scene itself if it is one."""
        if self.result is not None:
            return self.result.compressed.target
        return self.scene.path if self.scene is not None and self.scene.is_compressed else None

    @property
    def quality(self) -> requests.QualityReport | None:
        """What was measured of the .sarz at hand against its original."""
        measured = self.result if self.result is not None else self.scene
        return None if measured is None else measured.quality

    def open(self, path: Path, kind: Kind | None = None) -> None:
        """Open a raster or a .sarz; the current scene stays until the new one can be shown."""
        if self.occupied:
            self.failed.emit(f"{path.name} was not opened: a job is running; cancel it with Esc, then try again.")
            return
        path = path.absolute()
        compressed = is_compressed(path)
        request = requests.Look(
            original=None if compressed else path,
            compressed=path if compressed else None,
            max_side=MAX_SIDE,
            kind=kind,
            rough=True,
        )

        def refused(error: SarguiError) -> None:
            if isinstance(error, AmbiguousKindError) and kind is None:
                self.kind_wanted.emit(path, error.sample)
            else:
                self.failed.emit(str(error))

        done = partial(self._on_opened, path, kind)
        lane = Lane.MODEL if compressed else Lane.FILES
        self._errands.drop(MEASURE)
        self._errands.submit(request, done, refused, lane=lane, awaited=True, urgent=True, then=shade_picture)

    def try_out(self, trial: requests.Trial | None) -> None:
        """Show what settings would make of the visible part of the scene; None shows the result, if there is one."""
        if self.scene is None or self.scene.is_compressed:
            return
        self.foretelling.of(self.scene, trial)
        self.pictures.show(trial or self.container)
        self.measuring.follow()

    def interrupted(self, settings: Settings) -> Interrupted | None:
        """Return what a session that was killed has left of what `compress` would do."""
        return None if self.scene is None else killed_before(self._request(self.scene, settings, Path()))

    def compress(self, settings: Settings, earlier: Interrupted | None = None) -> None:
        """Compress the scene into the session's own folder, then show and measure what it did.

        What is left of an `earlier` run is gone on with.
        """
        if self.scene is None or self.scene.is_compressed or self.occupied:
            return
        target = self._folder.new_file() if earlier is None else self._folder.adopt(earlier.target)
        request = replace(self._request(self.scene, settings, target), resume=earlier is not None)
        self.foretelling.stop()
        self._errands.drop(MEASURE)
        job = partial(compress_whole, self._errands.execute(Lane.MODEL), request)
        self._errands.submit(job, partial(self._on_compressed, settings), self._on_refused, awaited=True)

    def attending(self, panel: AttentionPanel) -> Attending:
        """Return what follows the pictures with what the network attends to."""
        return Attending(self._errands, self.pictures, panel)

    def set_bands(self, bands: Bands) -> None:
        """Show another band, or two as a composite."""
        self.pictures.set_bands(bands)
        self.comparing.set_bands(bands)

    def look_at(self, window: Window, step: int = 1) -> None:
        """Show the visible part of the scene as fine as it is seen: `step` of its pixels are one of the screen."""
        self.pictures.look_at(window, step)
        self.foretelling.look_at(window)
        self.comparing.look_at(window, step)

    def cancel(self) -> None:
        """Stop the jobs that the user waits for; what was there before stays."""
        self._errands.cancel()

    def shutdown(self) -> None:
        """Cancel everything, join the threads, remove the session's own files."""
        self.queue.shutdown()
        self._errands.shutdown()
        self._leave()
        self._folder.cleanup()

    # What comes back

    def _on_opened(self, path: Path, kind: Kind | None, shaded: Shaded) -> None:
        self._forget_result()
        self._leave()
        self.scene = Scene(path, shaded.picture.info, kind)
        log.info("opened %s, %d × %d", path, *shaded.picture.info.shape)
        self.pictures.begin(self.scene, shaded)
        self.measuring.show_scene(self.scene)
        self.foretelling.of(self.scene, None)
        self.opened.emit(self.scene)
        self.picture_changed.emit()
        if self.scene.is_compressed:
            request = requests.Describe(path, check=True)
            described = partial(self._on_described, path)
            self._errands.submit(request, described, self._say, lane=Lane.FILES)

        if not self._devices_asked:
            self._devices_asked = True
            self._errands.submit(ListDevices(), self.devices_found.emit, self._say)
        locate = Locate(self.scene.info, path)
        self._errands.submit(locate, partial(self._on_located, self.scene), self._say, lane=Lane.FILES, urgent=True)

    def _on_located(self, scene: Scene, place: Place | None) -> None:
        here = self.scene is not None and self.scene.path == scene.path
        if not here and place is not None:
            place.close()
        elif here:
            self._leave()
            self.place = place
            self.located.emit(place)

    def _leave(self) -> None:
        """Let go of the place of the scene."""
        if self.place is not None:
            self.place.close()
        self.place = None

    def _on_described(self, path: Path, described: requests.Described) -> None:
        if self.scene is not None and self.scene.path == path:
            self.scene = replace(self.scene, container=described.container)
            self.described.emit(self.scene)

    def _on_refused(self, error: SarguiError) -> None:
        self._say(error)
        self.foretelling.go_on()

    def _on_compressed(self, settings: Settings, compressed: requests.Compressed) -> None:
        self._forget_result()
        self.result = Result(compressed, settings)
        log.info("compressed to %d bytes, quality %.1f", compressed.file_bytes, compressed.quality)
        self.compressed.emit(self.result)
        self.try_out(None)
        if self.scene is not None:
            request = requests.Evaluate(self.scene.path, compressed.target)
            done = partial(self._on_evaluated, compressed)
            stopped = partial(self._on_unmeasured, compressed)
            self._errands.submit(request, done, self._say, slot=MEASURE, awaited=True, stopped=stopped)

    def _on_unmeasured(self, compressed: requests.Compressed) -> None:
        if self.result is not None and self.result.compressed is compressed and not self.occupied:
            self.unmeasured.emit()

    def _on_evaluated(self, compressed: requests.Compressed, quality: requests.QualityReport) -> None:
        if self.result is not None and self.result.compressed is compressed:
            self.result = replace(self.result, quality=quality)
            self.evaluated.emit(self.result)
            if self.pictures.version == compressed.target:
                self.pictures.widen_error(quality)

    def _say(self, error: SarguiError) -> None:
        self.failed.emit(str(error))

    def _request(self, scene: Scene, settings: Settings, target: Path) -> requests.Compress:
        detect = bool(scene.info.detected_from)
        return requests.Compress(scene.path, target, kind=scene.kind, detect=detect, **settings.asked)

    def _forget_result(self) -> None:
        if self.result is not None:
            with suppress(OSError):  # still being read; the folder goes at the end
                self.result.compressed.target.unlink(missing_ok=True)
        self.result = None
