"""Writing a product back: a GeoTIFF with everything that `ProductInfo` knows, complete or not there at all."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import rasterio

from sargui.core.errors import TargetError
from sargui.core.paths import cannot_write, check_place, exists_already
from sargui.core.placing import discard, place_files
from sargui.core.tiling import TILE
from sargui.core.types import OWN_TAGS, MaskKind, Pixels, ProductInfo, Window
from sargui.io.cog import CARRIER, refuse_cog, write_cog
from sargui.io.gdal import ALL_ERRORS, GDAL_ERRORS, SIDECARS, gdal_window, quiet_gdal
from sargui.io.labels import label
from sargui.io.mask_writer import MaskWriter

log = logging.getLogger(__name__)

MAX_NAME_BYTES = 255  # of a file's name, by most file systems


class RasterWriter:
    """Writes `target` through temporary files beside it; leaving without `finish` leaves nothing behind.

    The file is tiled and deflated without loss. A mask of the whole raster lies in it, masks of single bands in a .msk
    beside it. GeoTIFF keeps no ids of ground control points and no empty tags, and calls a first band without color
    interpretation gray; all else comes back as it was.
    """

    def __init__(
        self,
        target: Path,
        info: ProductInfo,
        provenance: Mapping[str, str],
        overwrite: bool = False,
        cog: bool = False,
    ) -> None:
        """Create the temporary file.

        Args:
            target: where the raster will be.
            info: what it is.
            provenance: how it came to be; becomes the tags of the namespace SARGUI.
            overwrite: replace an existing target.
            cog: make it a cloud-optimized GeoTIFF, with overviews.

        Raises:
            TargetError: it exists, cannot be written, or GeoTIFF cannot hold these bands.
        """
        self._target = Path(os.path.realpath(target))
        self._info, self._overwrite, self._cog = info, overwrite, cog
        self._refuse_existing()
        _refuse_unlike_bands(self._target.name, info)
        if cog:
            refuse_cog(self._target.name, info)
        # Short, so that a long target name still leaves room for it.
        self._part = self._target.with_name(f".{self._target.stem[:32]}-{uuid.uuid4().hex[:12]}.part")
        # The .aux.xml would be orphaned by the renaming. GDAL 3.10 moves points of PixelIsPoint files the wrong way
        # when writing (+0.5 instead of −0.5 px), so they are moved by `label`.
        self._options = {"GDAL_PAM_ENABLED": "NO", "GDAL_TIFF_INTERNAL_MASK": "YES"}
        if info.georeference.gcps and info.georeference.affine is None:
            self._options["GTIFF_POINT_GEO_IGNORE"] = "YES"
        self._dataset: Any = None
        self._mask: MaskWriter | None = None
        try:
            with self._guard():
                self._part.touch(exist_ok=False)  # the system says plainly why not
                self._dataset = rasterio.open(self._part, "w", **_profile(info))
                label(self._dataset, info, provenance, CARRIER if cog else "")
                self._mask = MaskWriter(self._dataset, self._sidecar(self._part, ".msk"), info)
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

    def write(self, band: int, window: Window, pixels: Pixels) -> None:
        """Write pixels of the band's own type, and its mask by their void classes; whole coding tiles cost least.

        Raises:
            TargetError: they cannot be written, though GDAL may say so only at the end.
        """
        assert self._mask is not None
        with self._guard():
            self._dataset.write(pixels.values, band + 1, window=gdal_window(window))
            self._mask.write(band, window, pixels.void)

    def untag(self, names: Iterable[str]) -> None:
        """Take tags of the namespace SARGUI back, before `finish`.

        Raises:
            TargetError: they cannot be written.
        """
        with self._guard():
            self._dataset.update_tags(ns=OWN_TAGS, **dict.fromkeys(names, ""))  # GeoTIFF keeps no empty ones

    def finish(self, stop: Callable[[], None] = lambda: None) -> None:
        """Close the file, make sure that it is whole and on the disk, and give it its name.

        `stop` is called from time to time before that, and raises if nobody wants the file any more.

        Raises:
            TargetError: a late write failed, or the target has appeared meanwhile.
        """
        assert self._mask is not None
        try:
            with self._guard():
                self._dataset.close()
                self._mask.close()
                self._check_whole(self._part)
                self._warn_of_a_lost_place()
                if self._cog:
                    self._optimize(stop)
                if self._info.mask is MaskKind.BANDS:
                    _check_blocks(self._sidecar(self._part, ".msk"))
                stop()
                self._refuse_existing()
                self._rename()
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Remove the temporary files; nothing happens if it is finished."""
        for dataset in (self._dataset, self._mask):
            if dataset is not None:
                with suppress(*ALL_ERRORS), quiet_gdal(**self._options):
                    dataset.close()
        discard(self._part)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def _optimize(self, stop: Callable[[], None]) -> None:
        """Replace the finished temporary file by its cloud-optimized copy."""
        copy = self._sidecar(self._part, ".cog")
        write_cog(self._part, copy, self._info, stop)
        self._check_whole(copy)
        os.replace(copy, self._part)

    def _rename(self) -> None:
        """Give the files their names, the raster last; what belonged to a raster that is replaced goes."""
        parts = {self._target: self._part}
        if self._info.mask is MaskKind.BANDS:
            parts = {self._sidecar(self._target, ".msk"): self._sidecar(self._part, ".msk"), **parts}
        try:
            place_files(parts, self._overwrite)
        except FileExistsError as error:
            raise TargetError(exists_already(self._target.name)) from error
        for suffix in SIDECARS if self._overwrite else ():
            if not (suffix == ".msk" and self._info.mask is MaskKind.BANDS):
                self._sidecar(self._target, suffix).unlink(missing_ok=True)

    def _warn_of_a_lost_place(self) -> None:
        if self._info.georeference.crs_wkt:
            with rasterio.open(self._part) as dataset:
                if not dataset.crs:
                    log.warning("%s: a GeoTIFF cannot hold this coordinate reference system.", self._target.name)

    def _check_whole(self, path: Path) -> None:
        _check_blocks(path)
        if self._info.mask is MaskKind.DATASET:
            _check_blocks(path, f"GTIFF_DIR:2:{path}")

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
        except OSError as error:
            raise TargetError(cannot_write(self._target, error)) from error
        except ValueError as error:
            raise TargetError(f"{self._target.name} cannot be written: {error}.") from error

    def _refuse_existing(self) -> None:
        if len(os.fsencode(self._target.name)) > MAX_NAME_BYTES:
            raise TargetError(f"{self._target.name[:40]}… cannot be written: its name is too long.")
        check_place(self._target, self._overwrite)
        for suffix in SIDECARS:  # GDAL would take them for ours
            beside = self._sidecar(self._target, suffix)
            if os.path.lexists(beside) and not self._overwrite:
                raise TargetError(exists_already(beside.name))

    @staticmethod
    def _sidecar(path: Path, suffix: str) -> Path:
        return path.with_name(path.name + suffix)


