"""One tiny raster of every kind that a user may bring, made by rasterio alone."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.transform import Affine

ROWS, COLS = 70, 91
UTM = {"crs": CRS.from_epsg(32633), "transform": Affine(10, 0, 5e5, 0, -10, 4e6)}
ROTATED = {"crs": CRS.from_epsg(32633), "transform": Affine(8, 3, 5e5, 2, -9, 4e6)}
AXES = ("LINE", "SAMP", "LAT", "LONG", "HEIGHT")
RPC = {f"{axis}_{part}": value for axis in AXES for part, value in (("OFF", "10"), ("SCALE", "2"))}
RPC |= {f"{axis}_{part}_COEFF": " ".join(["0.5"] * 20) for axis in ("LINE", "SAMP") for part in ("NUM", "DEN")}
Touch = Callable[[Any], object]


@dataclass(frozen=True)
class Input:
    """A raster by the name that opens it; `detect` and `cog` are how it goes in and out."""

    title: str
    name: Path | str
    detect: bool = False
    cog: bool = False


def inputs(folder: Path) -> Iterator[Input]:
    """Write the rasters into a folder, one at a time, and yield them."""
    for dtype in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"):
        yield Input(f"{dtype}, nodata", _write(folder / f"{dtype}.tif", _void_corner(_speckle(dtype, 1)), nodata=0))
    for dtype in ("complex_int16", "complex64", "complex128"):
        phased = _speckle("float32", 1) * np.exp(1j * np.arange(COLS))
        values = phased.astype("complex128" if dtype == "complex128" else "complex64")
        yield Input(f"{dtype}, `--detect`", _write(folder / f"{dtype}.tif", values, dtype=dtype), detect=True)
    yield from _places(folder)
    yield from _labels(folder)
    yield from _masks(folder)
    yield from _extremes(folder)
    yield from _formats(folder)


def _places(folder: Path) -> Iterator[Input]:
    values = _speckle("uint16", 1)
    yield Input("affine", _write(folder / "affine.tif", values, **UTM))
    yield Input("rotated affine", _write(folder / "rotated.tif", values, **ROTATED))
    yield Input("GCPs", _write(folder / "gcps.tif", values, _touch_points))
    yield Input("GCPs of a PixelIsPoint file", _write(folder / "point.tif", values, _touch_points, _touch_point))
    yield Input("RPCs", _write(folder / "rpc.tif", values, lambda d: d.update_tags(ns="RPC", **RPC)))
    yield Input("no place at all", _write(folder / "nowhere.tif", values))


def _labels(folder: Path) -> Iterator[Input]:
    bands = _speckle("float32", 3)
    yield Input("names, units, scale, offset, tags", _write(folder / "labels.tif", bands, _touch_labels, **UTM))
    yield Input("the same, `--cog`", _write(folder / "labels2.tif", bands, _touch_labels, **UTM), cog=True)
    decibels = _write(folder / "db.tif", 10 * np.log10(bands), lambda d: setattr(d, "units", ["dB"] * 3))
    yield Input("dB by its unit", decibels)
    ramp = {value: (value, value, value, 255) for value in range(256)}
    gray = _write(folder / "ramp.tif", _speckle("uint8", 1), lambda d: d.write_colormap(1, ramp), photometric="palette")
    yield Input("color table, a ramp of grays", gray)
    yield Input("three bands as red, green, blue", _write(folder / "rgb.tif", _speckle("uint8", 3), photometric="rgb"))


def _masks(folder: Path) -> Iterator[Input]:
    bands = _speckle("uint16", 2)
    masks = np.where(np.random.default_rng(5).random(bands.shape) < 0.3, 0, 255).astype(np.uint8)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        inside = _write(folder / "inside.tif", bands, lambda d: d.write_mask(masks[0]), nodata=0)
    yield Input("mask inside, and nodata", inside)
    yield Input("mask inside, `--cog`", inside, cog=True)
    yield Input("mask in a .msk", _write(folder / "beside.tif", bands, lambda d: d.write_mask(masks[0])))
    each = _write(folder / "each.tif", bands)
    _write(folder / "each.tif.msk", masks, lambda d: d.update_tags(INTERNAL_MASK_FLAGS_1=0, INTERNAL_MASK_FLAGS_2=0))
    yield Input("masks of each band", each)
    alpha = np.stack([_speckle("uint8", 1)[0], masks[0]])
    yield Input("alpha", _write(folder / "alpha.tif", alpha, _touch_alpha, photometric="minisblack"))


def _extremes(folder: Path) -> Iterator[Input]:
    wild = _speckle("float32", 1)
    wild[0, :9, :9], wild[0, 20, :50], wild[0, 21, :50] = np.nan, np.inf, -np.inf
    yield Input("NaN, +∞, −∞", _write(folder / "wild.tif", wild))
    yield Input("nodata is NaN", _write(folder / "nan.tif", wild, nodata=np.nan))
    empty = _speckle("float32", 2)
    empty[1] = np.nan
    yield Input("a band without a valid pixel", _write(folder / "empty.tif", empty))
    yield Input("nothing valid at all", _write(folder / "void.tif", np.zeros((1, ROWS, COLS), np.uint16), nodata=0))
    yield Input("constant", _write(folder / "constant.tif", np.full((1, ROWS, COLS), 7, np.uint16)))
    for rows, cols in ((1, 1), (1, 7), (513, 3), (511, 1025)):
        yield Input(f"{rows} × {cols}", _write(folder / "odd.tif", _speckle("uint16", 1, rows, cols)))


def _formats(folder: Path) -> Iterator[Input]:
    values = _speckle("float32", 2)
    plain = _write(folder / "zwei Wörter.tif", values, **UTM)
    yield Input("a name with space and umlaut", plain)
    for driver, name in (("COG", "cloud.tif"), ("ENVI", "scene.img"), ("HFA", "imagine.img")):
        yield Input(driver, _write(folder / name, values, driver=driver, **UTM))
    yield Input("NITF", _write(folder / "scene.ntf", values, driver="NITF", ICORDS="N", **UTM))
    rasterio.shutil.copy(plain, folder / "scene.vrt", driver="VRT")
    yield Input("VRT", folder / "scene.vrt")
    rasterio.shutil.copy(plain, folder / "scene.nc", driver="netCDF", format="NC4")
    yield Input("netCDF, a raster inside", f'NETCDF:"{folder / "scene.nc"}":Band1')
    (folder / "scene.h5").write_bytes((folder / "scene.nc").read_bytes())
    yield Input("HDF5, a raster inside", f'HDF5:"{folder / "scene.h5"}"://Band2')
    with zipfile.ZipFile(folder / "archive.zip", "w") as archive:
        archive.write(plain, "in ner/scene.tif")
    yield Input("/vsizip/", f"/vsizip/{folder / 'archive.zip'}/in ner/scene.tif")


def _speckle(dtype: str, bands: int, rows: int = ROWS, cols: int = COLS) -> NDArray[Any]:
    """Return amplitude of four looks, 20 in the mean, never 0."""
    power = np.random.default_rng(3).gamma(4, 100, (bands, rows, cols))
    return np.clip(np.sqrt(power) + 1, 1, 120).astype(dtype)


def _void_corner(values: NDArray[Any]) -> NDArray[Any]:
    values[:, :20, :30] = 0
    return values


def _write(path: Path, bands: NDArray[Any], *touches: Touch, **profile: Any) -> Path:
    count, rows, cols = bands.shape
    options = {"driver": "GTiff", "count": count, "height": rows, "width": cols, "dtype": bands.dtype.name} | profile
    with rasterio.open(path, "w", **options) as dataset:
        for touch in touches:
            touch(dataset)
        dataset.write(bands)
    return path


def _touch_points(dataset: Any) -> None:
    points = [GroundControlPoint(7.5 * i, 1.25 * i * i, 10 + i, 20 - i / 3, 100 * i) for i in range(5)]
    dataset.gcps = (points, CRS.from_epsg(4326))


def _touch_point(dataset: Any) -> None:
    dataset.update_tags(AREA_OR_POINT="Point")


def _touch_labels(dataset: Any) -> None:
    dataset.descriptions, dataset.units = ("VV é", "VH", None), ("m2/m2", "", "K")
    dataset.scales, dataset.offsets = (0.5, 1.0, 1.0), (0.0, 7.0, 0.0)
    dataset.update_tags(MISSION="S1A", FORMULA="a=b\nc", OMEGA="Ω < & >")
    dataset.update_tags(ns="SAFE", ORBIT="12")
    dataset.update_tags(1, POLARIZATION="VV")
    dataset.update_tags(2, ns="RADAR", BAND="C")


def _touch_alpha(dataset: Any) -> None:
    dataset.colorinterp = [ColorInterp.gray, ColorInterp.alpha]
