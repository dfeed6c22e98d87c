"""Is a container whole, and does it hold what the original held?"""

from __future__ import annotations

from threading import Event

from sargui.container import layer_name
from sargui.core.tiling import windows
from sargui.core.types import Progress, Report
from sargui.engine.decoded import DecodedSource
from sargui.engine.differences import differences
from sargui.engine.encoding import NETWORK_WINDOW
from sargui.engine.evaluate import compare
from sargui.engine.planes import measured_kind
from sargui.engine.requests import QualityReport, Verified, Verify
from sargui.engine.sources import open_source
from sargui.engine.stages import stop_if


def verify(request: Verify, report: Report, cancel: Event) -> Verified:
    """Check all checksums, read every layer, decode every tile; where nothing is damaged, compare with the original.

    Descriptions are compared as this program reads them of the two files. What was decompressed from a container is
    compared as any other raster: what GeoTIFF does not hold of an original, or adds to it, is then a difference.

    Raises:
        FormatError: the container cannot even be opened.
    """
    with DecodedSource(request.source, request.device, lenient=True) as source:
        reader = source.reader
        damaged = {*map(str, reader.damaged()), *map(layer_name, reader.damaged_layers())}
        places = [
            (band, window, level)
            for level in reader.levels
            for band in range(len(source.info.bands))
            for window in windows(*source.size(level), NETWORK_WINDOW)
        ]
        for done, place in enumerate(places, start=1):
            stop_if(cancel)
            source.decode(*place)
            report(Progress(done, len(places), "verifying"))
        damaged |= set(source.damaged)
        quality: QualityReport | None = None
        differing: tuple[str, ...] = ()
        if request.against is not None and not damaged:
            with open_source(request.against, measured_kind(source.info), request.device, detect=True) as original:
                quality = compare(original, source, report, cancel, regions=None)
                differing = differences(original.info, source.info)
        return Verified(len(list(reader.keys())), tuple(sorted(damaged)), quality, differing)
