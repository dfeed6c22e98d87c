"""One pass over a scene: its windows coded into a file, one after the other, and measured on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from contextlib import closing
from threading import Event

import numpy as np
from numpy.typing import NDArray

from sargui.container import LayerKind, Mark, TileKey, Writer, correction_to_bytes, measured_to_bytes
from sargui.core.tiling import ceil_div, tiles_in, windows
from sargui.core.types import Progress, Report, Window
from sargui.engine.encoding import NETWORK_WINDOW, Analyzed, CodedWindow, Encoder, encode_exact_tiles
from sargui.engine.leftovers import CHANGED
from sargui.engine.plane_decoder import PlaneDecoder
from sargui.engine.planes import BandPlane, ExactBand, ExactOverview, Overview, Plane
from sargui.engine.probe import Probe
from sargui.engine.resume import StaleError, checksum, coded_before
from sargui.engine.scene import Scene
from sargui.engine.stages import Clock, ahead, stop_if, until


class SceneJob:
    """Codes all bands of a scene into a writer, level 0 first, then the overviews gathered on the way; an `Attempt`.

    It goes through the scene window by window, in an order that is always the same: so a window that the writer has a
    mark of was coded before.
    """

    def __init__(
        self,
        scene: Scene,
        encoder: Encoder,
        report: Report,
        cancel: Event,
        clock: Clock,
        writer: Writer,
        quality: int,
        *,
        keep_power: bool,
    ) -> None:
        self.writer, self.quality, self._keep_power = writer, quality, keep_power
        self._scene, self._encoder, self._before = scene, encoder, deque(writer.marks)
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
        planes, has_overview, self._decoded = self._scene.planes, self._scene.has_overview, decoded
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
        with closing(ahead(self._windows(plane, level, band))) as windows_done:
            for coded, mark in windows_done:
                stop_if(self._cancel)
                window = coded.window
                if overview is not None:
                    place = np.s_[: window.rows, : window.cols]
                    overview.add(window, coded.x[place], coded.void[place])
                if isinstance(plane, BandPlane):
                    self.probe.look(self._encoder, plane, coded, self.quality)
                if decoder is not None:
                    decoder.add(coded)
                if level == 0:
                    self.estimated_bits += mark.estimated_bits
                    self.stream_bytes += mark.stream_bytes
                    self._step(window)

    def _windows(self, plane: Plane, level: int, band: int) -> Generator[tuple[CodedWindow, Mark], None, None]:
        """Yield the windows of a plane once they are in the file: of a band those of a killed run, then all others."""
        places = list(windows(*plane.shape, NETWORK_WINDOW))
        fresh = places[len(self._before) :]
        for window in until(self._cancel, places[: len(self._before)]):
            before = self._before.popleft()
            if isinstance(plane, BandPlane):  # nothing follows from an overview
                yield self._coded_before(plane, band, window, before), before
        analyzed = self._analyzed(plane, fresh)
        with closing(analyzed if self._decoded else ahead(analyzed)) as found:  # three that compute are slower
            for each in until(self._cancel, found):
                yield self._code_window(each, level, band)

    def _analyzed(self, plane: Plane, places: list[Window]) -> Generator[Analyzed, None, None]:
        for window in until(self._cancel, places):
            yield self._encoder.analyze(plane, window, self.quality)

    def _coded_before(self, plane: BandPlane, band: int, window: Window, before: Mark) -> CodedWindow:
        """Return a window that was there already."""
        decoded = self._decoded or self.probe.decodes(plane, window)
        keys = [TileKey(0, band, tile.row, tile.col) for tile in tiles_in(window)]
        with self._clock("resume"):
            return coded_before(self._encoder.codec, self.writer, plane, keys, window, before, decoded=decoded)

    def _code_window(self, analyzed: Analyzed, level: int, band: int) -> tuple[CodedWindow, Mark]:
        """Put a window into the file."""
        coded = self._encoder.quantize(analyzed, self.quality)
        written = self._encoder.write(coded, self.quality)
        with self._clock("write"):
            for tile, part in zip(coded.tiles, written, strict=True):
                self.writer.append(TileKey(level, band, tile.row, tile.col), part.payload)
            bits = sum(part.estimated_bits for part in written)
            stream_bytes = sum(part.stream_bytes for part in written)
            return coded, self.writer.mark(checksum(coded.x, coded.void), bits, stream_bytes)

    def _keep(self, plane: ExactBand | ExactOverview, level: int, band: int, overview: ExactOverview | None) -> None:
        for window in windows(*plane.shape, NETWORK_WINDOW):
            stop_if(self._cancel)
            before = self._before.popleft() if self._before else None
            with self._clock("exact bands"):
                values = plane.read(window)
                if overview is not None:
                    overview.add(window, values)
                if before is None:
                    for tile, payload in encode_exact_tiles(window, values):
                        self.writer.append(TileKey(level, band, tile.row, tile.col), payload)
                    self.writer.mark(checksum(values))
                elif before.read != checksum(values):
                    raise StaleError(CHANGED)
            if level == 0:
                self._step(window)

    def _step(self, window: Window) -> None:
        """Report one window more."""
        self._done += 1
        self._pixels_done += window.rows * window.cols
        written_bytes = self.writer.bytes_written
        self._report(Progress(self._done, self._total, self._stage, written_bytes, self._pixels_done))
