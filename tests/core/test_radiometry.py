"""Tests of sargui.core.radiometry against closed forms of speckle theory and hand-made pixels."""

import math

import numpy as np
import pytest

from sargui.core.errors import UnsupportedRasterError
from sargui.core.radiometry import (
    classify,
    estimate,
    from_network,
    power,
    ten_to,
    to_db,
    to_network,
    value_class,
    void_of,
    without_zeros,
)
from sargui.core.types import BandInfo, Kind, Pixels, Radiometry, Void

LOWEST_FLOAT32 = -3.4028234663852886e38
LOWEST_FLOAT64 = -1.7976931348623157e308
NEPER_DB = 10 / math.log(10)  # dB of one neper of power


def pixels(values: np.ndarray, nodata: float | None = None) -> Pixels:
    return Pixels(values, classify(values, nodata))


def test_single_look_speckle_has_a_deviation_of_5_57_db_in_the_network_range():
    # Exponential intensity: var(ln I) = ψ′(1) = π²/6; Oliver and Quegan, 2004, ch. 4.
    speckle = np.random.default_rng(1).exponential(1e4, (1000, 1000)).astype(np.float32)
    x = to_network(speckle, Radiometry(Kind.POWER, 40.0, 1e-3))
    assert 10 * x.std() == pytest.approx(NEPER_DB * math.pi / math.sqrt(6), rel=5e-3)
    assert NEPER_DB * math.pi / math.sqrt(6) == pytest.approx(5.57, abs=5e-3)


def test_the_mean_in_db_lies_2_51_db_below_the_mean_power():
    # E[ln I] = ln(mean) − γ for one look.
    speckle = np.random.default_rng(2).exponential(100.0, (1000, 1000)).astype(np.float32)
    found = estimate([pixels(speckle)], Kind.POWER)
    assert found.mean_db == pytest.approx(20 - NEPER_DB * np.euler_gamma, abs=0.1)
    assert found.zero_is_void is False


def test_the_floor_is_a_tenth_of_the_second_percentile():
    # The q-quantile of the exponential distribution is −mean·ln(1 − q).
    speckle = np.random.default_rng(3).exponential(50.0, (1000, 1000)).astype(np.float32)
    assert estimate([pixels(speckle)], Kind.POWER).floor == pytest.approx(0.1 * -50 * math.log(0.98), rel=0.05)


@pytest.mark.parametrize("value", [0.25, 1.0, 3.0, 200.0, 65535.0])
def test_amplitude_power_and_db_are_three_names_of_one_number(value):
    expected = value * value
    assert power(np.array([value], np.float32), Kind.AMPLITUDE)[0] == pytest.approx(expected, rel=1e-6)
    assert power(np.array([expected], np.float32), Kind.POWER)[0] == pytest.approx(expected, rel=1e-6)
    assert power(np.array([20 * math.log10(value)], np.float32), Kind.DB)[0] == pytest.approx(expected, rel=1e-5)


def test_one_unit_of_network_range_is_ten_db():
    radiometry = Radiometry(Kind.POWER, -5.0, 1e-12)
    x = to_network(np.array([1.0, 10.0, 1000.0], np.float32), radiometry)
    np.testing.assert_allclose(x, [0.5, 1.5, 3.5], rtol=1e-6)
    np.testing.assert_allclose(to_db(x, radiometry), [0.0, 10.0, 30.0], atol=1e-5)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("floor", [0.1, 10.0, 1000.0])
def test_every_integer_amplitude_comes_back_from_exact_input(dtype, floor):
    values = np.arange(np.iinfo(dtype).max + 1).astype(dtype)
    radiometry = Radiometry(Kind.AMPLITUDE, 35.0, floor)
    x = to_network(values, radiometry)
    back = from_network(x, np.zeros(values.shape, np.uint8), radiometry, BandInfo(dtype, Kind.AMPLITUDE))
    assert back.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(back, values)


@pytest.mark.parametrize("kind", list(Kind))
def test_floats_come_back_within_the_rounding_of_float32(kind):
    values = np.random.default_rng(4).uniform(1, 40, 10_000).astype(np.float32)
    radiometry = Radiometry(kind, 20.0, 1e-3)
    x = to_network(values, radiometry)
    back = from_network(x, np.zeros(values.shape, np.uint8), radiometry, BandInfo("float32", kind))
    np.testing.assert_allclose(back, values, rtol=1e-5)


@pytest.mark.parametrize(
    ("dtype", "nodata"),
    [
        ("uint8", 0.0),
        ("uint8", 255.0),
        ("uint16", 0.0),
        ("uint16", 65535.0),
        ("int16", -32768.0),
        ("int8", -128.0),
        ("int32", -2147483648.0),
        ("uint32", 4294967295.0),
        ("float64", LOWEST_FLOAT64),
        ("float64", math.nan),
        ("float32", math.nan),
        ("float32", LOWEST_FLOAT32),
        ("float32", 0.1),
        ("float32", math.inf),
    ],
)
def test_void_pixels_come_back_to_the_bit(dtype, nodata):
    values = np.arange(1, 10).astype(dtype).reshape(3, 3)
    values[0] = np.asarray(nodata).astype(dtype)
    if dtype.startswith("float"):
        values[1] = [np.nan, np.inf, -np.inf]
    void = classify(values, nodata)
    assert (void[0] != Void.VALID).all()
    noise = np.random.default_rng(5).normal(size=values.shape).astype(np.float32)
    back = from_network(noise, void, Radiometry(Kind.AMPLITUDE, 10.0, 0.1), BandInfo(dtype, Kind.AMPLITUDE, nodata))
    np.testing.assert_array_equal(back[void != Void.VALID], values[void != Void.VALID])
    assert back.dtype == values.dtype


