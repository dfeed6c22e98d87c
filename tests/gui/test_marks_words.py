"""What is said of marks: in narrow columns, in tooltips, above plots."""

import math

import numpy as np
import pytest

from sargui.core.errors import RequestError
from sargui.core.types import Window
from sargui.engine.readings import PixelReading, PixelValues, ProfileReading, RegionReading, Unit
from sargui.gui.marks import Pin, Region
from sargui.gui.marks_words import TOO_LARGE, entry, histogram, number, profile, unit
from sargui.quality.regions import RegionComparison, RegionStatistics

PIN, REGION = Pin("1", 8123, 11980), Region("A", Window(10, 20, 30, 40))
NAN = math.nan


def pixel(original, decoded, sigma=(None, None), place=(12.4821, 41.9027)):
    values = [
        None if db is None else PixelValues(7.0, db, sigma0)
        for db, sigma0 in zip((original, decoded), sigma, strict=True)
    ]
    error = None if None in (original, decoded) else decoded - original
    return PixelReading(PIN.row, PIN.col, Unit.DIGITAL, *values, error, *place)


def region(original, decoded, comparison):
    edges, counts = np.linspace(0, 1, 3), np.array([1, 2])
    return RegionReading(Unit.SIGMA0, original, decoded, comparison, edges, counts, counts)


@pytest.mark.parametrize(
    ("value", "text"),
    [(-11.213, "−11.21"), (0.0, "0.00"), (-0.001, "0.00"), (None, "–"), (NAN, "–"), (-math.inf, "−∞"), (math.inf, "∞")],
)
def test_numbers_are_short(value, text):
    assert number(value) == text


def test_a_pin_has_the_values_of_both_and_their_difference():
    found = entry(PIN, pixel(40.1, 39.7))
    assert found.cells == ("1", "40.10", "39.70", "−0.40")
    assert found.tip.splitlines()[0] == "Pin 1: row 8,123, column 11,980"
    assert unit(pixel(40.1, 39.7)) == "DN dB"


def test_a_calibrated_pin_is_in_sigma_nought_throughout():
    found = pixel(40.1, 39.7, (-11.21, -11.38))
    assert entry(PIN, found).cells == ("1", "−11.21", "−11.38", "−0.17")
    assert unit(found) == "σ⁰ dB"
    assert "original −11.21 σ⁰ dB, in the file 7" in entry(PIN, found).tip


def test_a_void_pixel_says_so():
    found = entry(PIN, pixel(NAN, NAN))
    assert found.cells == ("1", "–", "–", "–")
    assert "original no data, in the file 7" in found.tip


def test_without_a_place_or_an_original_nothing_is_said_of_them():
    found = entry(PIN, pixel(None, 39.7, place=(None, None)))
    assert found.cells == ("1", "–", "39.70", "–")
    assert "°" not in found.tip
    assert "original" not in found.tip


def test_a_region_has_means_and_looks_of_both_and_the_bias():
    both = region(
        RegionStatistics(1200, -11.21, 4.43, 2.5), RegionStatistics(1200, -11.38, 4.61, 2.4),
        RegionComparison(-0.17, 1.012, 0.0312),
    )  # fmt: skip
    found = entry(REGION, both)
    assert found.cells == ("A\nENL", "−11.21\n4.4", "−11.38\n4.6", "−0.17\n")
    for words in (
        "rows 10 to 39, columns 20 to 59",
        "1,200 valid",
        "deviation 2.50 dB",
        "mean 1.0120, variance 0.0312",
    ):
        assert words in found.tip
    assert unit(both) == "σ⁰ dB"
    assert histogram(REGION, both) == "of region A, 1,200 pixels"


def test_a_region_of_the_original_alone_has_no_bias():
    found = entry(REGION, region(RegionStatistics(9, 1.0, 1.0, 1.0), None, None), too_large=True)
    assert found.cells == ("A\nENL", "1.00\n1.0", "–\n–", "–\n")
    assert TOO_LARGE in found.tip


def test_what_failed_says_why():
    found = entry(REGION, RequestError("The region has no pixel inside the scene."))
    assert found.cells == ("A", "–", "–", "–")
    assert found.tip.endswith("The region has no pixel inside the scene.")


def test_a_thinned_profile_says_so():
    line = ProfileReading(
        Unit.PLAIN, 3, np.array([1.0, 5.0]), np.array([2.0, 9000.4]), np.array([0, 9000.0]), None, None
    )
    assert profile(line) == "from row 1, column 2 to row 5, column 9,000; each value is the mean of 3 pixels"
