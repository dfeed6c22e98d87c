"""PNG images in memory, by GDAL: what a page shows, without Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rasterio.io import MemoryFile

from sargui.io.gdal import quiet_gdal


def png(levels: NDArray[np.uint8], table: NDArray[np.uint8]) -> bytes:
    """Return an image as the content of a PNG file with a palette, a third of one in full color.

    Args:
        levels: which color each pixel has, (rows, cols).
        table: the colors, (256, 4) RGBA.
    """
    rows, cols = levels.shape
    with quiet_gdal(GDAL_PAM_ENABLED="NO"), MemoryFile(ext=".png") as memory:
        with memory.open(driver="PNG", height=rows, width=cols, count=1, dtype="uint8") as dataset:
            dataset.write(levels, 1)
            dataset.write_colormap(1, {level: tuple(color) for level, color in enumerate(table.tolist())})
        return bytes(memory.read())