@pytest.mark.parametrize(
    ("dtype", "nodata", "x"),
    [
        ("uint8", 0.0, -9.0),  # decodes to the least value of the type
        ("uint8", 255.0, 9.0),  # and to the greatest
        ("uint16", 0.0, -9.0),
        ("uint16", 65535.0, 19.0),
        ("int16", 32767.0, 19.0),
        ("float32", 0.0, -9.0),
        ("float32", 3.4028234663852886e38, 99.0),
        ("int8", 127.0, 9.0),
        ("int32", 2147483647.0, 29.0),
        ("uint32", 4294967295.0, 29.0),
        ("float64", 0.0, -9.0),
    ],
)
def test_no_valid_pixel_decodes_to_nodata(dtype, nodata, x):
    band = BandInfo(dtype, Kind.AMPLITUDE, nodata)
    valid = np.zeros((4, 4), np.uint8)
    back = from_network(np.full((4, 4), x, np.float32), valid, Radiometry(Kind.AMPLITUDE, 0.0, 0.1), band)
    assert (classify(back, nodata) == Void.VALID).all()
    np.testing.assert_allclose(back.astype(np.float64), nodata, atol=1, rtol=1e-6)  # its neighbor, nothing else


def test_void_pixels_without_meaning_are_not_computed_into_a_warning():
    values = np.array([[np.nan, 1.0, np.inf]], np.float32)
    radiometry = Radiometry(Kind.POWER, 0.0, 0.1)
    with np.errstate(all="raise"):
        x = to_network(values, radiometry)
    assert np.isfinite(x[0, 1])


def test_decoded_db_stay_finite_in_the_dark():
    x = np.full((2, 2), -1000, np.float32)
    back = from_network(x, np.zeros((2, 2), np.uint8), Radiometry(Kind.DB, 0.0, 1e-3), BandInfo("float32", Kind.DB))
    np.testing.assert_allclose(back, -50.0)  # a hundredth of the floor


def test_runs_of_zeros_are_not_measured_but_scattered_zeros_are():
    border = np.random.default_rng(6).integers(1, 255, (64, 64)).astype(np.uint8)
    border[:, :20] = 0
    scattered = np.full((64, 64), 9, np.uint8)
    scattered[::7, ::5] = 0
    assert estimate([pixels(border)], Kind.AMPLITUDE).zero_is_void
    assert not estimate([pixels(scattered)], Kind.AMPLITUDE).zero_is_void
    np.testing.assert_array_equal(
        void_of(pixels(border), Radiometry(Kind.AMPLITUDE, 0.0, 1.0, zero_is_void=True)) == Void.ZERO, border == 0
    )


def test_a_border_of_zeros_two_pixels_wide_is_not_measured():
    image = np.full((200, 200), 50, np.uint16)
    image[:, :2] = 0
    assert estimate([pixels(image)], Kind.AMPLITUDE).zero_is_void


def test_a_valid_pixel_lands_on_neither_zero_nor_nodata_where_both_are_reserved():
    parameters = Radiometry(Kind.AMPLITUDE, 0.0, 1.0, zero_is_void=True)
    x = np.full((2, 2), -3, np.float32)
    back = from_network(x, np.zeros((2, 2), np.uint8), parameters, BandInfo("uint8", Kind.AMPLITUDE, nodata=1))
    assert (back == 2).all()


def test_a_fill_value_beyond_reason_stays_finite():
    values = np.array([[9.97e36, 1.0]], np.float32)
    assert np.isfinite(to_network(values, Radiometry(Kind.AMPLITUDE, 0.0, 1.0))).all()


@pytest.mark.parametrize("kind", [Kind.AMPLITUDE, Kind.POWER, Kind.DB])
def test_what_lies_beyond_float32_is_clipped_and_finite_in_the_type_of_the_band(kind):
    values = np.array([[1e300, 1e-300, 1.0, -1e300]])
    parameters = Radiometry(kind, 0.0, 1e-3)
    x = to_network(values, parameters)
    assert np.isfinite(x).all()
    back = from_network(x, np.zeros(values.shape, np.uint8), parameters, BandInfo("float64", kind))
    assert back.dtype == np.float64
    assert np.isfinite(back).all()
    assert back[0, 2] == pytest.approx(1.0, rel=1e-4)
    brightest = {Kind.AMPLITUDE: 10**19.25, Kind.POWER: 10**38.5, Kind.DB: 385.0}  # 385 dB
    assert back[0, 0] == pytest.approx(brightest[kind], rel=1e-3)


