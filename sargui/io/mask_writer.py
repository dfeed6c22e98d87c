"""Writing the masks of a raster beside its values: into its GeoTIFF, or into a .msk if each band has its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from sargui.core.tiling import TILE
from sargui.core.types import Kind, MaskKind, ProductInfo, Void, Window
from sargui.io.gdal import gdal_window


class MaskWriter:
    """Writes what `ProductInfo.mask` says: nothing where there is no mask, or where the alpha band is it."""

    def __init__(self, dataset: Any, path: Path, info: ProductInfo) -> None:
        """Prepare the masks of an empty GeoTIFF; `path` is where those of single bands go.

        Raises:
            RasterioError, OSError: the file cannot be created.
        """
        self._dataset, self._kind = dataset, info.mask
        self._first = next((number for number, band in enumerate(info.bands) if band.kind is not Kind.EXACT), 0)
        self._own: Any = None
        if info.mask is MaskKind.BANDS:
            self._own = rasterio.open(
                path,
                "w",
                driver="GTiff",
                width=info.cols,
                height=info.rows,
                count=len(info.bands),
                dtype="uint8",
                tiled=True,
                blockxsize=TILE,
                blockysize=TILE,
                interleave="band",
                compress="deflate",
            )
            # GDAL's mark of a mask that is the band's alone.
            self._own.update_tags(**{f"INTERNAL_MASK_FLAGS_{number}": "0" for number in self._own.indexes})

    def write(self, band: int, window: Window, void: NDArray[np.uint8]) -> None:
        """Write the mask of a band (from 0): 255 where it is valid; `void` has classes of `Void`, (rows, cols).

        Raises:
            RasterioError: it cannot be written.
        """
        valid = np.where(void & Void.MASKED, 0, 255).astype(np.uint8)
        if self._own is not None:
            self._own.write(valid, band + 1, window=gdal_window(window))
        elif self._kind is MaskKind.DATASET and band == self._first:
            self._dataset.write_mask(valid, window=gdal_window(window))

    def close(self) -> None:
        """Close the .msk, if there is one."""
        if self._own is not None:
            self._own.close()
