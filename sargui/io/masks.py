"""Which pixels a raster calls invalid, whatever their values: a mask in the file or beside it, or an alpha band."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags

from sargui.core.types import MaskKind, Window
from sargui.io.gdal import gdal_window


class Masks:
    """The masks of an open rasterio dataset; `alpha` holds the GDAL numbers of its alpha bands."""

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset
        numbers = zip(dataset.indexes, dataset.colorinterp, strict=True)
        self.alpha: tuple[int, ...] = tuple(index for index, color in numbers if color is ColorInterp.alpha)
        self.kind = self._kind()

    def masked(self, index: int, window: Window, shape: tuple[int, int] | None = None) -> NDArray[np.bool_] | None:
        """Return which pixels of a band (by its GDAL number) are masked, (rows, cols); None if it has no mask.

        `shape` is that of the result, if it is not the window's.
        """
        if self.kind is MaskKind.NONE or index in self.alpha:
            return None
        if self.kind is MaskKind.ALPHA:
            return np.asarray(self._dataset.read(self.alpha[0], window=gdal_window(window), out_shape=shape) == 0)
        return np.asarray(self._dataset.read_masks(index, window=gdal_window(window), out_shape=shape) == 0)

    def _kind(self) -> MaskKind:
        """Return what GDAL finds, which looks for a mask before it looks for nodata or alpha."""
        of_bands = zip(self._dataset.indexes, self._dataset.mask_flag_enums, strict=True)
        flags = [found for index, found in of_bands if index not in self.alpha]
        if any(not found for found in flags):  # none of: all valid, per dataset, alpha, nodata
            return MaskKind.BANDS
        if any(MaskFlags.per_dataset in found and MaskFlags.alpha not in found for found in flags):
            return MaskKind.DATASET
        return MaskKind.ALPHA if self.alpha else MaskKind.NONE
