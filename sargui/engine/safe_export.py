"""A container back into the SAFE product that it was made from: images decoded, all other files as they were."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from threading import Event

from sargui.codec.devices import sharing_cores
from sargui.container import LayerKind
from sargui.core.errors import DamagedFileError, RequestError, TargetError
from sargui.core.paths import MANIFEST
from sargui.core.tiling import windows
from sargui.core.types import Progress, Report
from sargui.engine.decoded import DecodedSource
from sargui.engine.encoding import NETWORK_WINDOW
from sargui.engine.provenance import ERROR_TAGS, damage, provenance
from sargui.engine.requests import Decompress, Decompressed
from sargui.engine.stages import stop_if
from sargui.io import SafeWriter, safe_target


def export_safe(request: Decompress, report: Report, cancel: Event) -> Decompressed:
    """Write the product in a container as a folder; lost tiles come out as nodata and are named in the result.

    Raises:
        SarguiError: any of core.errors; each message is one sentence for the user.
    """
    if request.window is not None or request.cog:
        raise RequestError("A SAFE product holds whole images in its own kind of file: leave out --window and --cog.")
    start = time.perf_counter()
    with DecodedSource(request.source, request.device, lenient=True) as source:
        info, clock = source.info, source.clock
        annexes = source.annexes()
        source.reader.layer(LayerKind.METADATA)  # raises if it is damaged: nothing else says what product it was
        if not info.product or MANIFEST not in annexes:
            raise RequestError(
                f"{request.source.name} was not made from a SAFE product; leave out --safe to write a GeoTIFF."
            )
        target = safe_target(request.target, info.name)
        _refuse_inside(request.source, target)
        tags, layers = provenance(source.reader), source.reader.damaged_layers()
        with SafeWriter(target, annexes, request.overwrite) as writer:
            named = [image.polarization for image in writer.measurements]
            there = [band.description for band in info.bands]
            if there != [polarization for polarization in named if polarization in there]:
                raise DamagedFileError(f"{request.source.name} is damaged: its bands are not those of its manifest.")
            places = list(windows(*info.shape, NETWORK_WINDOW))
            total = len(places) * len(info.bands)
            for band, polarization in enumerate(there):
                with writer.image(named.index(polarization), band, info, tags) as image:
                    each = source.read_each([(band, window) for window in places], cancel)
                    with sharing_cores(), closing(each) as decoded:
                        for done, (window, pixels) in enumerate(
                            zip(places, decoded, strict=True), 1 + band * len(places)
                        ):
                            stop_if(cancel)
                            with clock("write"):
                                image.write(0, window, pixels)
                            report(Progress(done, total, "decompressing", writer.file_bytes))
                    with clock("write"):
                        if damage(source.damaged, layers).of_pixels:
                            image.untag(ERROR_TAGS)
                        image.finish()
            stop_if(cancel)
            writer.finish()
        clock.seconds["total"] = time.perf_counter() - start
        lost = damage(source.damaged, layers)
        return Decompressed(target, writer.file_bytes, info, lost.parts, clock.rounded(), lost.lacks)


def _refuse_inside(source: Path, target: Path) -> None:
    """Refuse to replace a product that holds the file being read."""
    if target.exists() and source.resolve().is_relative_to(target.resolve()):
        raise TargetError(f"{target.name} holds the file being read; choose another folder for the result.")
