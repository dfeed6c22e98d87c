"""A container, or a window of it, back into a GeoTIFF with everything that the original carried."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from threading import Event

from sargui.codec.devices import sharing_cores
from sargui.core.errors import RequestError
from sargui.core.tiling import parts
from sargui.core.types import Georeference, ProductInfo, Progress, Report, Window
from sargui.engine.compress import refuse_same_file
from sargui.engine.decoded import DecodedSource
from sargui.engine.encoding import NETWORK_WINDOW
from sargui.engine.provenance import ERROR_TAGS, damage, provenance
from sargui.engine.requests import Decompress, Decompressed
from sargui.engine.safe_export import export_safe
from sargui.engine.stages import stop_if
from sargui.io import RasterWriter


def decompress(request: Decompress, report: Report, cancel: Event) -> Decompressed:
    """Write the raster in a container, or the product that it came from.

    What is damaged is named in the result; lost tiles come out as nodata.

    Raises:
        SarguiError: any of core.errors; each message is one sentence for the user.
    """
    if request.safe:
        return export_safe(request, report, cancel)
    refuse_same_file(request.source, request.target)
    start = time.perf_counter()
    with DecodedSource(request.source, request.device, lenient=True) as source:
        clock = source.clock
        whole = Window(0, 0, *source.info.shape)
        window = request.window or whole
        info = crop(source.info, window) if window != whole else source.info
        tags = provenance(source.reader)
        with RasterWriter(request.target, info, tags, request.overwrite, request.cog) as writer:
            places = [(band, part) for band in range(len(info.bands)) for part in parts(window, NETWORK_WINDOW)]
            pixels_done = 0
            with sharing_cores(), closing(source.read_each(places, cancel)) as decoded:
                for done, ((band, part), pixels) in enumerate(zip(places, decoded, strict=True), start=1):
                    stop_if(cancel)
                    with clock("write"):
                        writer.write(band, replace(part, row=part.row - window.row, col=part.col - window.col), pixels)
                    pixels_done += part.rows * part.cols
                    report(Progress(done, len(places), "decompressing", writer.file_bytes, pixels_done))
            lost = damage(source.damaged, source.reader.damaged_layers())
            with clock("write"):
                if lost.of_pixels:
                    writer.untag(ERROR_TAGS)
                writer.finish(lambda: stop_if(cancel))
        clock.seconds["total"] = time.perf_counter() - start
        return Decompressed(request.target, writer.file_bytes, info, lost.parts, clock.rounded(), lost.lacks)


def crop(info: ProductInfo, window: Window) -> ProductInfo:
    """Return the description of a window of a product, with its place moved along.

    Raises:
        RequestError: the window does not lie inside.
    """
    inside = window.row >= 0 and window.col >= 0 and window.rows > 0 and window.cols > 0
    if not inside or window.row + window.rows > info.rows or window.col + window.cols > info.cols:
        raise RequestError(
            f"The window {window.row},{window.col},{window.rows},{window.cols} (row, column, rows, columns) does not "
            f"lie inside the scene of {info.rows} × {info.cols} pixels."
        )
    place = info.georeference
    affine = place.affine
    if affine is not None:
        a, b, c, d, e, f = affine
        affine = (a, b, c + a * window.col + b * window.row, d, e, f + d * window.col + e * window.row)
    gcps = tuple(replace(point, row=point.row - window.row, col=point.col - window.col) for point in place.gcps)
    moved = Georeference(place.crs_wkt, affine, gcps, place.gcps_crs_wkt)
    return replace(info, rows=window.rows, cols=window.cols, georeference=moved, tags=_move_rpc(info.tags, window))


def _move_rpc(tags: Mapping[str, Mapping[str, str]], window: Window) -> Mapping[str, Mapping[str, str]]:
    """Return tags whose rational polynomials, if there are any, count pixels from the window's first one."""
    try:
        rpc = tags["RPC"]
        first = {"LINE_OFF": float(rpc["LINE_OFF"]) - window.row, "SAMP_OFF": float(rpc["SAMP_OFF"]) - window.col}
    except (KeyError, ValueError):  # none, or none that anybody could use
        return tags
    return {**tags, "RPC": {**rpc, **{key: repr(value) for key, value in first.items()}}}
