"""The large rasters that speed is measured on: of real pieces where the shared imagery is, else the sample repeated."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning

from benchmarks import images
from benchmarks.process import REPOSITORY
from sargui.core.tiling import ceil_div
from sargui.io import open_product

TOOL = REPOSITORY.parent / "shared" / "tools" / "make_scene.py"
SAMPLE = REPOSITORY / "resources" / "sample.tif"
PREVIEW_SIDE = 1024  # pixels, of the map of what was measured


def square(folder: Path, side: int) -> tuple[Path, str]:
    """Write a square scene of so many pixels a side, and return it with what it is in words."""
    target = folder / "scene.tif"
    if not TOOL.is_file():
        repeat(SAMPLE, target, side)
        return target, "the sample, mirrored again and again"
    mosaic = folder / "mosaic.tif"
    subprocess.run([sys.executable, TOOL, "mosaic", mosaic], check=True, stdout=subprocess.DEVNULL)
    with open_product(mosaic, None) as source:
        valid = np.isfinite(source.preview(0, PREVIEW_SIDE))
        step = ceil_div(max(source.info.shape), max(valid.shape))
        rows, cols = (min(side, length) for length in source.info.shape)
        place = fullest(valid, ceil_div(side, step))
        row, col = (
            min(at * step, length - size)
            for at, length, size in zip(place, source.info.shape, (rows, cols), strict=True)
        )
    images.write_part(mosaic, target, rows, cols, row, col)
    mosaic.unlink()
    return target, "the fullest part of a mosaic of Sentinel-1 images"


def fullest(valid: NDArray[np.bool_], side: int) -> tuple[int, int]:
    """Return row and column of the square with the most valid pixels."""
    sums = np.pad(valid.astype(np.int64), ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    rows, cols = (min(side, length) for length in valid.shape)
    inside = sums[rows:, cols:] - sums[:-rows, cols:] - sums[rows:, :-cols] + sums[:-rows, :-cols]
    row, col = np.unravel_index(int(inside.argmax()), inside.shape)
    return int(row), int(col)


def repeat(source: Path, target: Path, side: int) -> None:
    """Write the first band of a raster, mirrored again and again, as a square of so many pixels a side."""
    with rasterio.open(source) as raster:
        values, nodata, tags = raster.read(1), raster.nodata, raster.tags()
    values = np.pad(values, [(0, max(side - length, 0)) for length in values.shape], mode="symmetric")[:side, :side]
    profile = {"driver": "GTiff", "height": side, "width": side, "count": 1, "dtype": values.dtype, "nodata": nodata}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # mirrored, it lies nowhere
        raster = rasterio.open(target, "w", **profile)
    with raster:
        raster.update_tags(**{key: value for key, value in tags.items() if key != "AREA_OR_POINT"})
        raster.write(values, 1)


def product(folder: Path, polarizations: tuple[str, ...]) -> Path:
    """Write a full-size Sentinel-1 product (16705 × 26102 pixels a band) and return its folder.

    Raises:
        FileNotFoundError: the shared imagery is not here.
    """
    if not TOOL.is_file():
        raise FileNotFoundError(TOOL)
    command = [sys.executable, str(TOOL), "safe", str(folder), "--polarizations", *polarizations]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.SAFE"))
