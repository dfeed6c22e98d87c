"""The job that this program is for: a raster into a container."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import sargui
from sargui.codec.tile_codec import TileCodec
from sargui.container import BandHeader, Header, LayerKind, TileKey, Writer, fixed_bytes, product_to_bytes
from sargui.core import catalogue
from sargui.core.errors import TargetError
from sargui.core.tiling import ceil_div, windows
from sargui.core.types import ModelCard, ProductInfo, Progress, RasterSource, Report
from sargui.engine.encoding import NETWORK_WINDOW, Encoder
from sargui.engine.planes import BandPlane, Overview, Plane, sample_radiometry
from sargui.engine.requests import Compress, Compressed
from sargui.engine.sources import open_source
from sargui.engine.stages import Clock, stop_if
from sargui.engine.targets import Budget, choose_quality
from sargui.networks.quality import QUALITY_MAX

OVERVIEW_FROM = 2048  # pixels: a scene with a longer side stores an overview


def compress(request: Compress, report: Report, cancel: Event) -> Compressed:
    """Compress a raster into a new container; nothing is left behind unless it is complete.

    Raises:
        SarguiError: any of core.errors; each message is one sentence for the user.
    """
    refuse_same_file(request.source, request.target)
    clock, start = Clock(), time.perf_counter()
    card = catalogue.card(request.model) if request.model else catalogue.default_card()
    with open_source(request.source, request.kind, request.device) as source:
        with clock("load"):
            encoder = Encoder(TileCodec.load(card, request.device, request.effort), clock)
        with clock("radiometry"):
            planes = [_plane(source, band, cancel) for band in range(len(source.info.bands))]
        metadata = product_to_bytes(source.info)
        has_overview = max(source.info.shape) > OVERVIEW_FROM
        pixels = source.info.rows * source.info.cols * len(planes)
        fixed = fixed_bytes(_header(source.info, planes, card, QUALITY_MAX))
        budget = Budget(source.info.raw_bytes, pixels, fixed, len(metadata), has_overview)
        quality = choose_quality(request.rate, encoder, planes, budget, report, cancel)
        with Writer(request.target, _header(source.info, planes, card, quality), request.overwrite) as writer:
            job = _SceneJob(encoder, writer, quality, report, cancel, clock)
            job.run(planes, has_overview)
            writer.layer(LayerKind.METADATA, metadata)
            with clock("write"):
                writer.finish()
        clock.seconds["total"] = time.perf_counter() - start
        return Compressed(
            target=request.target,
            file_bytes=writer.file_bytes,
            pixel_bytes=writer.pixel_bytes,
            raw_bytes=source.info.raw_bytes,
            bits_per_pixel=8 * writer.pixel_bytes / pixels,
            estimated_bytes=math.ceil(job.estimated_bits / 8),
            stream_bytes=job.stream_bytes,
            quality=quality / 100,
            model=card.name,
            info=source.info,
            seconds=clock.rounded(),
        )


class _SceneJob:
    """Codes all planes of a scene into a writer, level 0 first, then the overviews gathered on the way."""

    def __init__(
        self, encoder: Encoder, writer: Writer, quality: int, report: Report, cancel: Event, clock: Clock
    ) -> None:
        self._encoder, self._writer, self._quality = encoder, writer, quality
        self._report, self._cancel, self._clock = report, cancel, clock
        self._done = self._total = self._pixels_done = 0
        self.estimated_bits, self.stream_bytes = 0.0, 0

    def run(self, planes: Sequence[BandPlane], has_overview: bool) -> None:
        """Code everything."""
        self._total = sum(ceil_div(p.shape[0], NETWORK_WINDOW) * ceil_div(p.shape[1], NETWORK_WINDOW) for p in planes)
        for band, plane in enumerate(planes):
            overview = Overview(*plane.shape) if has_overview else None
            self._code(plane, 0, band, overview)
            if overview is not None:
                self._code(overview, 1, band, None)

    def _code(self, plane: Plane, level: int, band: int, overview: Overview | None) -> None:
        for window in windows(*plane.shape, NETWORK_WINDOW):
            stop_if(self._cancel)
            coded = self._encoder.code(plane, window, self._quality)
            if overview is not None:
                overview.add(window, coded.x[: window.rows, : window.cols], coded.void[: window.rows, : window.cols])
            written = self._encoder.write(coded, self._quality)
            with self._clock("write"):
                for tile, part in zip(coded.tiles, written, strict=True):
                    self._writer.append(TileKey(level, band, tile.row, tile.col), part.payload)
            if level == 0:
                self.estimated_bits += sum(part.estimated_bits for part in written)
                self.stream_bytes += sum(part.stream_bytes for part in written)
                self._done += 1
                self._pixels_done += window.rows * window.cols
                written_bytes = self._writer.bytes_written
                self._report(Progress(self._done, self._total, "compressing", written_bytes, self._pixels_done))


def refuse_same_file(source: Path, target: Path) -> None:
    """Raise TargetError if a job would write over what it reads."""
    if target.exists() and source.exists() and target.samefile(source):
        raise TargetError(f"{target.name} is the file being read; choose another name for the result.")


def _plane(source: RasterSource, band: int, cancel: Event) -> BandPlane:
    stop_if(cancel)
    return BandPlane(source, band, sample_radiometry(source, band, source.info.bands[band].kind))


def _header(info: ProductInfo, planes: Sequence[BandPlane], card: ModelCard, quality: int) -> Header:
    bands = tuple(
        BandHeader(band.dtype, band.nodata, plane.radiometry) for band, plane in zip(info.bands, planes, strict=True)
    )
    return Header(info.rows, info.cols, bands, card.name, card.sha256, quality, f"sargui {sargui.__version__}")
