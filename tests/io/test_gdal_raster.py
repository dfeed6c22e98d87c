"""Tests of sargui.io.gdal_raster: pixels and voids against rasterio and against the arrays that were written."""

import logging
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio
from affine import Affine

from sargui.core.errors import UnreadableRasterError, UnsupportedRasterError
from sargui.core.types import Kind, RasterSource, Void, Window
from sargui.io import open_product

LOWEST_FLOAT32 = -3.4028234663852886e38  # the nodata value of SNAP and ESA's own products


def whole(source: RasterSource, band: int = 0):
    return source.read(band, Window(0, 0, source.info.rows, source.info.cols))


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (13, 1), (37, 53)])
def test_pixels_come_as_they_were_written(make_raster, rng, dtype, shape):
    values = rng.integers(0, 120, (2, *shape)).astype(dtype)
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
    [
        ("uint8", 255),
        ("int8", -128),
        ("uint16", 0),
        ("int16", -32768),
        ("uint32", 4294967295),
        ("int32", -2147483648),
        ("float32", LOWEST_FLOAT32),
        ("float32", 0.1),
        ("float64", -1.7976931348623157e308),
    ],
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


@pytest.mark.parametrize("compress", ["none", "deflate"])
def test_a_file_cut_short_is_one_sentence_and_no_crash(make_raster, rng, compress):
    path = make_raster(rng.integers(0, 65535, (300, 300)).astype(np.uint16), compress=compress)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UnreadableRasterError, match=r"^scene\.tif .*\.$"), open_product(path) as source:
        whole(source)


@pytest.mark.parametrize("dtype", ["int64", "uint64"])
def test_other_pixel_types_are_refused_by_name(make_raster, dtype):
    with pytest.raises(UnsupportedRasterError, match=rf"type {dtype}; supported are uint8, int8, uint16"):
        open_product(make_raster(np.ones((4, 4), dtype)))


def test_a_palette_is_refused(make_raster):
    path = make_raster(np.ones((4, 4), np.uint8), touch=lambda d: d.write_colormap(1, {1: (255, 0, 0)}))
    with pytest.raises(UnsupportedRasterError, match="palette"):
        open_product(path)


def test_grays_out_of_order_are_a_palette_too(make_raster):
    grays = {1: (9, 9, 9), 2: (200, 200, 200), 3: (50, 50, 50)}
    path = make_raster(np.ones((4, 4), np.uint8), touch=lambda d: d.write_colormap(1, grays))
    with pytest.raises(UnsupportedRasterError, match="palette"):
        open_product(path)


def test_a_short_ramp_of_grays_is_no_palette(make_raster):
    path = make_raster(np.ones((4, 4), np.uint8), touch=lambda d: d.write_colormap(1, {1: (9, 9, 9), 2: (10, 10, 10)}))
    with open_product(path) as source:
        assert source.info.bands[0].color_table[2] == (2, 10, 10, 10, 255)


def test_a_file_of_subdatasets_has_no_bands_of_its_own(make_raster):
    place = {"driver": "GPKG", "crs": "EPSG:4326", "transform": Affine(1, 0, 0, 0, -1, 0)}
    values = np.ones((256, 256), np.uint8)
    make_raster(values, "two.gpkg", RASTER_TABLE="a", **place)
    path = make_raster(values, "two.gpkg", RASTER_TABLE="b", APPEND_SUBDATASET="YES", **place)
    with pytest.raises(
        UnsupportedRasterError,
        match=r"holds no raster itself but 2 inside; .*: 'GPKG:.*two.gpkg:a', ",
    ):
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


def preview(path, side, kind=None):
    with open_product(path, kind) as source:
        return source.preview(0, side)


def test_a_preview_averages_power_and_not_db(make_raster):
    values = np.array([[1, 1], [1, 97]], np.float32)  # mean 25
    np.testing.assert_allclose(preview(make_raster(values), 1), [[10 * np.log10(25)]], rtol=1e-6)


