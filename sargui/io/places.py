"""Where the pixels of a raster lie on the Earth: rows and columns to longitude and latitude, and back.

An integer row or column is the center of a pixel. Ground control points are joined by a thin-plate spline, which
passes through all of them (GDAL's goes from the ground to the image, and is inverted), or through a thousand where
there are more; an affine transform fitted to those of a Sentinel-1 product is wrong by kilometers.
"""

from __future__ import annotations

import logging
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import numpy as np
import rasterio
from numpy.typing import ArrayLike, NDArray
from rasterio.control import GroundControlPoint as GdalPoint
from rasterio.crs import CRS
from rasterio.transform import AffineTransformer, GCPTransformer
from rasterio.warp import transform

from sargui.core.types import GroundControlPoint, ProductInfo
from sargui.io.gdal import ALL_ERRORS, GDAL_ERRORS

Floats = NDArray[np.float64]

WGS84 = CRS.from_epsg(4326)
MOST_POINTS = 1024  # of a spline: GDAL needs 0.3 s for it, and 45 s for four times as many
SEMI_MAJOR_M, FLATTENING = 6_378_137.0, 1 / 298.257223563  # of WGS 84, EPSG ellipsoid 7030
REFUSALS: tuple[type[Exception], ...] = (*ALL_ERRORS, SystemError)  # rasterio's, for errors that GDAL does not explain

log = logging.getLogger(__name__)


class Place:
    """The place of a raster, made by `place_of`. Close it; use it from one thread at a time."""

    def __init__(self, transformer: Any, crs: CRS, shape: tuple[int, int]) -> None:
        self._transformer, self._crs, self._shape = transformer, crs, shape
        center = transformer.xy(*self._center)
        self._middle = float(center[0])  # in its own CRS: longitudes are counted near it, also across 180°

    def lonlat(self, rows: ArrayLike, cols: ArrayLike) -> tuple[Floats, Floats]:
        """Return longitude (−180 to 180) and latitude in degrees on WGS 84, of the shape of rows and columns.

        NaN where the projection has none. Some 40 µs a pixel with the 210 points of a Sentinel-1 product.
        """
        rows, cols = np.broadcast_arrays(np.asarray(rows, np.float64), np.asarray(cols, np.float64))
        x, y = self._transformer.xy(rows.ravel(), cols.ravel())
        longitude, latitude = _projected(self._crs, WGS84, x, y)
        return _near(longitude, 0.0).reshape(rows.shape), latitude.reshape(rows.shape)

    def rowcol(self, longitudes: ArrayLike, latitudes: ArrayLike) -> tuple[Floats, Floats]:
        """Return rows and columns, with fractions, of places on WGS 84; outside of the raster they mean little."""
        longitude, latitude = np.broadcast_arrays(np.asarray(longitudes, np.float64), np.asarray(latitudes, np.float64))
        x, y = _projected(WGS84, self._crs, longitude.ravel(), latitude.ravel())
        if self._crs.is_geographic:
            x = _near(x, self._middle)
        rows, cols = self._transformer.rowcol(x, y, op=np.positive)  # without it they are cut to integers
        return (rows - 0.5).reshape(longitude.shape), (cols - 0.5).reshape(longitude.shape)

    @cached_property
    def meters_per_pixel(self) -> tuple[float, float]:
        """How far apart rows and columns are on the ground, in meters, on average over the middle half of the scene.

        Ground control points lie on terrain, which displaces them; over a few pixels their spacing would be its slope.
        """
        (row, col), (down, across) = self._center, (max(side / 4, 1.0) for side in self._shape)
        places = self.lonlat([row - down, row + down, row, row], [col, col, col - across, col + across])
        top, bottom, left, right = _geocentric(*places)
        return float(np.linalg.norm(bottom - top) / (2 * down)), float(np.linalg.norm(right - left) / (2 * across))

    @property
    def _center(self) -> tuple[float, float]:
        return (self._shape[0] - 1) / 2, (self._shape[1] - 1) / 2

    def close(self) -> None:
        """Release what GDAL holds."""
        if isinstance(self._transformer, GCPTransformer):
            self._transformer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def place_of(info: ProductInfo) -> Place | None:
    """Return the place of a raster: by its affine transform if that has a CRS, else by its ground control points.

    None if it has neither, or (with a line in the log) if GDAL can make nothing of them.
    """
    georeference, shape = info.georeference, info.shape
    affine = georeference.affine if georeference.crs_wkt else None
    points = georeference.gcps if georeference.gcps_crs_wkt else ()
    if affine is None and not points:
        return None
    try:
        with rasterio.Env():  # GDAL's messages go to the log, not to the terminal
            if affine is not None:
                place = Place(_affine(affine), CRS.from_wkt(georeference.crs_wkt), shape)
            else:
                crs = CRS.from_wkt(georeference.gcps_crs_wkt)
                place = Place(_spline(points, crs), crs, shape)
            if np.isfinite([*place.meters_per_pixel]).all():
                return place
            place.close()
            log.warning("%s has no place: its center does not lie on the Earth", info.name)
    except REFUSALS as error:
        log.warning("%s has no place: %s", info.name, error)
    return None


