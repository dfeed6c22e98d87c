"""Tests of sargui.io.description: what rasterio wrote is what the product says."""

import math

import numpy as np
import pytest
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS

from sargui.core.types import GroundControlPoint as Point
from sargui.io import open_product

ONES = np.ones((2, 3, 4), np.float32)


def info_of(path):
    with open_product(path) as source:
        return source.info


def test_a_bare_raster_says_nothing(make_raster):
    info = info_of(make_raster(ONES))
    assert info.georeference.affine is None
    assert info.georeference.crs_wkt == ""
    assert info.georeference.gcps == ()
    assert info.bands[0].nodata is None
    assert (info.bands[0].scale, info.bands[0].offset, info.bands[0].unit) == (1.0, 0.0, "")
    assert info.raw_bytes == 2 * 3 * 4 * 4


def test_an_affine_transform_comes_with_its_crs(make_raster):
    crs = CRS.from_epsg(32633)
    info = info_of(make_raster(ONES, crs=crs, transform=Affine(10, 0.5, 5e5, 0.25, -10, 4e6)))
    assert info.georeference.affine == (10, 0.5, 5e5, 0.25, -10, 4e6)
    assert CRS.from_wkt(info.georeference.crs_wkt) == crs


def test_ground_control_points_come_with_their_crs(make_raster):
    points = [GroundControlPoint(0.5 * i, 1.5 * i, 10 + i, 20 - i, 100 * i) for i in range(4)]

    def touch(dataset):
        dataset.gcps = (points, CRS.from_epsg(4326))

    place = info_of(make_raster(ONES, touch=touch)).georeference
    assert place.affine is None
    assert CRS.from_wkt(place.gcps_crs_wkt) == CRS.from_epsg(4326)
    assert place.gcps[3] == Point(1.5, 4.5, 13.0, 17.0, 300.0, id="4")  # GDAL numbers them


def test_labels_come_per_band(make_raster):
    def touch(dataset):
        dataset.descriptions = ("VV", "VH")
        dataset.units = ("", "K")
        dataset.scales, dataset.offsets = (2.0, 1.0), (0.0, 3.0)
        dataset.update_tags(2, POLARIZATION="VH")
        dataset.update_tags(2, ns="RADAR", BAND="C")

    first, second = info_of(make_raster(ONES, touch=touch)).bands
    assert (first.description, second.description) == ("VV", "VH")
    assert (first.unit, second.unit) == ("", "K")
    assert (first.scale, first.offset, second.scale, second.offset) == (2.0, 0.0, 1.0, 3.0)
    assert (first.color, second.color) == ("gray", "undefined")
    assert second.tags == {"": {"POLARIZATION": "VH"}, "RADAR": {"BAND": "C"}}
    assert first.tags == {}


def test_tags_come_by_namespace_without_those_of_the_file_itself(make_raster):
    def touch(dataset):
        dataset.update_tags(MISSION="S1A", FORMULA="a=b")
        dataset.update_tags(ns="SAFE", ORBIT="12")
        dataset.update_tags(1, STATISTICS_MAXIMUM="3")

    info = info_of(make_raster(ONES, touch=touch, compress="deflate"))
    assert info.tags == {
        "": {"MISSION": "S1A", "FORMULA": "a=b"},
        "SAFE": {"ORBIT": "12"},
    }
    assert info.bands[0].tags == {}


@pytest.mark.parametrize("nodata", [-9999.0, 0.0, -3.4028234663852886e38, math.inf])
def test_nodata_keeps_every_digit(make_raster, nodata):
    assert info_of(make_raster(ONES, nodata=nodata)).bands[0].nodata == nodata


def test_nodata_may_be_nan(make_raster):
    nodata = info_of(make_raster(ONES, nodata=math.nan)).bands[0].nodata
    assert nodata is not None
    assert math.isnan(nodata)
