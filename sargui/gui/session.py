"""The state of the window apart from its widgets: the open scene, its result, what is shown, what is running.

Verbs (`open`, `compress`, `save`, …) submit jobs to the one runner; signals say what became of them. Every verb
returns at once.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from sargui.core.errors import AmbiguousKindError, SarguiError, TargetError
from sargui.core.types import Kind, Window
from sargui.engine import dispatch, requests
from sargui.gui.errands import Done, Errands
from sargui.gui.job_runner import Execute, Job
from sargui.gui.saving import compress_whole, copy_whole, same_file
from sargui.gui.scene import ReadOut, Result, Scene, covers, grown, is_compressed, read_out
from sargui.gui.shading import ERROR_SPREAD, Shaded, Stretch, round_up, shade_again, shade_picture

log = logging.getLogger(__name__)

MAX_SIDE = 2048  # pixels a side of one picture


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
    kind_wanted = Signal(object, object)  # path of a file that does not say what it holds, and some of its values

    def __init__(self, execute: Execute = dispatch.execute, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.result: Result | None = None
        self.overview: Shaded | None = None  # the whole scene
        self.detail: Shaded | None = None  # the visible part of a large scene, finer
        self.band = 0
        self._execute = execute
        self._stretches: dict[int, Stretch] = {}  # band -> stretch of the scene
        self._error_limits: dict[int, float] = {}  # band -> range of the result's error
        self._numbers = count(1)
        self._folder = tempfile.TemporaryDirectory(prefix="sargui-", ignore_cleanup_errors=True)
        self._errands = Errands(execute, self)
        self._errands.progressed.connect(self.progressed)
        self._errands.busy_changed.connect(self.busy_changed)
        self._errands.cancelled.connect(self.cancelled)

    @property
    def busy(self) -> bool:
        """True while a job runs that the user waits for."""
        return self._errands.busy

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

    def open(self, path: Path, kind: Kind | None = None) -> None:
        """Open a raster or a .sarz; the current scene stays until the new one can be shown."""
        if self.busy:
            self.failed.emit(f"{path.name} was not opened: a job is running; cancel it with Esc, then try again.")
            return
        path = path.absolute()
        request = requests.Look(
            original=None if is_compressed(path) else path,
            compressed=path if is_compressed(path) else None,
            max_side=MAX_SIDE,
            kind=kind,
        )

        def refused(error: SarguiError) -> None:
            if isinstance(error, AmbiguousKindError) and kind is None:
                self.kind_wanted.emit(path, error.sample)
            else:
                self.failed.emit(str(error))

        job = self._shaded(request, None, None)
        self._errands.submit(job, lambda shaded: self._on_opened(path, kind, shaded), refused, awaited=True)

    def compress(self, model: str | None, rate: requests.Rate) -> None:
        """Compress the scene into the session's own folder, then show and measure what it did."""
        if self.scene is None or self.scene.is_compressed or self.busy:
            return
        target = Path(self._folder.name) / f"{next(self._numbers)}.sarz"
        source, kind = self.scene.path, self.scene.kind
        request = requests.Compress(source, target, model=model, rate=rate, kind=kind)
        job = partial(compress_whole, self._execute, request)
        self._errands.submit(job, self._on_compressed, self._say, awaited=True)

    def save(self, target: Path) -> None:
        """Copy the compressed result to `target`, replacing what is there: the user has been asked."""
        if self.result is None or not self._may_write(target):
            return
        source = self.result.compressed.target
        self._errands.submit(
            lambda report, cancel: copy_whole(source, target, report, cancel),
            lambda path: self._on_saved(source, path),
            self._say,
            awaited=True,
        )

    def export(self, target: Path) -> None:
        """Write the decoded raster as GeoTIFF, replacing what is there: the user has been asked."""
        if self.container is None or not self._may_write(target):
            return
        request = requests.Decompress(self.container, target, overwrite=True)
        self._errands.submit(request, self.exported.emit, self._say, awaited=True)

    def set_band(self, band: int) -> None:
        """Show another band."""
        if self.scene is not None and band != self.band and 0 <= band < len(self.scene.info.bands):
            self.band, self.detail = band, None
            self._look_again()

    def look_at(self, window: Window) -> None:
        """Fetch the visible part of a large scene finer, unless what is there already shows it as fine."""
        if self.scene is None or self.overview is None or self.overview.picture.step == 1:
            return
        wanted = grown(window, self.scene.info.shape)
        if min(wanted.shape) < 1:
            return
        needed = -(-max(wanted.shape) // MAX_SIDE)
        for shaded in (self.detail, self.overview):
            if shaded and covers(shaded.picture.window, window) and shaded.picture.step <= needed:
                return
        self._look(wanted, self._on_detail, slot="detail")

    def values_at(self, row: int, col: int) -> ReadOut | None:
        """Return the values at a pixel of the scene, from the finest picture at hand; None outside."""
        for shaded in (self.detail, self.overview):
            values = read_out(shaded.picture, row, col) if shaded is not None else None
            if values is not None:
                return values
        return None

    def cancel(self) -> None:
        """Stop the jobs that the user waits for; what was there before stays."""
        self._errands.cancel()

    def shutdown(self) -> None:
        """Cancel everything, join the thread, remove the session's own files."""
        self._errands.shutdown()
        self._folder.cleanup()

    # What comes back

    def _on_opened(self, path: Path, kind: Kind | None, shaded: Shaded) -> None:
        self._forget_result()
        self.scene = Scene(path, shaded.picture.info, kind)
        self.overview, self.detail, self.band = shaded, None, 0
        self._stretches = {0: shaded.stretch}
        log.info("opened %s, %d × %d", path, *shaded.picture.info.shape)
        self.opened.emit(self.scene)
        self.picture_changed.emit()
        if self.scene.is_compressed:
            request = requests.Describe(path)
            self._errands.submit(request, lambda described: self._on_described(path, described), self._say)

    def _on_described(self, path: Path, described: requests.Described) -> None:
        if self.scene is not None and self.scene.path == path:
            self.scene = replace(self.scene, container=described.container)
            self.described.emit(self.scene)

    def _on_compressed(self, compressed: requests.Compressed) -> None:
        self._forget_result()
        self.result = Result(compressed)
        log.info("compressed to %d bytes, quality %.1f", compressed.file_bytes, compressed.quality)
        self.compressed.emit(self.result)
        self._look_again()
        if self.scene is not None:
            request = requests.Evaluate(self.scene.path, compressed.target)
            done = partial(self._on_evaluated, compressed)
            self._errands.submit(request, done, self._say, awaited=True)

    def _on_evaluated(self, compressed: requests.Compressed, quality: requests.QualityReport) -> None:
        if self.result is not None and self.result.compressed is compressed:
            self.result = replace(self.result, quality=quality)
            self.evaluated.emit(self.result)
            self._widen_error(quality)

    def _widen_error(self, quality: requests.QualityReport) -> None:
        """Give the error the range of its single pixels: an overview shows means of several, which err less."""
        for band, measured in enumerate(quality.bands):
            limit = round_up(ERROR_SPREAD * measured.rmse_db)
            self._error_limits[band] = max(limit, self._error_limits.get(band, 0.0))
        limit = self._error_limits.get(self.band, 0.0)
        if self.overview is not None and limit > self.overview.error_limit_db:
            self._shade_again(limit)

    def _on_saved(self, source: Path, target: Path) -> None:
        if self.result is not None and self.result.compressed.target == source:
            self.result = replace(self.result, saved=target)
        self.saved.emit(target)

    def _on_overview(self, shaded: Shaded) -> None:
        self._stretches[self.band] = shaded.stretch
        if shaded.picture.error_db is not None:
            self._error_limits[self.band] = shaded.error_limit_db
        self.overview = shaded
        self.picture_changed.emit()

    def _on_detail(self, shaded: Shaded) -> None:
        self.detail = shaded
        self.picture_changed.emit()

    # How jobs are sent

    def _look_again(self) -> None:
        """Fetch the whole scene again, and the visible part if there is one; the old pictures stay until then."""
        window = self.detail.picture.window if self.detail is not None else None
        self._look(None, self._on_overview, slot="overview")
        if window is not None:
            self._look(window, self._on_detail, slot="detail")

    def _look(self, window: Window | None, done: Done, slot: str) -> None:
        """Fetch a picture of a window, or of the whole scene."""
        if self.scene is None:
            return
        request = requests.Look(
            original=None if self.scene.is_compressed else self.scene.path,
            compressed=self.container,
            band=self.band,
            window=window,
            max_side=MAX_SIDE,
            kind=self.scene.kind,
        )
        self._fetch(
            self._shaded(request, self._stretches.get(self.band), self._error_limits.get(self.band)), done, slot
        )

    def _shade_again(self, error_limit_db: float) -> None:
        """Color the pictures at hand anew, without reading anything."""
        for shaded, done, slot in (
            (self.overview, self._on_overview, "overview"),
            (self.detail, self._on_detail, "detail"),
        ):
            if shaded is not None:
                self._fetch(partial(shade_again, shaded, error_limit_db), done, slot)

    def _fetch(self, job: Job, done: Done, slot: str) -> None:
        """Have a picture made; one of a scene, result or band of before is dropped when it comes."""
        asked = self._asked()

        def still_wanted(follow_up: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda outcome: follow_up(outcome) if asked == self._asked() else None

        self._errands.submit(job, still_wanted(done), still_wanted(self._say), slot=slot)

    def _asked(self) -> tuple[Path | None, Path | None, int]:
        return self.scene.path if self.scene is not None else None, self.container, self.band

    def _shaded(self, request: requests.Look, stretch: Stretch | None, error_limit_db: float | None) -> Job:
        """Return the job that looks and colors what it sees, both in the worker."""
        execute = self._execute
        return lambda report, cancel: shade_picture(execute(request, report, cancel), stretch, error_limit_db)

    def _say(self, error: SarguiError) -> None:
        self.failed.emit(str(error))

    def _may_write(self, target: Path) -> bool:
        """Refuse, with a sentence, to write over the file that is being shown."""
        if self.scene is None or not same_file(target, self.scene.path):
            return True
        self._say(TargetError(f"{target.name} is the open scene itself; choose another name."))
        return False

    def _forget_result(self) -> None:
        if self.result is not None:
            with suppress(OSError):  # still being read; the folder goes at the end
                self.result.compressed.target.unlink(missing_ok=True)
        self.result = None
        self._error_limits = {}