@pytest.mark.parametrize("dtype", ["int32", "uint32"])
def test_long_integers_come_back_as_near_as_a_float32_of_decibels(dtype):
    values = np.array([1, 300, 70_000, 2_000_000_000]).astype(dtype)
    parameters = Radiometry(Kind.AMPLITUDE, 90.0, 1e-3)
    x = to_network(values, parameters)
    back = from_network(x, np.zeros(values.shape, np.uint8), parameters, BandInfo(dtype, Kind.AMPLITUDE))
    assert back.dtype == values.dtype
    np.testing.assert_allclose(back.astype(float), values, rtol=1e-5)


def test_a_mask_leaves_the_value_its_class_and_its_value():
    values = np.array([[np.nan, np.inf, -np.inf, -9.0, 0.0, 5.0]])
    classes = np.array([[2, 3, 4, 1, 5, 0]], np.uint8)
    void = classes + np.uint8(Void.MASKED)
    parameters, band = Radiometry(Kind.POWER, 0.0, 1.0), BandInfo("float64", Kind.POWER, nodata=-9.0)
    np.testing.assert_array_equal(value_class(void), classes)
    back = from_network(np.ones(values.shape, np.float32), void, parameters, band)
    np.testing.assert_array_equal(back, [[np.nan, np.inf, -np.inf, -9.0, 0.0, -9.0]])


@pytest.mark.parametrize(
    ("dtype", "nodata", "filler"),
    [
        ("uint8", None, 0),
        ("uint8", 7.0, 7),
        ("uint8", -9999.0, 0),
        ("int16", math.nan, 0),
        ("int16", 0.5, 0),
        ("float32", None, 0),
        ("float32", math.nan, math.nan),
        ("float32", 0.1, np.float32(0.1)),
    ],
)
def test_a_masked_pixel_of_an_ordinary_value_becomes_nodata_or_zero_if_the_type_cannot_hold_it(dtype, nodata, filler):
    void = np.array([[Void.MASKED, Void.NODATA, Void.VALID]], np.uint8)
    band = BandInfo(dtype, Kind.POWER, nodata)
    back = from_network(np.full(void.shape, 3, np.float32), void, Radiometry(Kind.POWER, 0.0, 1.0), band)
    np.testing.assert_array_equal(back[0, :2], np.asarray([filler, filler], dtype))
    assert back[0, 2] not in (0, 7)


def test_zeros_that_are_not_measured_are_counted_beside_a_mask_and_taken_away_again():
    scene = Pixels(np.array([[0, 0, 3, 3, 0]], np.uint8), np.array([[0, 8, 0, 8, 1]], np.uint8))
    found = void_of(scene, Radiometry(Kind.AMPLITUDE, 0.0, 1.0, zero_is_void=True))
    np.testing.assert_array_equal(found, [[5, 13, 0, 8, 1]])
    np.testing.assert_array_equal(without_zeros(found), scene.void)


def test_masked_pixels_are_no_samples():
    values = np.array([[1.0, 1.0, 1e6, 1e6]], np.float32)
    masked = Pixels(values, np.array([[0, 0, 8, 8]], np.uint8))
    assert estimate([masked], Kind.POWER) == estimate([pixels(values[:, :2])], Kind.POWER)


def test_hundredths_of_a_db_are_not_taken_for_db():
    with pytest.raises(UnsupportedRasterError, match="convert them to real dB"):
        estimate([pixels(np.full((8, 8), -1178, np.int16))], Kind.DB)


def test_zero_db_is_a_measurement():
    assert not estimate([pixels(np.zeros((8, 8), np.float32))], Kind.DB).zero_is_void


@pytest.mark.parametrize("values", [np.full((4, 4), np.nan, np.float32), np.zeros((4, 4), np.uint8)])
def test_a_band_without_a_measurement_gets_a_neutral_radiometry(values):
    found = estimate([pixels(values)], Kind.POWER)
    assert (found.mean_db, found.floor) == (0.0, 1.0)


def test_no_samples_at_all_are_no_error():
    assert estimate([], Kind.POWER).floor == 1.0


@pytest.mark.parametrize("nodata", [-9999.0, 0.5, math.inf, 1e40])
def test_nodata_outside_an_integer_type_marks_nothing(nodata):
    assert not classify(np.arange(256).astype(np.uint8), nodata).any()


def test_nodata_is_compared_as_the_pixel_holds_it():
    # 0.1 is not a float32, and −3.4028235e38 rounds to the lowest one.
    assert classify(np.array([0.1], np.float32), 0.1)[0] == Void.NODATA
    assert classify(np.array([LOWEST_FLOAT32], np.float32), -3.4028235e38)[0] == Void.NODATA


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_power_of_ten_by_way_of_two_is_one(dtype):
    x = np.linspace(-20, 20, 1001).astype(dtype)

    found = ten_to(x)

    assert found.dtype == dtype
    np.testing.assert_allclose(found, 10.0 ** x.astype(np.float64), rtol=100 * np.finfo(dtype).eps)
