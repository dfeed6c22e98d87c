"""Cloud-optimized GeoTIFF: a copy with overviews, its directories before its pixels, by GDAL's COG driver."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import rasterio.shutil
from rasterio.env import getenv

from sargui.core.errors import TargetError
from sargui.core.tiling import TILE
from sargui.core.types import Kind, MaskKind, ProductInfo
from sargui.io.gdal import quiet_gdal

# GDAL 3.10 copies the nameless tags of bands or those of namespaces, not both. So the nameless ones travel in this
# namespace, and its name is overwritten by blanks in the text of the copy.
CARRIER = "SARGUI_BAND"
_ATTRIBUTE = f' domain="{CARRIER}"'.encode()
BEAT_S = 0.1  # how late a copy notices that it is to stop


def refuse_cog(name: str, info: ProductInfo) -> None:
    """Raise TargetError if a cloud-optimized GeoTIFF cannot hold a raster."""
    if info.mask is MaskKind.BANDS:
        raise TargetError(
            f"{name} cannot be written: a cloud-optimized GeoTIFF holds no masks of single bands; write a plain one."
        )


def write_cog(source: Path, target: Path, info: ProductInfo, stop: Callable[[], None]) -> None:
    """Copy a labeled GeoTIFF; overviews are means of power (of dB, where the bands hold dB).

    GDAL copies the whole at once, for a minute of a large scene, and listens to nobody. So another thread does it, and
    if `stop` raises meanwhile, or Ctrl-C comes, the source is cut off: the copy ends at a block that is not at hand.

    Raises:
        RasterioError, OSError: it cannot be written.
    """
    kinds = {band.kind for band in info.bands} - {Kind.EXACT}
    resampling = "rms" if kinds == {Kind.AMPLITUDE} else "average"
    with ThreadPoolExecutor(1, thread_name_prefix="cog") as pool:
        copying = pool.submit(_copy, source, target, resampling, getenv())
        try:
            while not wait([copying], BEAT_S).done:
                stop()
        finally:
            if not copying.done():
                os.truncate(source, 0)
    copying.result()
    _name_band_tags(target)


def _copy(source: Path, target: Path, resampling: str, options: dict[str, str]) -> None:
    """Copy with the options of GDAL, which are each thread's own."""
    try:
        with quiet_gdal(**options):
            rasterio.shutil.copy(
                source,
                target,
                driver="COG",
                compress="deflate",
                predictor="yes",
                blocksize=TILE,
                overview_resampling=resampling,
                copy_src_mdd="yes",
                bigtiff="if_safer",
            )
    except SystemError as error:  # rasterio's word for a failure of which GDAL gave no reason
        raise OSError("its cloud-optimized copy cannot be made; the disk may be full") from error


def _name_band_tags(path: Path) -> None:
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as content:
        end = content.find(b"</GDALMetadata>")  # the pixels come after
        while end > 0 and (place := content.find(_ATTRIBUTE, 0, end)) >= 0:
            content[place : place + len(_ATTRIBUTE)] = b" " * len(_ATTRIBUTE)
