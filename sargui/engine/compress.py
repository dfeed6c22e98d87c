"""The job that this program is for: a raster into a container."""

from __future__ import annotations

import math
import os
import time
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from threading import Event

import numpy as np
from numpy.typing import NDArray

from sargui.codec.tile_codec import TileCodec
from sargui.container import LayerKind, TileKey, Writer, check_target, correction_to_bytes, measured_to_bytes
from sargui.core import catalogue
from sargui.core.errors import TargetError
from sargui.core.tiling import ceil_div, windows
from sargui.core.types import Progress, Report, Window
from sargui.engine.encoding import NETWORK_WINDOW, Encoder, encode_exact_tiles
from sargui.engine.plane_decoder import PlaneDecoder
from sargui.engine.planes import BandPlane, ExactBand, ExactOverview, Overview, Plane
from sargui.engine.probe import Probe
from sargui.engine.remarks import source_remarks
from sargui.engine.requests import Compress, Compressed, RateKind
from sargui.engine.scene import Scene
from sargui.engine.sources import open_source
from sargui.engine.stages import Clock, stop_if
from sargui.engine.targets import Aim, Sample, given_quality, reach


def compress(request: Compress, report: Report, cancel: Event) -> Compressed:
    """Compress a raster into a new container; nothing is left behind unless it is complete.

    Raises:
        SarguiError: any of core.errors; each message is one sentence for the user.
    """
    refuse_same_file(request.source, request.target)
    check_target(request.target, request.overwrite)  # before the work, not only after it
    clock, start = Clock(), time.perf_counter()
    card = catalogue.card(request.model) if request.model else catalogue.default_card()
    with open_source(request.source, request.kind, request.device, request.detect) as source, ExitStack() as files:
        with clock("load"):
            encoder = Encoder(TileCodec.load(card, request.device, request.effort), clock)
        with clock("radiometry"):
            scene = Scene.of(source, card, cancel)
        passes = count(1)

        def code(quality: int) -> _SceneJob:
            writer = files.enter_context(Writer(request.target, scene.header(quality), request.overwrite))
            job = _SceneJob(scene, encoder, writer, quality, report, cancel, clock, keep_power=request.keep_power)
            job.run(next(passes), decoded=request.keep_power or request.rate.kind is RateKind.RMSE_DB)
            return job

        if (given := given_quality(request.rate, encoder.codec.only_quality)) is not None:
            job = code(given)
        else:
            budget = scene.budget(cancel, keep_power=request.keep_power)
            job = reach(Aim(request.rate, budget), Sample(encoder, scene.measured, budget, report, cancel), code)
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
            notice=" ".join(filter(None, (encoder.codec.notice, *remarks, job.probe.remark(card)))),
        )