def _affine(coefficients: tuple[float, ...]) -> AffineTransformer:
    affine = rasterio.Affine(*coefficients)
    if affine.is_degenerate:
        raise ValueError("its affine transform puts all pixels on a line")
    return AffineTransformer(affine)


def _spline(points: tuple[GroundControlPoint, ...], crs: CRS) -> GCPTransformer:
    """Return the thin-plate spline through the points, or through some that are spread evenly among them."""
    points = tuple(points[at] for at in np.linspace(0, len(points) - 1, min(len(points), MOST_POINTS)).astype(int))
    if not np.isfinite([(point.row, point.col, point.x, point.y) for point in points]).all():
        raise ValueError("its ground control points are not all numbers")
    design = np.array([(1.0, point.row, point.col) for point in points])
    if np.linalg.matrix_rank(design - design.mean(axis=0) * (0, 1, 1)) < 3:
        raise ValueError("its ground control points lie on a line")
    x = np.array([point.x for point in points])
    if crs.is_geographic:
        x = _near(x, x[0])
    return GCPTransformer([GdalPoint(p.row, p.col, at, p.y) for p, at in zip(points, x, strict=True)], tps=True)


def _near(degrees: Floats, middle: float) -> Floats:
    """Return longitudes as they are counted around one of them, from 180° west of it to 180° east."""
    return np.asarray((degrees - middle + 180.0) % 360.0 - 180.0 + middle)


def _projected(source: CRS, target: CRS, x: Floats, y: Floats) -> Floats:
    """Return places in another CRS, (2, places); NaN for those it does not know."""
    try:
        with rasterio.Env():
            found = np.array(transform(source, target, x, y))
    except GDAL_ERRORS:  # one is enough to refuse all
        if x.size == 1:
            return np.full((2, 1), np.nan)
        return np.concatenate(
            [_projected(source, target, *place) for place in np.split(np.array([x, y]), x.size, 1)], 1
        )
    return np.where(np.isfinite(found), found, np.nan)


def _geocentric(longitude: Floats, latitude: Floats) -> Floats:
    """Return x, y, z in meters from the center of the Earth, (places, 3): EPSG method 9602, at height 0."""
    east, north = np.radians(longitude), np.radians(latitude)
    squared = FLATTENING * (2 - FLATTENING)
    normal = SEMI_MAJOR_M / np.sqrt(1 - squared * np.sin(north) ** 2)
    flat = normal * np.cos(north)
    return np.stack([flat * np.cos(east), flat * np.sin(east), normal * (1 - squared) * np.sin(north)], axis=-1)
