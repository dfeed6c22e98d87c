"""What every file of this room needs of GDAL: its errors as one tuple, quiet warnings, windows, sidecars."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import rasterio
from rasterio._err import CPLE_BaseError  # some of GDAL's errors come as this, which is no RasterioError
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window as GdalWindow

from sargui.core.types import Window

GDAL_ERRORS: tuple[type[Exception], ...] = (RasterioError, CPLE_BaseError)
ALL_ERRORS: tuple[type[Exception], ...] = (*GDAL_ERRORS, OSError, ValueError)  # the system's, and rasterio's own checks
CACHE_MB = 256  # of blocks, of all rasters: a row of windows of a wide scene in strips, or each would read them again
SIDECARS = (".aux.xml", ".msk", ".ovr")  # GDAL writes them beside a raster, and finds them there

os.environ.setdefault("GDAL_CACHEMAX", str(CACHE_MB))  # GDAL looks once, when it first reads; users may say otherwise


def _wanted(record: logging.LogRecord) -> bool:
    """Let GDAL's warnings, of which a file may cause one for each of its bands, be heard by who looks for causes."""
    return record.levelno > logging.WARNING or logging.root.isEnabledFor(logging.DEBUG)


logging.getLogger("rasterio._env").addFilter(_wanted)


@contextmanager
def quiet_gdal(**options: str) -> Iterator[None]:
    """Run with GDAL's messages in the log, not on the terminal, and no warnings about missing georeference."""
    with rasterio.Env(**options), warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


def gdal_window(window: Window) -> Any:
    """Return a window as rasterio wants it."""
    return GdalWindow(window.col, window.row, window.cols, window.rows)
