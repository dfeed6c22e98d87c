"""Tests of rasters that GDAL allows and few have: odd mixtures of places, masks and names, kept or refused."""

import os
from pathlib import Path

import numpy as np
import pytest

from sargui.core.errors import TargetError, UnreadableRasterError
from sargui.core.radiometry import estimate
from sargui.core.types import BandInfo, Georeference, GroundControlPoint, Kind, Pixels, ProductInfo
from sargui.io import RasterWriter, open_product
from sargui.io.calibration import read_calibration

POINTS = "".join(f'<GCP Id="{i}" Pixel="{i % 2 * 8}" Line="{i // 2 * 6}" X="{i}" Y="{i * i}"/>' for i in range(4))
WGS84 = "<SRS>EPSG:4326</SRS>"


@pytest.fixture
def vrt(make_raster, tmp_path):
    """Write a VRT of 6 × 8 amplitudes with this beside them."""

    def write(content: str) -> Path:
        make_raster(np.arange(1, 49, dtype=np.uint16).reshape(6, 8), "pixels.tif")
        source = '<SimpleSource><SourceFilename relativeToVRT="1">pixels.tif</SourceFilename></SimpleSource>'
        band = f'<VRTRasterBand dataType="UInt16" band="1">{source}</VRTRasterBand>'
        path = tmp_path / "scene.vrt"
        path.write_text(f'<VRTDataset rasterXSize="8" rasterYSize="6">{content}{band}</VRTDataset>', encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("cog", [False, True])
def test_points_without_a_reference_system_come_back(vrt, there_and_back, plainly, cog):
    _, back = there_and_back(vrt(f"<GCPList>{POINTS}</GCPList>"), cog=cog)
    with plainly(back) as dataset:
        points, crs = dataset.gcps
    assert [(p.col, p.row, p.x, p.y) for p in points] == [(i % 2 * 8, i // 2 * 6, i, i * i) for i in range(4)]
    assert not crs


def test_points_are_not_given_up_for_a_transform_that_nobody_wrote(vrt, there_and_back, plainly):
    _, back = there_and_back(vrt(f'{WGS84}<GCPList Projection="EPSG:4326">{POINTS}</GCPList>'))
    with plainly(back) as dataset:
        assert len(dataset.gcps[0]) == 4
        assert dataset.transform.is_identity


def test_a_transform_beside_points_stays_where_it_is(vrt, there_and_back, plainly):
    point = '<Metadata><MDI key="AREA_OR_POINT">Point</MDI></Metadata>'
    place = "<GeoTransform>10, 1, 0, 50, 0, -1</GeoTransform>"
    old, new = there_and_back(vrt(f'{WGS84}{place}{point}<GCPList Projection="EPSG:4326">{POINTS}</GCPList>'))
    with plainly(old) as before, plainly(new) as after:
        assert after.transform == before.transform
        assert after.crs == before.crs


@pytest.mark.parametrize("cog", [False, True])
def test_a_mask_by_the_no_data_values_of_all_bands_comes_back(make_raster, there_and_back, plainly, cog):
    bands = np.ones((2, 20, 30), np.uint16) * 7
    bands[:, 5:8] = 0
    old, new = there_and_back(make_raster(bands, touch=lambda d: d.update_tags(NODATA_VALUES="0 0")), cog=cog)
    with plainly(old) as before, plainly(new) as after:
        np.testing.assert_array_equal(after.dataset_mask(), before.dataset_mask())
        assert not after.dataset_mask()[5:8].any()


def of(places: Georeference) -> ProductInfo:
    return ProductInfo("x", 6, 8, (BandInfo("uint8", Kind.AMPLITUDE),), places)


def test_more_points_than_a_geotiff_holds_are_said_to_be_left_out(tmp_path, caplog, plainly):
    points = tuple(GroundControlPoint(0.0, float(i), float(i), 1.0, 0.0) for i in range(10_923))
    with RasterWriter(tmp_path / "a.tif", of(Georeference(gcps=points)), {}) as writer:
        writer.finish()
    assert "10923 ground control points are left out" in caplog.text
    with plainly(tmp_path / "a.tif") as dataset:
        assert not dataset.gcps[0]


@pytest.mark.parametrize("suffix", [".aux.xml", ".ovr", ".msk"])
def test_what_lies_beside_a_new_raster_is_not_taken_for_its_own(tmp_path, suffix):
    beside = tmp_path / f"a.tif{suffix}"
    beside.write_text("of another raster")
    with pytest.raises(TargetError, match=rf"^a\.tif{suffix} exists already"):
        RasterWriter(tmp_path / "a.tif", of(Georeference()), {})
    with RasterWriter(tmp_path / "a.tif", of(Georeference()), {}, overwrite=True) as writer:
        writer.finish()
    assert not beside.exists()


@pytest.mark.parametrize(("length", "fits"), [(255, True), (256, False)])
def test_a_name_may_be_as_long_as_a_file_system_allows(tmp_path, length, fits):
    target = tmp_path / ("a" * (length - 4) + ".tif")
    if fits:
        with RasterWriter(target, of(Georeference()), {}) as writer:
            writer.finish()
        assert target.exists()
    else:
        with pytest.raises(TargetError, match="its name is too long"):
            RasterWriter(target, of(Georeference()), {})


@pytest.mark.skipif(os.name == "nt", reason="needs named pipes and names of any bytes")
def test_a_pipe_and_a_name_that_is_no_text_are_one_sentence(tmp_path):
    os.mkfifo(tmp_path / "pipe.tif")
    with pytest.raises(UnreadableRasterError, match=r"^pipe\.tif is a pipe"):
        open_product(tmp_path / "pipe.tif")
    strange = tmp_path / os.fsdecode(b"x\xff.tif")
    strange.write_bytes(b"II*\0")
    with pytest.raises(UnreadableRasterError, match="is not UTF-8"):
        open_product(strange)


def test_a_corner_of_fill_does_not_make_a_scene_in_db_implausible():
    scene, fill = np.full((64, 64), -12, np.float32), np.full((64, 64), -9999, np.float32)
    samples = [Pixels(values, np.zeros(values.shape, np.uint8)) for values in (scene, fill, scene)]
    assert estimate(samples, Kind.DB).mean_db == pytest.approx(-12, abs=6)


@pytest.mark.parametrize("polarization", ["(", ".*", "vv|vh"])
def test_a_polarization_is_no_pattern(polarization):
    name = "annotation/calibration/calibration-s1a-iw-grd-vv-20200101t000000-001.xml"
    assert read_calibration({name: b"<calibration/>"}, polarization) is None
