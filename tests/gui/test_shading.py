"""Colors of decibels."""

import numpy as np
import pytest

from sargui.core.types import BandInfo, Kind, ProductInfo, Window
from sargui.engine.colors import EMPTY_STRETCH, error_limit_of, stretch_of
from sargui.engine.requests import Picture
from sargui.gui import shading
from sargui.gui.shading import ErrorKind, ErrorStyle, Tones


def picture(original, decoded):
    band = BandInfo("uint16", Kind.AMPLITUDE)
    some = original if original is not None else decoded
    info = ProductInfo("a", *some.shape, (band,))
    error = decoded - original if original is not None and decoded is not None else None
    return Picture(info, band, Window(0, 0, *some.shape), 1, original, decoded, error)


def test_original_and_reconstruction_share_the_stretch_of_the_original():
    original = np.linspace(-20, 0, 10_000, dtype=np.float32).reshape(100, 100)
    shaded = shading.shade_picture(picture(original, original + 5))
    assert shaded.stretches[0] == pytest.approx((-19.6, -0.4), abs=0.01)
    assert np.array_equal(shaded.decoded[0], shading.shade(original + 5, *shaded.stretches[0], shading.GRAY))


def test_without_an_original_the_reconstruction_gives_the_stretch():
    decoded = np.linspace(-20, 0, 10_000, dtype=np.float32).reshape(100, 100)
    assert shading.shade_picture(picture(None, decoded)).stretches[0] == pytest.approx((-19.6, -0.4), abs=0.01)


def test_void_is_transparent_and_the_rest_opaque():
    values = np.array([[np.nan, 0, 1], [np.inf, -1, 2]], np.float32)
    assert shading.shade(values, 0, 1, shading.GRAY)[..., 3].tolist() == [[0, 255, 255], [0, 255, 255]]


def test_ends_and_middle_have_the_colors_of_the_table():
    values = np.array([[-2, 0, 2, 9]], np.float32)
    colors = shading.shade(values, -2, 2, shading.DIVERGING)[0, :, :3].tolist()
    assert colors[0] == [0x05, 0x30, 0x61]
    assert min(colors[1]) > 240
    assert colors[2] == colors[3] == [0x67, 0x00, 0x1F]


@pytest.mark.parametrize(
    ("error", "limit"), [(0.9, 1), (1.0, 1), (1.1, 2), (2.2, 3), (3.1, 5), (7, 10), (0.03, 0.03), (0, 0.01)]
)
def test_the_error_range_is_round(error, limit):
    assert error_limit_of(np.full((10, 10), -error, np.float32)) == pytest.approx(limit)


def test_nothing_valid_still_has_a_stretch():
    empty = np.full((4, 4), np.nan, np.float32)
    assert stretch_of(empty) == EMPTY_STRETCH
    assert stretch_of(np.zeros((4, 4), np.float32)) == (-0.5, 0.5)
    shading.shade_picture(picture(empty, empty))


def test_half_size_is_mean_power_of_what_is_valid():
    db = np.array([[0, 0, np.nan, 10], [0, np.nan, np.nan, np.nan], [1, 2, 3, 4]], np.float32)
    assert shading.halve(db) == pytest.approx(np.array([[0, 10]]), abs=1e-5)
    mixed = np.array([[0, 10], [0, 10]], np.float32)
    assert shading.halve(mixed)[0, 0] == pytest.approx(10 * np.log10(5.5), abs=1e-4)


ERRORS = np.array([[-2, -1, 0, 1, 2, np.nan]], np.float32)


def error_colors(kind, limit_db=2.0, tolerance_db=0.0):
    style = ErrorStyle(kind, tolerance_db)
    given = picture(np.zeros_like(ERRORS), ERRORS)
    return shading.shade_picture(given, tones=Tones(None, limit_db, style)).error[0][0].tolist()


def test_kinds_of_error_are_colored_by_their_own_values():
    low, high = shading.DIVERGING[0].tolist(), shading.DIVERGING[-1].tolist()
    signed, ratio = error_colors(ErrorKind.SIGNED), error_colors(ErrorKind.RATIO)
    assert (signed[0], signed[4]) == (low, high)
    assert ratio[:5] == signed[4::-1]  # a reconstruction above the original is a ratio below 1
    absolute, squared = error_colors(ErrorKind.ABSOLUTE), error_colors(ErrorKind.SQUARED)
    first, last = shading.SEQUENTIAL[0].tolist(), shading.SEQUENTIAL[-1].tolist()
    for colors in (absolute, squared):
        assert (colors[0], colors[2], colors[4]) == (last, first, last)
        assert colors[1] == colors[3]
    assert absolute[1] == shading.SEQUENTIAL[128].tolist()  # half of 2 dB
    assert squared[1] == shading.SEQUENTIAL[64].tolist()  # a quarter of 4 dB²
    for colors in (signed, ratio, absolute, squared):
        assert colors[5][3] == 0


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_errors_beyond_the_tolerance_have_one_color_whatever_is_shown(kind):
    marked = [tuple(color) == shading.BEYOND for color in error_colors(kind, tolerance_db=1.0)]
    assert marked == [True, False, False, False, True, False]
    assert shading.BEYOND not in {tuple(color) for color in error_colors(kind)}


def test_the_color_beyond_the_tolerance_is_in_no_map():
    for table in (shading.GRAY, shading.DIVERGING, shading.SEQUENTIAL):
        distances = np.abs(table.astype(int) - np.array(shading.BEYOND)).sum(axis=1)
        assert distances.min() > 100


def test_recoloring_is_shading_with_other_tones_and_keeps_what_it_can():
    original = np.linspace(-20, 0, 10_000, dtype=np.float32).reshape(100, 100)
    given = picture(original, original[::-1].copy())
    shaded = shading.shade_picture(given)
    style = ErrorStyle(ErrorKind.ABSOLUTE)
    again = shading.recolor(shaded, Tones(error_style=style))
    assert again.original is shaded.original
    assert np.array_equal(again.error[0], shading.shade_picture(given, tones=Tones(error_style=style)).error[0])
    assert Tones(error_style=style).fit(again)
    assert not Tones(error_style=style).fit(shaded)
    stretched = shading.recolor(shaded, Tones(((-15.0, -5.0),)))
    assert np.array_equal(stretched.original[0], shading.shade(original, -15, -5, shading.GRAY))
    assert stretched.error_limit_db == shaded.error_limit_db


def test_the_stretch_of_a_part_is_that_of_its_pixels():
    original = np.linspace(-20, 0, 10_000, dtype=np.float32).reshape(100, 100)
    band = BandInfo("uint16", Kind.AMPLITUDE)
    info = ProductInfo("a", 1000, 1000, (band,))
    detail = Picture(info, band, Window(300, 200, 400, 400), 4, original, None, None)
    part = Window(380, 0, 41, 1000)  # its rows 20 to 30 and all of its columns
    assert shading.stretches_of_part([detail], part) == (stretch_of(original[20:31]),)
    assert shading.stretches_of_part([detail], Window(0, 0, 300, 1000)) is None
    assert shading.stretches_of_part([detail], Window(700, 600, 10, 10)) is None