def _refuse_unlike_bands(name: str, info: ProductInfo) -> None:
    for what, found in (
        ("types", {band.dtype for band in info.bands}),
        ("nodata values", {str(band.nodata) for band in info.bands}),  # as text, so that NaN is NaN
    ):
        if len(found) != 1:
            raise TargetError(f"{name} cannot be written: a GeoTIFF holds no bands of different {what}.")


def _profile(info: ProductInfo) -> dict[str, Any]:
    band = info.bands[0]
    colors = [band.color for band in info.bands]
    photometric = "rgb" if colors[:3] == ["red", "green", "blue"] else "minisblack"
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
        "photometric": "palette" if band.color_table else photometric,
        "BIGTIFF": "IF_SAFER",
    }


def _check_blocks(path: Path, name: str = "") -> None:
    """Make sure that every block lies inside the file, and sync it: rasterio does not report errors of closing.

    `name` is that of the raster in the file, if it is not the first one.

    Raises:
        RasterioError: the file does not open.
        OSError: a block is missing or cut short.
    """
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    size = path.stat().st_size
    with rasterio.open(name or path, driver="GTiff") as dataset:
        for band in dataset.indexes:
            for (row, col), _ in dataset.block_windows(band):
                offset, length = (
                    int(dataset.get_tag_item(f"BLOCK_{item}_{col}_{row}", "TIFF", bidx=band) or 0)
                    for item in ("OFFSET", "SIZE")
                )
                if not 0 < offset < offset + length <= size:
                    raise OSError("its end is missing; the disk may be full")
