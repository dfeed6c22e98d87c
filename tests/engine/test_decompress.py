"""Tests of sargui.engine.decompress: windows keep their place, provenance is told, and no half file stays."""

from threading import Event

import numpy as np
import pytest
import rasterio

from sargui.core.errors import JobCancelled, SarguiError, TargetError
from sargui.core.types import Window


@pytest.fixture(scope="module")
def box(pack, write, power_of, tmp_path_factory):
    folder = tmp_path_factory.mktemp("decompress")
    bands = np.stack([power_of(90, 560, seed) for seed in (1, 2)]).astype(np.float32)
    place = {"crs": "EPSG:32633", "transform": rasterio.Affine(10, 0, 5e5, 0, -20, 5e6)}
    return pack(write(folder / "scene.tif", bands, **place), folder / "scene.sarz", 62.5).target


def test_a_window_across_tiles_is_that_of_the_whole_and_lies_where_it_did(box, unpack, read, tmp_path):
    unpack(box, tmp_path / "whole.tif")
    unpack(box, tmp_path / "part.tif", window=Window(7, 500, 60, 33))
    whole, part = read(tmp_path / "whole.tif"), read(tmp_path / "part.tif")
    np.testing.assert_allclose(part, whole[:, 7:67, 500:533], rtol=1e-4)
    with rasterio.open(tmp_path / "part.tif") as dataset:
        assert dataset.xy(0, 0, offset="ul") == (5e5 + 500 * 10, 5e6 - 7 * 20)
        assert dataset.crs == "EPSG:32633"


RPC = {f"{axis}_{part}": "100" for axis in ("LINE", "SAMP", "LAT", "LONG", "HEIGHT") for part in ("OFF", "SCALE")}
RPC |= {f"{axis}_{part}_COEFF": " ".join(["0.5"] * 20) for axis in ("LINE", "SAMP") for part in ("NUM", "DEN")}


def test_masks_and_rational_polynomials_of_a_window_are_those_of_the_window(pack, power_of, unpack, tmp_path):
    mask = np.where(np.random.default_rng(4).random((90, 560)) < 0.3, 0, 255).astype(np.uint8)
    profile = {"driver": "GTiff", "height": 90, "width": 560, "count": 1, "dtype": "float32"}
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        rasterio.open(tmp_path / "scene.tif", "w", **profile) as dataset,
    ):
        dataset.update_tags(ns="RPC", **RPC)
        dataset.write(power_of(90, 560).astype(np.float32), 1)
        dataset.write_mask(mask)
    box = pack(tmp_path / "scene.tif", tmp_path / "scene.sarz").target
    unpack(box, tmp_path / "part.tif", window=Window(7, 500, 60, 33))
    with rasterio.open(tmp_path / "part.tif") as dataset:
        np.testing.assert_array_equal(dataset.read_masks(1), mask[7:67, 500:533])
        assert not dataset.read(1)[mask[7:67, 500:533] == 0].any()  # no nodata value, so masked pixels are 0
        assert (dataset.rpcs.line_off, dataset.rpcs.samp_off) == (100 - 7, 100 - 500)
        assert dataset.rpcs.lat_off == 100


def test_a_cloud_optimized_raster_holds_the_same_pixels_and_provenance(box, unpack, tmp_path):
    unpack(box, tmp_path / "plain.tif")
    result = unpack(box, tmp_path / "cloudy.tif", cog=True)
    assert result.file_bytes == (tmp_path / "cloudy.tif").stat().st_size
    with rasterio.open(tmp_path / "plain.tif") as plain, rasterio.open(tmp_path / "cloudy.tif") as cloudy:
        np.testing.assert_array_equal(cloudy.read(), plain.read())
        assert cloudy.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert cloudy.tags(ns="SARGUI") == plain.tags(ns="SARGUI")
        assert cloudy.overviews(1) == [2]


def test_the_raster_says_that_it_is_lossy_and_how_it_was_made(box, unpack, tmp_path):
    unpack(box, tmp_path / "back.tif")
    with rasterio.open(tmp_path / "back.tif") as dataset:
        tags = dataset.tags(ns="SARGUI")
    assert (tags["LOSSY"], tags["CHECKPOINT"], tags["QUALITY"]) == ("yes", "tiny", "62.5")


@pytest.mark.parametrize("window", [Window(0, 0, 91, 1), Window(-1, 0, 5, 5), Window(0, 560, 1, 1), Window(0, 0, 0, 5)])
def test_a_window_outside_is_refused(box, unpack, tmp_path, window):
    with pytest.raises(SarguiError, match="does not lie inside"):
        unpack(box, tmp_path / "x.tif", window=window)
    assert not list(tmp_path.iterdir())


def test_a_job_stopped_in_the_middle_leaves_no_file(box, unpack, tmp_path):
    cancel, seen = Event(), []

    def report(progress):
        seen.append(progress)
        cancel.set()

    with pytest.raises(JobCancelled):
        unpack(box, tmp_path / "back.tif", report=report, cancel=cancel)
    assert [(progress.done, progress.total) for progress in seen] == [(1, 2)]
    assert not list(tmp_path.iterdir())


def test_an_existing_raster_is_refused_and_kept(box, unpack, tmp_path):
    (tmp_path / "back.tif").write_text("precious")
    with pytest.raises(TargetError, match=r"back\.tif"):
        unpack(box, tmp_path / "back.tif")
    assert (tmp_path / "back.tif").read_text() == "precious"
