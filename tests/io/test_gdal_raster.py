"""Tests of sargui.io.gdal_raster: pixels and voids against rasterio and against the arrays that were written."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp

from sargui.core.errors import UnreadableRasterError, UnsupportedRasterError
from sargui.core.types import Kind, RasterSource, Void, Window
from sargui.io import open_product

LOWEST_FLOAT32 = -3.4028234663852886e38  # the nodata value of SNAP and ESA's own products


def whole(source: RasterSource, band: int = 0):
    return source.read(band, Window(0, 0, source.info.rows, source.info.cols))


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (13, 1), (37, 53)])
def test_pixels_come_as_they_were_written(make_raster, rng, dtype, shape):
    values = rng.integers(0, 200, (2, *shape)).astype(dtype)
    with open_product(make_raster(values)) as source:
        assert source.info.shape == shape
        assert [band.dtype for band in source.info.bands] == [dtype, dtype]
        for band in range(2):
            pixels = whole(source, band)
            assert pixels.values.dtype == np.dtype(dtype)
            np.testing.assert_array_equal(pixels.values, values[band])
            assert not pixels.void.any()


def test_a_window_is_that_part_of_the_raster(make_raster, rng):
    values = rng.integers(0, 255, (40, 50)).astype(np.uint8)
    with open_product(make_raster(values)) as source:
        np.testing.assert_array_equal(source.read(0, Window(5, 9, 20, 30)).values, values[5:25, 9:39])


def test_nodata_nan_and_infinities_are_told_apart(make_raster):
    values = np.array([[1, -9999, np.nan], [np.inf, -np.inf, 2]], np.float32)
    with open_product(make_raster(values, nodata=-9999)) as source:
        np.testing.assert_array_equal(
            whole(source).void,
            [
                [Void.VALID, Void.NODATA, Void.NAN],
                [Void.POSITIVE_INFINITY, Void.NEGATIVE_INFINITY, Void.VALID],
            ],
        )


@pytest.mark.parametrize(
    ("dtype", "nodata"),
    [("uint8", 255), ("uint16", 0), ("int16", -32768), ("float32", LOWEST_FLOAT32), ("float32", 0.1)],
)
def test_nodata_is_found_in_every_type(make_raster, dtype, nodata):
    values = np.array([[nodata, 7]]).astype(dtype)
    with open_product(make_raster(values, nodata=nodata)) as source:
        np.testing.assert_array_equal(whole(source).void, [[Void.NODATA, Void.VALID]])


def test_a_nodata_value_that_no_pixel_can_hold_is_none(make_raster):
    path = make_raster(np.array([[1, 2]], np.int16), nodata=0.5)  # GDAL allows it
    with open_product(path) as source:
        assert source.info.bands[0].nodata is None
        assert not whole(source).void.any()


@pytest.mark.parametrize(("dtype", "nodata"), [("uint16", 0.0), ("int16", -32768.0)])
def test_masked_pixels_are_void_and_get_a_nodata_value(make_raster, dtype, nodata):
    mask = np.array([[255, 0], [0, 255]], np.uint8)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        path = make_raster(np.full((2, 2), 9, dtype), touch=lambda dataset: dataset.write_mask(mask))
    with open_product(path) as source:
        np.testing.assert_array_equal(whole(source).void == Void.NODATA, mask == 0)
        assert source.info.bands[0].nodata == nodata


def test_an_alpha_band_is_a_mask_and_not_a_band(make_raster):
    def touch(dataset):
        dataset.colorinterp = [ColorInterp.gray, ColorInterp.alpha]

    values = np.array([[[5, 6]], [[0, 255]]], np.uint8)
    with open_product(make_raster(values, touch=touch)) as source:
        assert len(source.info.bands) == 1
        np.testing.assert_array_equal(whole(source).void, [[Void.NODATA, Void.VALID]])


@pytest.mark.parametrize("compress", ["none", "deflate"])
def test_a_file_cut_short_is_one_sentence_and_no_crash(make_raster, rng, compress):
    path = make_raster(rng.integers(0, 65535, (300, 300)).astype(np.uint16), compress=compress)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UnreadableRasterError, match=r"^scene\.tif .*\.$"), open_product(path) as source:
        whole(source)


@pytest.mark.parametrize("dtype", ["complex64", "complex_int16", "float64", "int32", "uint32", "int8"])
def test_other_pixel_types_are_refused_by_name(make_raster, dtype):
    stored = "complex64" if dtype == "complex_int16" else dtype
    path = make_raster(np.ones((4, 4), stored), dtype=dtype)
    with pytest.raises(UnsupportedRasterError, match=rf"{dtype}; supported today are uint8, uint16, int16 and float32"):
        open_product(path)


def test_a_palette_is_refused(make_raster):
    path = make_raster(np.ones((4, 4), np.uint8), touch=lambda d: d.write_colormap(1, {1: (255, 0, 0)}))
    with pytest.raises(UnsupportedRasterError, match="palette"):
        open_product(path)


def test_a_file_of_subdatasets_has_no_bands_of_its_own(make_raster):
    place = {"driver": "GPKG", "crs": "EPSG:4326", "transform": Affine(1, 0, 0, 0, -1, 0)}
    values = np.ones((256, 256), np.uint8)
    make_raster(values, "two.gpkg", RASTER_TABLE="a", **place)
    path = make_raster(values, "two.gpkg", RASTER_TABLE="b", APPEND_SUBDATASET="YES", **place)
    with pytest.raises(UnsupportedRasterError, match="holds no bands but 2 subdatasets"):
        open_product(path)


@pytest.mark.parametrize(
    ("second", "what"),
    [
        ('dataType="UInt16" band="2"><NoDataValue>0</NoDataValue>', "type"),
        ('dataType="Byte" band="2"><NoDataValue>1</NoDataValue>', "nodata"),
    ],
)
def test_bands_that_no_geotiff_can_hold_together_are_refused(tmp_path, second, what):
    path = tmp_path / "mixed.vrt"
    path.write_text(
        '<VRTDataset rasterXSize="4" rasterYSize="4">'
        '<VRTRasterBand dataType="Byte" band="1"><NoDataValue>0</NoDataValue></VRTRasterBand>'
        f"<VRTRasterBand {second}</VRTRasterBand></VRTDataset>"
    )
    with pytest.raises(UnsupportedRasterError, match=what):
        open_product(path)


def test_the_same_file_gives_the_same_answer_in_another_thread(make_raster, rng):
    values = rng.integers(0, 255, (64, 64)).astype(np.uint8)
    with open_product(make_raster(values)) as source, ThreadPoolExecutor(1) as pool:
        np.testing.assert_array_equal(pool.submit(whole, source).result().values, values)


def test_an_explicit_kind_holds_for_all_bands(make_raster):
    with open_product(make_raster(np.full((2, 3, 3), -5, np.float32)), Kind.DB) as source:
        assert [band.kind for band in source.info.bands] == [Kind.DB, Kind.DB]
