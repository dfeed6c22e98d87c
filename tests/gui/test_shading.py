"""Colors of decibels."""

import numpy as np
import pytest

from sargui.core.types import BandInfo, Kind, ProductInfo, Window
from sargui.engine.requests import Picture
from sargui.gui import shading


def picture(original, decoded):
    band = BandInfo("uint16", Kind.AMPLITUDE)
    some = original if original is not None else decoded
    info = ProductInfo("a", *some.shape, (band,))
    error = decoded - original if original is not None and decoded is not None else None
    return Picture(info, band, Window(0, 0, *some.shape), 1, original, decoded, error)


def test_original_and_reconstruction_share_the_stretch_of_the_original():
    original = np.linspace(-20, 0, 10_000, dtype=np.float32).reshape(100, 100)
    shaded = shading.shade_picture(picture(original, original + 5))
    assert shaded.stretch == pytest.approx((-19.6, -0.4), abs=0.01)
    assert np.array_equal(shaded.decoded[0], shading.shade(original + 5, *shaded.stretch, shading.GRAY))


def test_without_an_original_the_reconstruction_gives_the_stretch():
    decoded = np.linspace(-20, 0, 10_000, dtype=np.float32).reshape(100, 100)
    assert shading.shade_picture(picture(None, decoded)).stretch == pytest.approx((-19.6, -0.4), abs=0.01)


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
    assert shading.error_limit_of(np.full((10, 10), -error, np.float32)) == pytest.approx(limit)


def test_nothing_valid_still_has_a_stretch():
    empty = np.full((4, 4), np.nan, np.float32)
    assert shading.stretch_of(empty) == shading.EMPTY_STRETCH
    assert shading.stretch_of(np.zeros((4, 4), np.float32)) == (-0.5, 0.5)
    shading.shade_picture(picture(empty, empty))


def test_half_size_is_mean_power_of_what_is_valid():
    db = np.array([[0, 0, np.nan, 10], [0, np.nan, np.nan, np.nan], [1, 2, 3, 4]], np.float32)
    assert shading.halve(db) == pytest.approx(np.array([[0, 10]]), abs=1e-5)
    mixed = np.array([[0, 10], [0, 10]], np.float32)
    assert shading.halve(mixed)[0, 0] == pytest.approx(10 * np.log10(5.5), abs=1e-4)
