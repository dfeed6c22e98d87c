"""Tests of complex rasters: refused unless the user says to detect them, and then the amplitude that numpy computes."""

from pathlib import Path

import numpy as np
import pytest

from sargui.core.errors import RequestError, UnsupportedRasterError
from sargui.core.types import Kind, Void, Window
from sargui.io import open_product

REAL = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.parametrize("dtype", ["complex_int16", "complex64", "complex128"])
def test_complex_pixels_are_refused_with_the_way_out(make_raster, dtype):
    path = make_raster(np.ones((4, 4), np.complex64), dtype=dtype)
    with pytest.raises(UnsupportedRasterError, match=rf"\({dtype}\): pass --detect .* phase is then lost for ever\.$"):
        open_product(path)


@pytest.mark.parametrize("dtype", ["complex_int16", "complex64", "complex128"])
def test_detected_pixels_are_the_amplitude(make_raster, rng, dtype):
    values = rng.integers(-3000, 3000, (2, 5, 7)) + 1j * rng.integers(-3000, 3000, (2, 5, 7))
    path = make_raster(values.astype("complex64" if dtype == "complex_int16" else dtype), dtype=dtype)
    with open_product(path, detect=True) as source:
        assert [(band.dtype, band.kind) for band in source.info.bands] == [("float32", Kind.AMPLITUDE)] * 2
        assert source.info.tags["SARGUI"] == {"DETECTED_FROM": dtype}
        pixels = source.read(1, Window(1, 2, 4, 5))
    assert pixels.values.dtype == np.float32
    np.testing.assert_allclose(pixels.values, np.hypot(values.real, values.imag)[1, 1:, 2:], rtol=1e-6)
    assert not pixels.void.any()


def test_void_pixels_are_told_by_the_complex_value(make_raster):
    values = np.array([[0, 5j, np.nan, 1 + np.nan * 1j, complex(np.inf, 1), 1e30 + 1e30j]], np.complex64)
    with open_product(make_raster(values, nodata=0), detect=True) as source:
        void = source.read(0, Window(0, 0, 1, 6)).void
    assert void[0].tolist() == [Void.NODATA, Void.VALID, Void.NAN, Void.NAN, Void.POSITIVE_INFINITY, Void.VALID]


def test_a_tag_of_the_file_does_not_stand_in_the_way(make_raster):
    path = make_raster(np.ones((4, 4), np.complex64), touch=lambda d: d.update_tags(SAR_KIND="cpx"))
    with open_product(path, detect=True) as source:
        assert source.info.bands[0].kind is Kind.AMPLITUDE
        assert source.info.tags[""]["SAR_KIND"] == "cpx"


def test_what_is_detected_cannot_be_called_power(make_raster):
    path = make_raster(np.ones((4, 4), np.complex64))
    with pytest.raises(RequestError, match="amplitude, not power"):
        open_product(path, Kind.POWER, detect=True)


def test_detecting_a_real_raster_changes_nothing(make_raster):
    with open_product(make_raster(np.full((2, 2), 7, np.uint16)), detect=True) as source:
        assert source.info.tags == {}
        assert source.read(0, Window(0, 0, 2, 2)).values.tolist() == [[7, 7], [7, 7]]


@pytest.mark.skipif(not REAL.is_dir(), reason="no real images here")
@pytest.mark.parametrize("name", ["test/s1_slc_iw3_vv_test", "val/sarxarray_tests_s1_vv_19mar2023_84x338_complex64"])
def test_real_single_look_complex_images_are_detected(plainly, name):
    path = REAL / f"{name}.tif"
    with open_product(path, detect=True) as source, plainly(path) as dataset:
        whole = Window(0, 0, *source.info.shape)
        np.testing.assert_allclose(source.read(0, whole).values, np.abs(dataset.read(1)), rtol=1e-6)
