"""Rasters that GDAL can read: GeoTIFF first of all, but any of its formats with one supported pixel type."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import rasterio
from numpy.typing import NDArray

from sargui.core.errors import (
    ComplexPixelsError,
    InputError,
    RequestError,
    UnreadableRasterError,
    UnsupportedRasterError,
)
from sargui.core.radiometry import block_mean_db, classify, power
from sargui.core.tiling import ceil_div
from sargui.core.types import Kind, Pixels, ProductInfo, Void, Window
from sargui.io.description import describe, nodata_of
from sargui.io.gdal import ALL_ERRORS, GDAL_ERRORS, gdal_window, quiet_gdal
from sargui.io.masks import Masks
from sargui.io.names import gdal_name, shown_name

SUPPORTED = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64")
COMPLEX = ("complex_int16", "complex64", "complex128")
SAMPLE_GRID, SAMPLE_SIDE = 4, 256  # patches down and across, and the side of each in pixels, that tell a band's kind
PREVIEW_SAMPLES = 2  # pixels down and across that are read of each block of a preview
MAX_NAMED = 4  # subdatasets in a message
MAX_BANDS = 1024  # as many as a .sarz holds
MAX_BLOCK_VALUES = 1 << 28  # of what GDAL unpacks as a whole: 1 GiB of float32


def open_raster(path: Path, kind: Kind | None, detect: bool = False, driver: str | None = None) -> GdalSource | None:
    """Return the raster in a file, or None if GDAL does not know the file, or not as of its format `driver` if given.

    Raises:
        UnreadableRasterError: its description cannot be read.
        UnsupportedRasterError: another pixel type, complex without `detect`, a palette, no bands, or bands that differ.
        AmbiguousKindError: see `sargui.io.kinds`.
    """
    if os.path.isdir(path):
        return None
    with quiet_gdal():
        try:
            dataset = rasterio.open(gdal_name(path), driver=driver)
        except UnicodeEncodeError as error:
            raise UnreadableRasterError(f"{str(path)!a} cannot be opened: its name is not UTF-8; rename it.") from error
        except GDAL_ERRORS:
            return None
        try:
            return GdalSource(shown_name(path), dataset, kind, detect)
        except (InputError, RequestError):
            dataset.close()
            raise
        except ALL_ERRORS as error:
            dataset.close()
            sentence = f"{shown_name(path)} opens, but its description is damaged: {error}."
            raise UnreadableRasterError(sentence) from error


class GdalSource:
    """A `RasterSource` over a GDAL dataset. Complex pixels come as their amplitude, an alpha band as an exact one."""

    def __init__(self, name: str, dataset: Any, kind: Kind | None, detect: bool) -> None:
        _refuse_unsupported(name, dataset, detect)
        self._dataset = dataset
        self._name = name
        self._masks = Masks(dataset)
        self._nodata = [nodata_of(dataset, index) for index in dataset.indexes]
        self._info = describe(name, dataset, self._masks, kind, self._sample)

    @property
    def info(self) -> ProductInfo:
        """Describes the raster."""
        return self._info

    def read(self, band: int, window: Window, shape: tuple[int, int] | None = None) -> Pixels:
        """Return the pixels of `band` (from 0) in `window`; void where nodata, NaN, infinite or masked.

        Of another `shape`, they are single ones, evenly spaced; or those of overviews that the file has.

        Raises:
            UnreadableRasterError: these pixels are damaged or missing.
        """
        index = self._dataset.indexes[band]
        try:
            with rasterio.Env():  # GDAL's messages go to the log, not to the terminal
                values = self._dataset.read(index, window=gdal_window(window), out_shape=shape)
                masked = self._masks.masked(index, window, shape)
        except GDAL_ERRORS as error:
            raise UnreadableRasterError(
                f"{self._name} is damaged or cut short: rows {window.row} to {window.row + window.rows - 1} "
                "cannot be read."
            ) from error
        if index in self._masks.alpha:
            return Pixels(values, np.zeros(values.shape, np.uint8))
        nodata = self._nodata[band]
        pixels = _detected(values, nodata) if np.iscomplexobj(values) else Pixels(values, classify(values, nodata))
        if masked is not None:
            pixels.void[masked] += np.uint8(Void.MASKED)
        return pixels

    def preview(self, band: int, max_side: int) -> NDArray[np.float32]:
        """Return about the mean power in dB at reduced size, NaN where void; it is of a few pixels of each block."""
        rows, cols = self._info.shape
        step = ceil_div(max(rows, cols), max_side)
        samples = min(step, PREVIEW_SAMPLES)
        shape = samples * ceil_div(rows, step), samples * ceil_div(cols, step)
        pixels = self.read(band, Window(0, 0, rows, cols), shape)
        linear = power(pixels.values, self._info.bands[band].kind)
        return block_mean_db(linear, pixels.void == Void.VALID, samples)

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

    def _sample(self, band: int) -> NDArray[Any]:
        """Return the valid values in a regular grid of patches, the same ones every time."""
        rows, cols = self._dataset.shape
        size = min(SAMPLE_SIDE, rows), min(SAMPLE_SIDE, cols)
        patches = [self.read(band, Window(row, col, *size)) for row in _starts(rows) for col in _starts(cols)]
        return np.concatenate([patch.values[patch.void == Void.VALID] for patch in patches])


def _detected(values: NDArray[np.generic], nodata: float | None) -> Pixels:
    """Return the amplitude of complex pixels as float32; nodata is told by the complex value."""
    with np.errstate(over="ignore", invalid="ignore"):
        amplitude = np.abs(values).astype(np.float32)
    void = classify(amplitude, None)
    if nodata is not None and not np.isnan(nodata):
        void[values == nodata] = Void.NODATA
    return Pixels(amplitude, void)


def _starts(length: int) -> list[int]:
    """Return where the sampled patches begin along one side, spread from one end to the other."""
    return sorted({int(start) for start in np.linspace(0, max(0, length - SAMPLE_SIDE), SAMPLE_GRID)})


def _refuse_unsupported(name: str, dataset: Any, detect: bool) -> None:
    if not dataset.indexes:
        raise UnsupportedRasterError(_no_bands(name, dataset.subdatasets))
    if dataset.count > MAX_BANDS:
        raise UnsupportedRasterError(f"{name} has {dataset.count} bands; at most {MAX_BANDS} are compressed: split it.")
    _refuse_large_blocks(name, dataset)
    types = set(dataset.dtypes)
    for dtype in sorted(types - set(SUPPORTED)):
        if dtype not in COMPLEX:
            known = ", ".join((*SUPPORTED, *COMPLEX))
            raise UnsupportedRasterError(f"{name} holds pixels of type {dtype}; supported are {known}.")
        if not detect:
            raise ComplexPixelsError(
                f"{name} holds complex pixels ({dtype}): pass --detect to compress their amplitude; "
                "their phase is then lost for ever."
            )
    if len(types) > 1:
        raise UnsupportedRasterError(
            f"The bands of {name} differ in type ({', '.join(sorted(types))}), which a GeoTIFF cannot hold: split them."
        )
    if len({str(nodata) for nodata in dataset.nodatavals}) > 1:
        raise UnsupportedRasterError(
            f"The bands of {name} differ in their nodata value, which a GeoTIFF cannot hold: split them."
        )


def _refuse_large_blocks(name: str, dataset: Any) -> None:
    """Refuse what a file of a few bytes can ask for: memory without bounds for what it does not hold."""
    rows, cols = max(dataset.block_shapes, key=math.prod)
    together = dataset.count if dataset.tags(ns="IMAGE_STRUCTURE").get("INTERLEAVE") == "PIXEL" else 1
    if rows * cols * together > MAX_BLOCK_VALUES:
        raise UnsupportedRasterError(
            f"{name} is stored in blocks of {rows} × {cols} pixels, each of which needs memory as a whole: "
            "store it in smaller ones first (gdal_translate -co TILED=YES)."
        )


def _no_bands(name: str, subdatasets: list[str]) -> str:
    if not subdatasets:
        return f"{name} holds no bands."
    shown = ", ".join(f"'{subdataset}'" for subdataset in subdatasets[:MAX_NAMED])
    more = f" and {len(subdatasets) - MAX_NAMED} more" if len(subdatasets) > MAX_NAMED else ""
    return f"{name} holds no raster itself but {len(subdatasets)} inside; name one of them instead: {shown}{more}."
