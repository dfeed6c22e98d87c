"""Tests of formats beside GeoTIFF: what GDAL reads of them is what comes back in a GeoTIFF."""

import numpy as np
import pytest
from affine import Affine

PLACE = {"crs": "EPSG:32633", "transform": Affine(10, 0, 5e5, 0, -10, 4e6)}


@pytest.mark.parametrize(
    ("driver", "name", "dtype", "options"),
    [
        ("ENVI", "scene.img", "float64", {}),
        ("ENVI", "scene", "uint32", {}),
        ("HFA", "scene.img", "int8", {}),
        ("NITF", "scene.ntf", "int16", {"ICORDS": "N"}),
        ("COG", "scene.tif", "uint16", {}),
    ],
)
def test_pixels_place_and_names_come_back(make_raster, there_and_back, plainly, rng, driver, name, dtype, options):
    def touch(dataset):
        dataset.descriptions = ("VV", "VH")
        dataset.update_tags(ns="SENSOR", BAND="C")

    values = rng.integers(1, 100, (2, 40, 50)).astype(dtype)
    old, new = there_and_back(make_raster(values, name, touch, driver=driver, **PLACE, **options))
    with plainly(old) as first, plainly(new) as second:
        np.testing.assert_array_equal(second.read(), values)
        assert second.driver == "GTiff"
        for fact in ("crs", "transform", "dtypes", "nodatavals", "descriptions", "units", "scales", "offsets"):
            assert getattr(second, fact) == getattr(first, fact), fact
        for namespace in {"", *first.tag_namespaces()} - {"IMAGE_STRUCTURE", "DERIVED_SUBDATASETS"}:
            if not namespace.startswith(("xml:", "json:")):
                said = {
                    key: value for key, value in first.tags(ns=namespace).items() if value
                }  # GeoTIFF drops empty ones
                assert said.items() <= second.tags(ns=namespace).items(), namespace


def test_a_vrt_opens_as_the_rasters_that_it_names(make_raster, there_and_back, plainly, tmp_path):
    make_raster(np.array([[1, 2], [3, 4]], np.uint16), "ä b.tif")
    vrt = tmp_path / "mosaic.vrt"
    vrt.write_text(
        '<VRTDataset rasterXSize="2" rasterYSize="2"><Metadata><MDI key="A">b</MDI></Metadata>'
        '<VRTRasterBand dataType="UInt16" band="1"><Description>VV</Description><UnitType>m</UnitType>'
        '<SimpleSource><SourceFilename relativeToVRT="1">ä b.tif</SourceFilename><SourceBand>1</SourceBand>'
        "</SimpleSource></VRTRasterBand></VRTDataset>",
        encoding="utf-8",
    )
    _, new = there_and_back(vrt)
    with plainly(new) as dataset:
        assert dataset.read(1).tolist() == [[1, 2], [3, 4]]
        assert (dataset.descriptions, dataset.units) == (("VV",), ("m",))
        assert dataset.tags()["A"] == "b"
        assert "xml:VRT" not in dataset.tag_namespaces()
