"""Tiny rasters, written by rasterio alone: it is the other implementation that this room is tested against."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning

from sargui.core.types import Window
from sargui.io import RasterWriter, open_product

SPEC: dict[str, Any] = {"driver": "GTiff"}
MakeRaster = Callable[..., Path]


@pytest.fixture(autouse=True)
def _every_warning_fails():
    """A user never sees a warning of GDAL or numpy, so a test does not either."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture
def make_raster(tmp_path: Path) -> MakeRaster:
    """Write bands (bands, rows, cols) to a GeoTIFF; `touch` gets the open dataset to label it."""

    def make(
        bands: np.ndarray,
        name: str = "scene.tif",
        touch: Callable[[Any], object] = lambda dataset: None,
        **profile: Any,
    ) -> Path:
        bands = bands if bands.ndim == 3 else bands[None]
        count, rows, cols = bands.shape
        options = SPEC | {"count": count, "height": rows, "width": cols, "dtype": bands.dtype.name} | profile
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(tmp_path / name, "w", **options) as dataset:
                touch(dataset)
                dataset.write(bands)
        return tmp_path / name

    return make


@pytest.fixture
def plainly() -> Callable[[Path], Any]:
    """Open a raster by rasterio, which warns where there is no georeference."""

    def opened(path: Path) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            return rasterio.open(path)

    return opened


@pytest.fixture
def there_and_back() -> Callable[..., tuple[Path, Path]]:
    """Copy a raster through sargui, the pixels as they were read; return both paths."""

    def copy(path: Path, **options: Any) -> tuple[Path, Path]:
        target = path.with_name("back.tif")
        with open_product(path) as source:
            whole = Window(0, 0, *source.info.shape)
            with RasterWriter(target, source.info, {"CHECKPOINT": "none", "QUALITY": "50"}, **options) as writer:
                for band in range(len(source.info.bands)):
                    writer.write(band, whole, source.read(band, whole))
                writer.finish()
        return path, target

    return copy


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
