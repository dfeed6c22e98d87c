"""The job that this program is for: a raster into a container."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import Event

from sargui.codec.devices import sharing_cores
from sargui.codec.tile_codec import TileCodec
from sargui.container import Header, Journal, Purpose, Writer, beginning, check_target
from sargui.core import catalogue
from sargui.core.errors import TargetError
from sargui.core.types import Progress, Report
from sargui.engine.encoding import Encoder
from sargui.engine.finished import finished
from sargui.engine.leftovers import Leftovers, asked
from sargui.engine.remarks import source_remarks
from sargui.engine.requests import Compress, Compressed, RateKind
from sargui.engine.resume import StaleError, made_by, steps_of
from sargui.engine.scene import Scene
from sargui.engine.scene_job import SceneJob
from sargui.engine.source_state import refuse_changed, states
from sargui.engine.sources import open_source
from sargui.engine.stages import Clock, stop_if
from sargui.engine.targets import Aim, Sample, given_quality, reach


def compress(request: Compress, report: Report, cancel: Event) -> Compressed:
    """Compress a raster into a new container; nothing is left behind unless it is complete, or the process is killed.

    Raises:
        SarguiError: any of core.errors; each message is one sentence for the user.
    """
    refuse_same_file(request.source, request.target)
    if request.resume and not request.overwrite and (done := finished(request)) is not None:
        return done
    check_target(request.target, request.overwrite)  # before the work, not only after it
    clock, start = Clock(), time.perf_counter()
    card = catalogue.card(request.model) if request.model else catalogue.default_card()
    with open_source(request.source, request.kind, request.device, request.detect) as source, ExitStack() as files:
        before = states(request.source)
        with clock("load"):
            encoder = Encoder(TileCodec.load(card, request.device, request.effort), clock)
        with clock("radiometry"):
            scene = Scene.of(source, card, cancel)
        stamp = asked(request, card) | made_by(encoder.codec)
        left = files.enter_context(Leftovers(request, stamp, partial(_say, report)))
        job_of = partial(SceneJob, scene, encoder, report, cancel, clock, keep_power=request.keep_power)
        code = _Passes(request, scene, Purpose(steps_of(scene), stamp), left, files, job_of)
        if (given := given_quality(request.rate, encoder.codec.only_quality)) is not None:
            job = code(given)
        else:
            budget = scene.budget(cancel, keep_power=request.keep_power)
            job = reach(Aim(request.rate, budget), Sample(encoder, scene.measured, budget, report, cancel), code)
        left.close()
        stop_if(cancel)
        refuse_changed(request.source, before)
        with clock("write"):
            job.writer.finish()
        remarks = source_remarks(source, request.kind, scene.measured)
        clock.seconds["total"] = time.perf_counter() - start
        return Compressed(
            target=request.target,
            file_bytes=job.file_bytes,
            pixel_bytes=job.pixel_bytes,
            raw_bytes=source.info.raw_bytes,
            bits_per_pixel=8 * job.pixel_bytes / scene.pixels,
            estimated_bytes=math.ceil(job.estimated_bits / 8),
            stream_bytes=job.stream_bytes,
            quality=job.quality / 100,
            model=card.name,
            info=source.info,
            error=job.probe.error,
            seconds=clock.rounded(),
            notices=tuple(filter(None, (encoder.codec.notice, *left.notes, *remarks, job.probe.remark(card)))),
        )


class _Passes:
    """Codes a scene at one quality after the other, each into a file of its own, going on with what is left of them."""

    def __init__(
        self,
        request: Compress,
        scene: Scene,
        purpose: Purpose,
        left: Leftovers,
        files: ExitStack,
        job_of: Callable[[Writer, int], SceneJob],
    ) -> None:
        self._request, self._scene, self._purpose = request, scene, purpose
        self._left, self._files, self._job_of = left, files, job_of
        self._decoded = request.keep_power or request.rate.kind is RateKind.RMSE_DB
        self._passes = 0

    def __call__(self, quality: int) -> SceneJob:
        """Return the job that has coded the scene at a quality; its file is sealed."""
        self._passes += 1
        header = self._scene.header(quality)
        leftover = self._left.take(beginning(header))
        try:
            return self._run(header, leftover)
        except StaleError as reason:
            self._left.doubt(reason)
            return self._run(header, None)

    def _run(self, header: Header, leftover: Journal | None) -> SceneJob:
        request = self._request
        with ExitStack() as undo:
            writer = undo.enter_context(Writer(request.target, header, request.overwrite, self._purpose, leftover))
            if leftover is not None:
                self._left.resumed(leftover)
            job = self._job_of(writer, header.quality)
            with sharing_cores():
                job.run(self._passes, decoded=self._decoded)
            self._files.push(undo.pop_all())
        return job


def _say(report: Report, sentence: str) -> None:
    report(Progress(0, 0, "starting", notice=sentence))


def refuse_same_file(source: Path, target: Path) -> None:
    """Raise TargetError if a job would write over what it reads."""
    if os.path.exists(target) and os.path.exists(source) and target.samefile(source):
        raise TargetError(f"{target.name} is the file being read; choose another name for the result.")
