"""Tests of cloud-optimized GeoTIFFs: laid out as GDAL knows them, with means of power, and with every label."""

import numpy as np
import pytest
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.enums import Resampling

from sargui.core.errors import JobCancelled
from sargui.core.types import BandInfo, Kind, Pixels, ProductInfo, Window
from sargui.io import RasterWriter, cog


def label(dataset):
    dataset.descriptions, dataset.units = ("VV", "VH"), ("m", "")
    dataset.scales, dataset.offsets = (0.5, 1.0), (0.0, 7.0)
    dataset.update_tags(MISSION="S1A", EMPTY="", OMEGA="Ω < & >")
    dataset.update_tags(ns="SAFE", ORBIT="12")
    dataset.update_tags(1, POLARIZATION="VV", TEXT='<Item domain="SARGUI_BAND">')
    dataset.update_tags(2, ns="RADAR", BAND="C")


@pytest.mark.parametrize("shape", [(1, 1), (700, 1200)])
@pytest.mark.parametrize("place", ["affine", "points", "nothing"])
def test_all_that_a_plain_raster_says_is_said(make_raster, there_and_back, plainly, shape, place):
    def touch(dataset):
        label(dataset)
        if place == "points":
            points = [GroundControlPoint(0.5 * i, 1.25 * i * i, 10 + i, 20 - i / 3, 100 * i) for i in range(5)]
            dataset.gcps = (points, CRS.from_epsg(4326))

    crs = {"crs": CRS.from_epsg(32633), "transform": Affine(10, 0.5, 5e5, 0.25, -10, 4e6)} if place == "affine" else {}
    values = np.random.default_rng(1).integers(1, 60000, (2, *shape)).astype(np.uint16)
    path, plain = there_and_back(make_raster(values, touch=touch, nodata=0, **crs))
    plain = plain.rename(path.with_name("plain.tif"))
    _, cloudy = there_and_back(path, cog=True)
    assert sorted(file.name for file in path.parent.iterdir()) == ["back.tif", "plain.tif", "scene.tif"]
    with plainly(plain) as first, plainly(cloudy) as second:
        assert second.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        for fact in ("crs", "transform", "nodatavals", "descriptions", "units", "scales", "offsets", "colorinterp"):
            assert getattr(second, fact) == getattr(first, fact), fact
        assert [(p.row, p.col, p.x, p.y, p.z) for p in second.gcps[0]] == [
            (p.row, p.col, p.x, p.y, p.z) for p in first.gcps[0]
        ]
        for band in range(3):
            for namespace in ("", "SAFE", "RADAR", "SARGUI"):
                assert second.tags(band, ns=namespace) == first.tags(band, ns=namespace)
        assert second.tags(1)["POLARIZATION"] == "VV"
        np.testing.assert_array_equal(second.read(), values)


@pytest.mark.parametrize(
    ("kind", "mean"), [("amplitude", lambda v: np.sqrt(np.mean(v**2))), ("power", np.mean), ("db", np.mean)]
)
def test_overviews_are_means_of_power(make_raster, there_and_back, plainly, kind, mean):
    values = np.random.default_rng(2).gamma(1, 100, (1100, 1030)).astype(np.float32)
    values[0, 0] = -1  # nodata, which no mean may take for a value
    path = make_raster(values, nodata=-1, touch=lambda dataset: dataset.update_tags(SAR_KIND=kind))
    with plainly(there_and_back(path, cog=True)[1]) as dataset:
        assert dataset.overviews(1) == [2, 4]
        half = dataset.read(1, out_shape=(550, 515), resampling=Resampling.nearest)
    block = values[100:102, 200:202].astype(float)
    assert half[50, 100] == pytest.approx(mean(block), rel=1e-5)
    assert half[0, 0] == pytest.approx(mean(values[:2, :2].astype(float).ravel()[1:]), rel=1e-5)


@pytest.mark.parametrize("error", [JobCancelled("stopped"), KeyboardInterrupt()])
def test_a_copy_that_is_to_stop_is_broken_off_and_leaves_nothing(tmp_path, monkeypatch, error):
    broken, copy = [], cog._copy

    def watched(*args):
        try:
            copy(*args)
        except Exception as reason:
            broken.append(reason)
            raise

    def stop():
        raise error

    def write():
        info = ProductInfo("x", 4096, 4096, (BandInfo("uint16", Kind.AMPLITUDE),))
        with RasterWriter(tmp_path / "out.tif", info, {}, cog=True) as writer:
            writer.write(
                0, Window(0, 0, 512, 512), Pixels(np.ones((512, 512), np.uint16), np.zeros((512, 512), np.uint8))
            )
            writer.finish(stop)

    monkeypatch.setattr(cog, "_copy", watched)
    monkeypatch.setattr(cog, "BEAT_S", 0)  # it looks at once, when the copy has just begun
    with pytest.raises(type(error)):
        write()
    assert broken
    assert list(tmp_path.iterdir()) == []
