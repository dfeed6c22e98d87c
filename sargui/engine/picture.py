"""From sources to what the window shows of them: mean power in dB, no larger than a screen. Without torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event

import numpy as np
from numpy.typing import NDArray

from sargui.core import radiometry
from sargui.core.errors import MismatchError
from sargui.core.tiling import TILE, ceil_div
from sargui.core.types import ProductInfo, Progress, Radiometry, RasterSource, Report, Void, Window
from sargui.engine.planes import Overview
from sargui.engine.requests import Look, Picture
from sargui.engine.stages import stop_if

DECODE_LIMIT = 4  # zoomed out further than this many pixels to one, the stored overview is shown
DECODED_AT_ONCE = 1 << 22  # pixels; of more, which takes seconds, a rough picture is a stored overview, too
READ_PIXELS = 1 << 20  # of an original, at once: what is made of them fits into a processor's cache


@dataclass(frozen=True, slots=True)
class _Part:
    """What is pictured: a window of a band, step×step pixels as one."""

    band: int
    window: Window
    step: int

    @property
    def shape(self) -> tuple[int, int]:
        return ceil_div(self.window.rows, self.step), ceil_div(self.window.cols, self.step)

    @property
    def far(self) -> bool:
        return self.step > DECODE_LIMIT


def picture(
    request: Look,
    original: RasterSource | None,
    decoded: RasterSource | None,
    scale: Radiometry | None,
    report: Report,
    cancel: Event,
) -> Picture:
    """Return a picture of one or two sources on one scale; None: that of the band's kind, without a floor.

    It reports between the parts that it reads, so that others can look meanwhile.

    Raises:
        MismatchError: the two differ in size, or the band is not in both.
    """
    info = _info(request.band, original, decoded)
    window = request.window or Window(0, 0, info.rows, info.cols)
    part = _Part(request.band, window, ceil_div(max(window.shape), request.max_side))
    scale = scale or Radiometry(info.bands[request.band].kind, 0.0, 0.0)
    slow = part.far if original is not None else not part.far and window.rows * window.cols > DECODED_AT_ONCE
    rough = request.rough and slow

    def pause(row: int) -> None:
        report(Progress(row, window.rows, "reading"))
        stop_if(cancel)

    first = second = error = None
    if original:
        first = _preview_db(original, part) if rough else _original_db(original, part, scale, pause)
    if decoded:
        second = (
            _preview_db(decoded, part) if part.far or rough else _mean_db(decoded, part, scale, TILE * part.step, pause)
        )
    if first is not None and second is not None:
        error = second - first
    band = info.bands[request.band]
    return Picture(
        info,
        band,
        window,
        part.step,
        first,
        second,
        error,
        band=request.band,
        rmse_db=rms_of(error),
        rough=rough,
        floor=0.0 if part.far or rough else scale.floor,
    )


def _info(band: int, *sources: RasterSource | None) -> ProductInfo:
    """Return what the first of some sources says of itself, which must be of one scene."""
    first, *others = [source.info for source in sources if source is not None]
    if any(info.shape != first.shape for info in others):
        raise MismatchError("The compressed file is not of this scene: it has another size.")
    if any(len(info.bands) <= band for info in (first, *others)):
        raise MismatchError(f"There is no band {band + 1} in both files.")
    return first


def rms_of(values: NDArray[np.float32] | None) -> float | None:
    """Return the root mean square of the finite ones of some values; None if there are none."""
    finite = None if values is None else values[np.isfinite(values)]
    return None if finite is None or not finite.size else float(np.sqrt(np.mean(np.square(finite, dtype=np.float64))))


def _original_db(
    source: RasterSource, part: _Part, scale: Radiometry, pause: Callable[[int], None]
) -> NDArray[np.float32]:
    """Return a picture of an original, of which every pixel is read: in strips, as wide as they must be."""
    scale = replace(scale, floor=0.0) if part.far else scale  # stored overviews have none either
    rows = max(1, READ_PIXELS // (part.step * part.window.cols))
    return _mean_db(source, part, scale, rows * part.step, pause)


def _mean_db(
    source: RasterSource, part: _Part, scale: Radiometry, rows_at_once: int, pause: Callable[[int], None]
) -> NDArray[np.float32]:
    """Return mean power in dB over step×step pixels; NaN where nothing is valid."""
    result, window = np.empty(part.shape, np.float32), part.window
    for top in range(0, window.rows, rows_at_once):
        pause(top)
        rows = min(rows_at_once, window.rows - top)
        pixels = source.read(part.band, Window(window.row + top, window.col, rows, window.cols))
        valid = radiometry.void_of(pixels, scale) == Void.VALID
        power = radiometry.power(pixels.values, scale.kind)
        place = np.s_[top // part.step : top // part.step + ceil_div(rows, part.step)]
        result[place] = radiometry.block_mean_db(power, valid, part.step, scale.floor)
    return result


def _preview_db(source: RasterSource, part: _Part) -> NDArray[np.float32]:
    """Return a part of a preview of the whole scene, which is no finer than stored overviews where these are used."""
    window, step = part.window, part.step
    finest = step if part.far else Overview.STEP
    whole = source.preview(part.band, ceil_div(max(source.info.shape), finest))
    rows, cols = part.shape
    row_places = (window.row + step * (np.arange(rows) + 0.5)) * whole.shape[0] / source.info.rows
    col_places = (window.col + step * (np.arange(cols) + 0.5)) * whole.shape[1] / source.info.cols
    last = np.array(whole.shape) - 1
    index = np.ix_(np.minimum(row_places.astype(int), last[0]), np.minimum(col_places.astype(int), last[1]))
    return whole[index]
