"""Figures in words: signs, what is no number, and groups for every kind of band."""

import math
from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from sargui.core.types import BandInfo, Kind, Pixels, ProductInfo, Window
from sargui.engine.evaluate import compare
from sargui.engine.quality_report import BandQuality
from sargui.engine.quality_words import groups, number


class Scene:
    """A raster of one band of power in memory."""

    def __init__(self, values):
        self.values = values
        self.info = ProductInfo("scene", *values.shape, (BandInfo("float32", Kind.POWER),))

    def read(self, band, window):
        values = self.values[window.row : window.row + window.rows, window.col : window.col + window.cols]
        return Pixels(values, np.zeros(window.shape, np.uint8))


@pytest.fixture(scope="module")
def band():
    power = np.random.default_rng(0).gamma(4, 1 / 4, (200, 200)).astype(np.float32)
    power[100, 100] = 1e4
    regions = (Window(0, 0, 50, 60), ((100.0, 100.0), (100.0, 150.0), (180.0, 120.0)))
    return compare(Scene(power), Scene(power / 2), lambda progress: None, Event(), regions).bands[0]


@pytest.mark.parametrize(
    ("value", "signed", "text"),
    [
        (0.1234, False, "0.123"),
        (-0.1234, False, "−0.123"),
        (0.1234, True, "+0.123"),
        (math.nan, True, "–"),
        (math.inf, False, "∞"),
        (-math.inf, True, "−∞"),
        (math.inf, True, "+∞"),
    ],
)
def test_numbers(value, signed, text):
    assert number(value, signed=signed) == text


def test_a_measured_band_has_all_groups_in_order(band):
    found = groups(band)
    titles = ["Error", "Radiometry", "Texture and speckle", "Structure", "Point targets", "Regions"]
    assert [group.title for group in found] == titles
    rows = dict(row for group in found for row in group.rows)
    assert len(rows) == sum(len(group.rows) for group in found)
    assert rows["Bias of mean power, dB"] == "−3.010"
    assert rows["Bias of cells of 64 × 64, 95 % within ± dB"] == "3.010"
    assert rows["Ratio image, mean"].startswith("1.9")  # 2 but for the floor
    assert rows["Edge preservation index"].startswith("0.99")
    assert rows["Isolated scatterers, the brightest"] == "1"
    assert rows["Peak level change, mean, dB"] == "−3.01"
    assert rows["Region 1 (0,0,50,60), pixels"] == "3,000"
    assert rows["Region 2 (polygon of 3 corners), bias, dB"] == "−3.010"


def test_errors_alone_and_exact_bands_have_what_they_have(band):
    few = groups(replace(band, details=None))
    assert [group.title for group in few] == ["Error", "Radiometry"]
    exact = groups(BandQuality(0, 0, 0, math.inf, 0, 0, exact_mismatches=1234))
    assert exact == (("Error", (("Differing pixels of an exact band", "1,234"),)),)


def test_pixels_that_are_not_kept_are_named_only_if_there_are_some(band):
    rows = dict(groups(replace(band, unkept_pixels=7))[0].rows)
    assert rows["Pixels not kept (negative, or beyond float32)"] == "7"
    assert not any("not kept" in name for name, _ in groups(band)[0].rows)
