"""What the window shows of a scene and of what became of it, or would become of it."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

from sargui.core.types import Kind, Radiometry, RasterSource, Report, Window
from sargui.engine.bench import Bench
from sargui.engine.decoded import DecodedSource
from sargui.engine.live import LiveSource
from sargui.engine.picture import DECODE_LIMIT, picture
from sargui.engine.requests import Look, Picture


def look(request: Look, report: Report, cancel: Event, bench: Bench) -> Picture:
    """Return a picture of a window; an exact band is shown as if its numbers were power.

    Raises:
        MismatchError: the two files differ in size, or the band is not in both.
        SarguiError: neither file was given or one cannot be read.
    """
    original, decoded = bench.pair(request, cancel)
    if original is None and decoded is None:
        raise ValueError("nothing to look at")
    scale = _scale(decoded or original, request.band)
    if request.rough and isinstance(decoded, DecodedSource) and not decoded.has_overview:
        request = replace(request, rough=False)  # all would be decoded twice
    seen = picture(request, original, decoded, scale, report, cancel)
    if isinstance(decoded, LiveSource) and seen.step <= DECODE_LIMIT and scale is not None:
        seen = replace(seen, bits=decoded.bits(request.band, request.window or Window(0, 0, *seen.info.shape)))
    return replace(seen, notice=decoded.codec.notice) if isinstance(decoded, DecodedSource | LiveSource) else seen


def _scale(source: RasterSource | None, band: int) -> Radiometry | None:
    """Return the one scale on which both pictures are shown, with its floor; None if there is none but the kind's."""
    if not isinstance(source, DecodedSource | LiveSource) or band >= len(source.info.bands):
        return None
    return source.radiometry(band) if source.info.bands[band].kind is not Kind.EXACT else None
