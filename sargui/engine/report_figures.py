"""The pictures of a report: a scene or a tile as original, reconstruction, error and ratio image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sargui.engine import colors
from sargui.engine.quality_words import MINUS
from sargui.engine.report_page import Figure
from sargui.engine.requests import Picture
from sargui.io.png import png

BAR = np.arange(1, 256, dtype=np.uint8)[None]  # all levels that are colors


def ranges_of(picture: Picture, rmse_db: float) -> dict[str, Any]:
    """Return what the colors of a picture mean, as in the window's panes; `rmse_db` is that of the band's pixels."""
    single = colors.round_up(colors.ERROR_SPREAD * rmse_db)  # an overview shows means, which err less than pixels
    limit_db = max(colors.error_limit_of(picture.error_db), single)
    return {
        "window": [picture.window.row, picture.window.col, *picture.window.shape],
        "step": picture.step,
        "stretch_db": colors.stretch_of(picture.original_db),
        "error_limit_db": limit_db,
        "ratio_limits": [1 / _ratio_end(limit_db), _ratio_end(limit_db)],
    }


def figures_of(picture: Picture, ranges: Mapping[str, Any]) -> list[Figure]:
    """Return the four pictures of both files; the ratio image is gray by its logarithm, so that 2 is as far as 1/2."""
    assert picture.original_db is not None, "both files were given"
    assert picture.decoded_db is not None, "both files were given"
    low, high = ranges["stretch_db"]
    limit, (least, most) = ranges["error_limit_db"], ranges["ratio_limits"]
    gray = (f"{low:.1f} dB".replace("-", MINUS), f"{high:.1f} dB".replace("-", MINUS))
    signed = (f"{MINUS}{limit:g} dB", "0", f"+{limit:g} dB")
    ends = (f"{least:.2g}", "1", f"{most:.2g}")
    error_db, ratio_db = picture.decoded_db - picture.original_db, picture.original_db - picture.decoded_db
    return [
        _figure("Original", picture.original_db, low, high, colors.GRAY, gray),
        _figure("Reconstruction", picture.decoded_db, low, high, colors.GRAY, gray),
        _figure("Error (reconstruction minus original)", error_db, -limit, limit, colors.DIVERGING, signed),
        _figure("Ratio image (original over reconstruction)", ratio_db, -limit, limit, colors.GRAY, ends),
    ]


def _ratio_end(limit_db: float) -> float:
    return float(10 ** (limit_db / 10))


def _figure(
    title: str, db: NDArray[np.float32], low: float, high: float, table: NDArray[np.uint8], ends: tuple[str, ...]
) -> Figure:
    return Figure(title, png(colors.levels(db, low, high), table), png(BAR, table), ends)
