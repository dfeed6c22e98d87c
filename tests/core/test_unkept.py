"""Tests of what sargui.core.radiometry cannot keep: negative numbers, and power that float32 does not hold."""

import numpy as np
import pytest

from sargui.core.radiometry import true_power, unkept
from sargui.core.types import Kind


@pytest.mark.parametrize("kind", [Kind.AMPLITUDE, Kind.POWER])
def test_no_negative_amplitude_or_power_is_kept(kind):
    negative, out_of_range = unkept(np.array([-9999.0, -1e-30, -0.0, 0.0, 1.0, 1e9], np.float32), kind)
    assert negative.tolist() == [True, True, False, False, False, False]
    assert not out_of_range.any()


def test_negative_db_are_kept():
    assert not np.any(unkept(np.array([-300, -25, 0, 30], np.int16), Kind.DB))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.AMPLITUDE, [1e-28, 1e-18, 1e18, 9.96921e36]),  # squares of float32 end at 1.1e-19 and 1.8e19
        (Kind.POWER, [1e-39, 1e-37, 3e38, 3.3e38]),
        (Kind.DB, [-9999, -370, 380, 400]),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_power_that_float32_cannot_hold_is_out_of_range(kind, values, dtype):
    negative, out_of_range = unkept(np.array(values, dtype), kind)
    assert out_of_range.tolist() == [True, False, False, True]
    assert not negative.any()


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int32", "uint32"])
def test_integers_can_be_kept_as_far_as_they_are_not_negative(dtype):
    limits = np.iinfo(dtype)
    negative, out_of_range = unkept(np.array([limits.min, 0, 1, limits.max], dtype), Kind.AMPLITUDE)
    assert negative.tolist() == [limits.min < 0, False, False, False]
    assert not out_of_range.any()


def test_exact_numbers_are_kept_whatever_they_are():
    assert not np.any(unkept(np.array([-1.0, 1e300]), Kind.EXACT))


def test_true_power_has_its_sign_and_any_size():
    assert true_power(np.array([-2.0, 3.0], np.float32), Kind.POWER).tolist() == [-2.0, 3.0]
    np.testing.assert_allclose(true_power(np.array([-2.0, 3.0, 1e30], np.float32), Kind.AMPLITUDE), [0, 9, 1e60])
    np.testing.assert_allclose(true_power(np.array([-500, 20], np.int16), Kind.DB), [1e-50, 100])
