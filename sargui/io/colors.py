"""Color tables: a ramp of grays shows a measurement and is kept; any other makes a picture, and is refused."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from rasterio.enums import ColorInterp

from sargui.core.errors import UnsupportedRasterError

ColorTable = tuple[tuple[int, int, int, int, int], ...]  # value, red, green, blue, alpha

_BLACK = (0, 0, 0)


def color_table(name: str, dataset: Any, index: int) -> ColorTable:
    """Return the color table of a band (by its GDAL number); empty if it has none.

    Raises:
        UnsupportedRasterError: its colors are no ramp of grays, or no GeoTIFF could hold it.
    """
    if dataset.colorinterp[index - 1] is not ColorInterp.palette:
        return ()
    try:
        table: ColorTable = tuple((value, *color) for value, color in dataset.colormap(index).items())
    except ValueError:  # called a palette, but there is no table
        return ()
    if not _is_gray_ramp(table):
        raise UnsupportedRasterError(f"{name} holds colors of a palette, not radar measurements.")
    if dataset.count > 1 or dataset.dtypes[index - 1] not in ("uint8", "uint16"):
        raise UnsupportedRasterError(
            f"{name} has a color table, which a GeoTIFF holds only for one band of type uint8 or uint16: remove it."
        )
    return table


def _is_gray_ramp(table: ColorTable) -> bool:
    """Say whether higher values are never darker, or never brighter; a table may be filled up with black."""
    colors = [entry[1:4] for entry in table]
    while colors and colors[-1] == _BLACK:
        colors.pop()
    grays = [red for red, green, blue in colors if red == green == blue]
    rising = all(first <= second for first, second in pairwise(grays))
    falling = all(first >= second for first, second in pairwise(grays))
    return len(grays) == len(colors) and (rising or falling)
