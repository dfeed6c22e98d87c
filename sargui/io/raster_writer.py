"""Writing a product back: a GeoTIFF with everything that `ProductInfo` knows, complete or not there at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import rasterio
from numpy.typing import NDArray

from sargui.core.errors import TargetError
from sargui.core.tiling import TILE
from sargui.core.types import ProductInfo, Window
from sargui.io.gdal import ALL_ERRORS, GDAL_ERRORS, gdal_window, quiet_gdal
from sargui.io.labels import label

SIDECARS = ("", ".aux.xml", ".msk", ".ovr")


class RasterWriter:
    """Writes `target` through a temporary file beside it; leaving without `finish` leaves nothing behind.

    The file is tiled and deflated without loss. GeoTIFF keeps no ids of ground control points, and calls a first
    band without color interpretation gray; all else comes back as it was.
    """

    def __init__(self, target: Path, info: ProductInfo, provenance: Mapping[str, str], overwrite: bool = False) -> None:
        """Create the temporary file.

        Args:
            target: where the raster will be.
            info: what it is.
            provenance: how it came to be; becomes the tags of the namespace SARGUI.
            overwrite: replace an existing target.

        Raises:
            TargetError: it exists, cannot be written, or GeoTIFF cannot hold these bands.
        """
        self._target = Path(os.path.realpath(target))
        self._overwrite = overwrite
        self._refuse_existing()
        _refuse_unlike_bands(self._target.name, info)
        # Short, so that a long target name still leaves room for it.
        self._part = self._target.with_name(f".{self._target.stem[:32]}-{uuid.uuid4().hex[:12]}.part")
        # The .aux.xml would be orphaned by the renaming. GDAL 3.10 moves points of PixelIsPoint files the wrong way
        # when writing (+0.5 instead of −0.5 px), so they are moved by `label`.
        self._options = {"GDAL_PAM_ENABLED": "NO"}
        if info.georeference.gcps:
            self._options["GTIFF_POINT_GEO_IGNORE"] = "YES"
        self._dataset: Any = None
        try:
            with self._guard():
                self._dataset = rasterio.open(self._part, "w", **_profile(info))
                label(self._dataset, info, provenance)
        except BaseException:
            self.discard()
            raise

    @property
    def file_bytes(self) -> int:
        """Size of the file so far, or of the finished file."""
        for path in (self._part, self._target):
            with suppress(OSError):
                return path.stat().st_size
        return 0

    def write(self, band: int, window: Window, values: NDArray[np.generic]) -> None:
        """Write pixels of the band's own type; windows of whole coding tiles are compressed once only.

        Raises:
            TargetError: they cannot be written, though GDAL may say so only at the end.
        """
        with self._guard():
            self._dataset.write(values, band + 1, window=gdal_window(window))

    def finish(self) -> None:
        """Close the file, make sure that it is whole and on the disk, and give it its name.

        Raises:
            TargetError: a late write failed, or the target has appeared meanwhile.
        """
        try:
            with self._guard():
                self._dataset.close()
                _sync(self._part)
                _check_whole(self._part)
                self._refuse_existing()
                os.replace(self._part, self._target)
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Remove the temporary file; nothing happens if it is finished."""
        if self._dataset is not None:
            with suppress(*ALL_ERRORS), quiet_gdal(**self._options):
                self._dataset.close()
        for suffix in SIDECARS:
            with suppress(OSError):
                self._part.with_name(self._part.name + suffix).unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn whatever GDAL and the system say into one sentence."""
        try:
            with quiet_gdal(**self._options):
                yield
        except TargetError:
            raise
        except GDAL_ERRORS as error:
            reason = error.__cause__ or error
            raise TargetError(
                f"{self._target.name} cannot be written, perhaps because the disk is full ({reason})."
            ) from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise TargetError(f"{self._target.name} cannot be written: {reason}.") from error

    def _refuse_existing(self) -> None:
        if self._target.is_dir():
            raise TargetError(f"{self._target.name} is a folder; name a file.")
        if not self._target.parent.is_dir():
            raise TargetError(f"The folder {self._target.parent} for {self._target.name} does not exist.")
        if self._target.exists() and not self._overwrite:
            raise TargetError(
                f"{self._target.name} exists already; choose another name or allow overwriting (--force)."
            )


def _refuse_unlike_bands(name: str, info: ProductInfo) -> None:
    for what, found in (
        ("types", {band.dtype for band in info.bands}),
        ("nodata values", {str(band.nodata) for band in info.bands}),  # as text, so that NaN is NaN
    ):
        if len(found) != 1:
            raise TargetError(f"{name} cannot be written: a GeoTIFF holds no bands of different {what}.")


def _profile(info: ProductInfo) -> dict[str, Any]:
    band = info.bands[0]
    return {
        "driver": "GTiff",
        "width": info.cols,
        "height": info.rows,
        "count": len(info.bands),
        "dtype": band.dtype,
        "nodata": band.nodata,
        "tiled": True,
        "blockxsize": TILE,
        "blockysize": TILE,
        "interleave": "band",  # bands are written one after the other
        "compress": "deflate",
        "predictor": 3 if np.dtype(band.dtype).kind == "f" else 2,
        "photometric": "rgb" if [band.color for band in info.bands[:3]] == ["red", "green", "blue"] else "minisblack",
        "BIGTIFF": "IF_SAFER",
    }


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _check_whole(path: Path) -> None:
    """Make sure that every block lies inside the file: rasterio does not report errors of closing.

    Raises:
        RasterioError: the file does not open.
        OSError: a block is missing or cut short.
    """
    size = path.stat().st_size
    with rasterio.open(path, driver="GTiff") as dataset:
        for band in dataset.indexes:
            for (row, col), _ in dataset.block_windows(band):
                offset, length = (
                    int(dataset.get_tag_item(f"BLOCK_{item}_{col}_{row}", "TIFF", bidx=band) or 0)
                    for item in ("OFFSET", "SIZE")
                )
                if not 0 < offset < offset + length <= size:
                    raise OSError("its end is missing; the disk may be full")
