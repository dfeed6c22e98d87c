"""From sources to what the window shows of them: mean power in dB, no larger than a screen. Without torch."""

from __future__ import annotations

from threading import Event

import numpy as np
from numpy.typing import NDArray

from sargui.core import radiometry
from sargui.core.errors import MismatchError
from sargui.core.tiling import ceil_div
from sargui.core.types import Radiometry, RasterSource, Void, Window
from sargui.engine.requests import Look, Picture
from sargui.engine.stages import stop_if

DECODE_LIMIT = 4  # zoomed out further than this many pixels to one, the stored overview is shown


def picture(
    request: Look, original: RasterSource | None, decoded: RasterSource | None, scale: Radiometry | None, cancel: Event
) -> Picture:
    """Return a picture of one or two sources on one scale; None: that of the band's kind, without a floor.

    Raises:
        MismatchError: the two differ in size, or the band is not in both.
    """
    source = original or decoded
    assert source is not None
    if original and decoded and original.info.shape != decoded.info.shape:
        raise MismatchError("The compressed file is not of this scene: it has another size.")
    info = source.info
    if min(len(each.info.bands) for each in (original, decoded) if each) <= request.band:
        raise MismatchError(f"There is no band {request.band + 1} in both files.")
    window = request.window or Window(0, 0, info.rows, info.cols)
    step = ceil_div(max(window.shape), request.max_side)
    scale = scale or Radiometry(info.bands[request.band].kind, 0.0, 0.0)
    first = _db(original, request.band, window, step, scale) if original else None
    stop_if(cancel)
    second = _db(decoded, request.band, window, step, scale) if decoded else None
    error = second - first if first is not None and second is not None else None
    return Picture(info, info.bands[request.band], window, step, first, second, error)


def _db(source: RasterSource, band: int, window: Window, step: int, scale: Radiometry) -> NDArray[np.float32]:
    """Return mean power in dB over step×step pixels of a window; NaN where nothing is valid."""
    if step > DECODE_LIMIT:
        return _from_preview(source, band, window, step)
    result = np.empty((ceil_div(window.rows, step), ceil_div(window.cols, step)), np.float32)
    strip = 512 * step
    for top in range(0, window.rows, strip):
        rows = min(strip, window.rows - top)
        pixels = source.read(band, Window(window.row + top, window.col, rows, window.cols))
        valid = radiometry.void_of(pixels, scale) == Void.VALID
        power = radiometry.power(pixels.values, scale.kind)
        place = np.s_[top // step : top // step + ceil_div(rows, step)]
        result[place] = radiometry.block_mean_db(power, valid, step, scale.floor)
    return result


def _from_preview(source: RasterSource, band: int, window: Window, step: int) -> NDArray[np.float32]:
    """Return a window cut out of a preview of the whole scene."""
    side = ceil_div(max(source.info.shape), step)
    whole = source.preview(band, side)
    rows, cols = ceil_div(window.rows, step), ceil_div(window.cols, step)
    row_places = (window.row + step * (np.arange(rows) + 0.5)) * whole.shape[0] / source.info.rows
    col_places = (window.col + step * (np.arange(cols) + 0.5)) * whole.shape[1] / source.info.cols
    last = np.array(whole.shape) - 1
    index = np.ix_(np.minimum(row_places.astype(int), last[0]), np.minimum(col_places.astype(int), last[1]))
    return whole[index]