@pytest.mark.parametrize(
    ("kind", "values"),
    [(Kind.AMPLITUDE, [[3, 4]]), (Kind.POWER, [[9, 16]]), (Kind.DB, 10 * np.log10([[9, 16]]))],
)
def test_a_preview_of_each_kind_gives_the_same_power(make_raster, kind, values):
    path = make_raster(np.asarray(values, np.float32))
    np.testing.assert_allclose(preview(path, 1, kind), [[10 * np.log10(12.5)]], rtol=1e-6)


def test_a_raster_smaller_than_the_preview_is_shown_as_it_is(make_raster, rng):
    values = rng.integers(1, 255, (7, 5)).astype(np.uint8)
    np.testing.assert_allclose(preview(make_raster(values), 512), 20 * np.log10(values.astype(np.float64)), rtol=1e-6)


@pytest.mark.parametrize(
    ("shape", "expected"), [((1, 1), (1, 1)), ((1, 999), (1, 63)), ((999, 3), (63, 1)), ((100, 50), (50, 25))]
)
def test_a_preview_keeps_the_aspect_and_loses_no_side(make_raster, shape, expected):
    assert preview(make_raster(np.ones(shape, np.uint8)), 64).shape == expected


def test_void_pixels_neither_count_nor_show_in_a_preview(make_raster):
    values = np.array([[4, -1, -1, -1], [np.nan, np.inf, -1, np.nan]], np.float32)
    np.testing.assert_allclose(preview(make_raster(values, nodata=-1), 2), [[10 * np.log10(4), np.nan]], rtol=1e-6)


def test_masked_pixels_do_not_show_in_a_preview(make_raster):
    mask = np.full((40, 60), 255, np.uint8)
    mask[:, :30] = 0
    path = make_raster(np.ones((40, 60), np.uint8), touch=lambda dataset: dataset.write_mask(mask))
    np.testing.assert_array_equal(np.isnan(preview(path, 6)), [[True] * 3 + [False] * 3] * 4)


def test_pixels_of_every_block_of_a_preview_are_read(make_raster):
    row, col = np.mgrid[:600, :900]
    values = (1 + row + 2 * col).astype(np.float32)
    truth = 10 * np.log10(values.reshape(60, 10, 90, 10).mean(axis=(1, 3)))
    found = preview(make_raster(values), 90, Kind.POWER)
    spread = 10 * np.log10(1 + 15 / (truth * 0 + values[4::10, 4::10]))  # no pixel is further from its block's mean
    assert (np.abs(found - truth) <= spread).all()


def test_a_preview_takes_the_overviews_that_a_file_has(make_raster):
    path = make_raster(np.full((256, 256), 3, np.uint8), crs="EPSG:32633", transform=Affine(10, 0, 5e5, 0, -10, 5e6))
    with rasterio.open(path, "r+") as dataset:
        dataset.build_overviews([2, 4, 8])
    with rasterio.open(path, "r+") as dataset:
        dataset.write(np.full((256, 256), 7, np.uint8), 1)  # the overviews stay as they were
    np.testing.assert_allclose(preview(path, 32), np.full((32, 32), 20 * np.log10(3)), rtol=1e-6)
    np.testing.assert_allclose(preview(path, 256), np.full((256, 256), 20 * np.log10(7)), rtol=1e-6)


def test_gdals_warnings_of_each_band_are_kept_from_whom_they_do_not_help(tmp_path, caplog):
    band = '<VRTRasterBand dataType="Float32" band="1"/>'  # the same number for each
    (tmp_path / "a.vrt").write_text(f'<VRTDataset rasterXSize="2" rasterYSize="2">{band * 1025}</VRTDataset>')
    with pytest.raises(UnsupportedRasterError, match="has 1025 bands"):
        open_product(tmp_path / "a.vrt")
    assert caplog.messages == []
    with caplog.at_level(logging.DEBUG), pytest.raises(UnsupportedRasterError):
        open_product(tmp_path / "a.vrt")
    assert sum("Invalid band number" in message for message in caplog.messages) == 1024
