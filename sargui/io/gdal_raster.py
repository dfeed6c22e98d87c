"""Rasters that GDAL can read: GeoTIFF first of all, but any of its formats with one supported pixel type."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags

from sargui.core.errors import InputError, UnreadableRasterError, UnsupportedRasterError
from sargui.core.radiometry import classify
from sargui.core.types import Kind, Pixels, ProductInfo, Void, Window
from sargui.io.description import describe
from sargui.io.gdal import ALL_ERRORS, GDAL_ERRORS, gdal_window, quiet_gdal
from sargui.io.preview import mean_power_db

SUPPORTED = ("uint8", "uint16", "int16", "float32")
SAMPLE_GRID, SAMPLE_SIDE = 4, 256  # patches down and across, and the side of each in pixels, searched for negatives


def open_raster(path: Path, kind: Kind | None) -> GdalSource | None:
    """Return the raster in a file, or None if GDAL does not know the file.

    Raises:
        UnreadableRasterError: its description cannot be read.
        UnsupportedRasterError: another pixel type, a palette, no bands, or bands that differ.
        AmbiguousKindError: see `sargui.io.kinds`.
    """
    if path.is_dir():
        return None
    with quiet_gdal():
        try:
            dataset = rasterio.open(path)
        except GDAL_ERRORS:
            return None
        try:
            return GdalSource(path, dataset, kind)
        except InputError:
            dataset.close()
            raise
        except ALL_ERRORS as error:
            dataset.close()
            raise UnreadableRasterError(f"{path.name} opens, but its description is damaged: {error}.") from error


class GdalSource:
    """A `RasterSource` over a GDAL dataset. An alpha band is not a band but a mask."""

    def __init__(self, path: Path, dataset: Any, kind: Kind | None) -> None:
        self._dataset = dataset
        self._name = path.name
        self._indexes = [
            index
            for index, color in zip(dataset.indexes, dataset.colorinterp, strict=True)
            if color is not ColorInterp.alpha
        ]
        _refuse_unsupported(self._name, dataset, self._indexes)
        self._masked = [MaskFlags.per_dataset in dataset.mask_flag_enums[index - 1] for index in self._indexes]
        self._nodata: list[float | None] = [None] * len(self._indexes)  # until it is known
        self._shape: tuple[int, int] = dataset.shape
        self._info = describe(path, dataset, self._indexes, self._masked, kind, self._has_negatives)
        self._nodata = [band.nodata for band in self._info.bands]

    @property
    def info(self) -> ProductInfo:
        """Describes the raster."""
        return self._info

    def read(self, band: int, window: Window) -> Pixels:
        """Return the pixels of `band` (from 0) in `window`; void where nodata, NaN, infinite or masked.

        Raises:
            UnreadableRasterError: these pixels are damaged or missing.
        """
        return self._read(band, window, self._nodata[band])

    def _read(self, band: int, window: Window, nodata: float | None) -> Pixels:
        index = self._indexes[band]
        try:
            with rasterio.Env():  # GDAL's messages go to the log, not to the terminal
                values = self._dataset.read(index, window=gdal_window(window))
                void = classify(values, nodata)
                if self._masked[band]:
                    mask = self._dataset.read_masks(index, window=gdal_window(window))
                    void[(mask == 0) & (void == Void.VALID)] = Void.NODATA
        except GDAL_ERRORS as error:
            raise UnreadableRasterError(
                f"{self._name} is damaged or cut short: rows {window.row} to {window.row + window.rows - 1} "
                "cannot be read."
            ) from error
        return Pixels(values, void)

    def preview(self, band: int, max_side: int) -> NDArray[np.float32]:
        """Return mean power in dB at reduced size, NaN where void; see `sargui.io.preview`."""
        return mean_power_db(self, band, max_side)

    def annexes(self) -> Mapping[str, bytes]:
        """Return nothing: a plain raster has no files beside it."""
        return {}

    def close(self) -> None:
        """Release the file."""
        self._dataset.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _has_negatives(self, band: int, nodata: float | None) -> bool:
        """Say whether a valid pixel is negative in a regular grid of patches: the same answer every time."""
        rows, cols = self._shape
        for row in _starts(rows):
            for col in _starts(cols):
                window = Window(row, col, min(SAMPLE_SIDE, rows), min(SAMPLE_SIDE, cols))
                pixels = self._read(band, window, nodata)
                if (pixels.values[pixels.void == Void.VALID] < 0).any():
                    return True
        return False


def _starts(length: int) -> list[int]:
    """Return where the sampled patches begin along one side, spread from one end to the other."""
    return sorted({int(start) for start in np.linspace(0, max(0, length - SAMPLE_SIDE), SAMPLE_GRID)})


def _refuse_unsupported(name: str, dataset: Any, indexes: list[int]) -> None:
    if not indexes:
        inside = f" but {len(dataset.subdatasets)} subdatasets; open one of them" if dataset.subdatasets else ""
        raise UnsupportedRasterError(f"{name} holds no bands{inside}.")
    types = {dataset.dtypes[index - 1] for index in indexes}
    for dtype in sorted(types - set(SUPPORTED)):
        what = "complex pixels" if dtype.startswith("complex") else "pixels"
        raise UnsupportedRasterError(
            f"{name} holds {what} of type {dtype}; supported today are {', '.join(SUPPORTED[:-1])} and {SUPPORTED[-1]}."
        )
    if len(types) > 1:
        raise UnsupportedRasterError(
            f"The bands of {name} differ in type ({', '.join(sorted(types))}), which a GeoTIFF cannot hold: split them."
        )
    if len({str(dataset.nodatavals[index - 1]) for index in indexes}) > 1:
        raise UnsupportedRasterError(
            f"The bands of {name} differ in their nodata value, which a GeoTIFF cannot hold: split them."
        )
    if any(dataset.colorinterp[index - 1] is ColorInterp.palette for index in indexes):
        raise UnsupportedRasterError(f"{name} holds colors of a palette, not radar measurements.")