class _SceneJob:
    """Codes all bands of a scene into a writer, level 0 first, then the overviews gathered on the way; an `Attempt`."""

    def __init__(
        self,
        scene: Scene,
        encoder: Encoder,
        writer: Writer,
        quality: int,
        report: Report,
        cancel: Event,
        clock: Clock,
        *,
        keep_power: bool,
    ) -> None:
        self.writer, self.quality, self._keep_power = writer, quality, keep_power
        self._scene, self._encoder = scene, encoder
        self._report, self._cancel, self._clock = report, cancel, clock
        self._stage = ""
        self._done = self._total = self._pixels_done = 0
        self.estimated_bits, self.stream_bytes = 0.0, 0

    @property
    def file_bytes(self) -> int:
        """Bytes of the file."""
        return self.writer.file_bytes

    @property
    def pixel_bytes(self) -> int:
        """Bytes that the pixels need."""
        return self.writer.pixel_bytes

    @property
    def rmse_db(self) -> float:
        """The rms error in dB, of all pixels or of a sample."""
        return self.probe.rmse_db

    def discard(self) -> None:
        """Remove the file."""
        self.writer.discard()

    def run(self, number: int, *, decoded: bool) -> None:
        """Code everything and seal the file, the `number`th time for this job; measure the error on the way.

        `decoded` says whether everything is decoded for that, or a sample.
        """
        planes, has_overview = self._scene.planes, self._scene.has_overview
        self._stage = "compressing" if number == 1 else f"compressing, pass {number}"
        self.probe = Probe(self._scene.measured, everywhere=decoded)
        gains = []
        self._total = sum(ceil_div(p.shape[0], NETWORK_WINDOW) * ceil_div(p.shape[1], NETWORK_WINDOW) for p in planes)
        for band, plane in enumerate(planes):
            if isinstance(plane, ExactBand):
                thinned = ExactOverview(plane) if has_overview else None
                self._keep(plane, 0, band, thinned)
                if thinned is not None:
                    self._keep(thinned, 1, band, None)
                continue
            overview = Overview(*plane.shape) if has_overview else None
            decoder = self._decoder(plane, band) if decoded else None
            self._code(plane, 0, band, overview, decoder)
            if overview is not None:
                self._code(overview, 1, band, None)
            if decoder is not None:
                gains += self._judge(decoder)
        correction = correction_to_bytes(gains)
        if 0 < len(correction) <= LayerKind.CORRECTION.max_bytes:  # beyond that lie scenes of terapixels
            self.writer.layer(LayerKind.CORRECTION, correction)
        for kind, content in self._scene.layers.items():
            self.writer.layer(kind, content)
        if self.probe.error is not None:
            self.writer.layer(LayerKind.MEASURED, measured_to_bytes(self.probe.error))
        with self._clock("write"):
            self.writer.seal()

    def _decoder(self, plane: BandPlane, band: int) -> PlaneDecoder:
        return PlaneDecoder(self._encoder.codec, plane, len(self._scene.planes), band, self.quality, self._clock)

    def _judge(self, decoder: PlaneDecoder) -> list[NDArray[np.float64]]:
        """Take note of a band's error; return its gains, if power is to be kept."""
        gains = decoder.powers.gains_db() if self._keep_power else None
        self.probe.take(*decoder.powers.squared_error(gains))
        return [] if gains is None else [gains]

    def _code(
        self, plane: Plane, level: int, band: int, overview: Overview | None, decoder: PlaneDecoder | None = None
    ) -> None:
        for window in windows(*plane.shape, NETWORK_WINDOW):
            stop_if(self._cancel)
            coded = self._encoder.code(plane, window, self.quality)
            if overview is not None:
                overview.add(window, coded.x[: window.rows, : window.cols], coded.void[: window.rows, : window.cols])
            written = self._encoder.write(coded, self.quality)
            with self._clock("write"):
                for tile, part in zip(coded.tiles, written, strict=True):
                    self.writer.append(TileKey(level, band, tile.row, tile.col), part.payload)
            if isinstance(plane, BandPlane):
                self.probe.look(self._encoder, plane, coded, self.quality)
            if decoder is not None:
                decoder.add(coded)
            if level == 0:
                self.estimated_bits += sum(part.estimated_bits for part in written)
                self.stream_bytes += sum(part.stream_bytes for part in written)
                self._step(window)

    def _keep(self, plane: ExactBand | ExactOverview, level: int, band: int, overview: ExactOverview | None) -> None:
        for window in windows(*plane.shape, NETWORK_WINDOW):
            stop_if(self._cancel)
            with self._clock("exact bands"):
                values = plane.read(window)
                if overview is not None:
                    overview.add(window, values)
                for tile, payload in encode_exact_tiles(window, values):
                    self.writer.append(TileKey(level, band, tile.row, tile.col), payload)
            if level == 0:
                self._step(window)

    def _step(self, window: Window) -> None:
        """Report one window more."""
        self._done += 1
        self._pixels_done += window.rows * window.cols
        written_bytes = self.writer.bytes_written
        self._report(Progress(self._done, self._total, self._stage, written_bytes, self._pixels_done))


def refuse_same_file(source: Path, target: Path) -> None:
    """Raise TargetError if a job would write over what it reads."""
    if os.path.exists(target) and os.path.exists(source) and target.samefile(source):
        raise TargetError(f"{target.name} is the file being read; choose another name for the result.")
