"""Tests of sargui.io.kinds: amplitude, power or dB, by what the file says and what its numbers allow."""

import numpy as np
import pytest
import rasterio

from sargui.core.errors import AmbiguousKindError, UnsupportedRasterError
from sargui.core.types import Kind
from sargui.io import open_product


def kind_of(path) -> Kind:
    with open_product(path) as source:
        return source.info.bands[0].kind


@pytest.mark.parametrize("word", ["amp", "amplitude", "Amplitude"])
def test_the_tag_says_amplitude_even_of_floats(make_raster, word):
    assert (
        kind_of(make_raster(np.ones((4, 4), np.float32), touch=lambda d: d.update_tags(SAR_KIND=word))) == "amplitude"
    )


@pytest.mark.parametrize("word", ["int", "intensity", "power"])
def test_the_tag_says_power_even_of_integers(make_raster, word):
    assert kind_of(make_raster(np.ones((4, 4), np.uint16), touch=lambda d: d.update_tags(SAR_KIND=word))) == "power"


def test_the_tag_of_the_band_wins_over_the_tag_of_the_file(make_raster):
    def touch(dataset):
        dataset.update_tags(SAR_KIND="amp")
        dataset.update_tags(1, SAR_KIND="db")

    assert kind_of(make_raster(np.full((4, 4), -3, np.float32), touch=touch)) == "db"


@pytest.mark.parametrize("description", ["Sigma0_VV_db", "VV [dB]", "VVdB", "gamma0 in decibel"])
def test_a_description_in_db_is_db(make_raster, description):
    path = make_raster(np.full((4, 4), -3, np.float32), touch=lambda d: d.set_band_description(1, description))
    assert kind_of(path) == "db"


@pytest.mark.parametrize(("unit", "kind"), [("dB", "db"), ("amplitude", "amplitude"), ("intensity", "power")])
def test_a_unit_says_the_kind(make_raster, unit, kind):
    assert kind_of(make_raster(np.ones((4, 4), np.float32), touch=lambda d: setattr(d, "units", [unit]))) == kind


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        *((dtype, "amplitude") for dtype in ("uint8", "int8", "uint16", "int16", "uint32", "int32")),
        *((dtype, "power") for dtype in ("float32", "float64")),
    ],
)
def test_a_silent_file_is_amplitude_in_integers_and_power_in_floats(make_raster, dtype, kind):
    assert kind_of(make_raster(np.arange(16).reshape(4, 4).astype(dtype))) == kind


@pytest.mark.parametrize("dtype", ["int8", "int32", "float64"])
def test_negative_numbers_of_a_silent_file_make_the_user_choose(make_raster, dtype):
    values = np.ones((700, 700), dtype)
    values[-1, -1] = -1  # in the last corner: the sample reaches from end to end
    path = make_raster(values)
    with pytest.raises(AmbiguousKindError, match="--kind amplitude, --kind power or --kind db"):
        open_product(path)
    with open_product(path, Kind.POWER) as source:
        assert source.info.bands[0].kind is Kind.POWER


def test_the_question_comes_with_valid_values(make_raster):
    values = np.array([[-9999, -3, 5, 7]], np.float32)
    mask = np.array([[255, 255, 0, 255]], np.uint8)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        path = make_raster(values, nodata=-9999, touch=lambda dataset: dataset.write_mask(mask))
    with pytest.raises(AmbiguousKindError) as error:
        open_product(path)
    assert error.value.sample is not None
    assert sorted(set(error.value.sample.tolist())) == [-3, 7]


@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_negative_nodata_is_no_negative_number(make_raster, dtype):
    values = np.array([[-9999, 3]], dtype)
    assert kind_of(make_raster(values, nodata=-9999)) in ("amplitude", "power")


@pytest.mark.parametrize("word", ["cpx", "complex"])
def test_complex_by_tag_is_not_supported(make_raster, word):
    path = make_raster(np.ones((4, 4), np.int16), touch=lambda d: d.update_tags(SAR_KIND=word))
    with pytest.raises(UnsupportedRasterError, match="complex"):
        open_product(path)


def test_db_behind_a_scale_is_refused_unless_the_user_insists(make_raster):
    def touch(dataset):
        dataset.units, dataset.scales = ["dB"], [0.01]

    path = make_raster(np.full((4, 4), -1234, np.int16), touch=touch)
    with pytest.raises(UnsupportedRasterError, match=r"scale of 0\.01"):
        open_product(path)
    with open_product(path, Kind.DB) as source:
        assert source.info.bands[0].scale == 0.01
