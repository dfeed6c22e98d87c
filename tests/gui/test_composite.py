"""Which bands can be seen as one picture in color, and what is said of them; what the colors are."""

import numpy as np
import pytest

from sargui.core.types import BandInfo, Kind, ProductInfo, Window
from sargui.engine.requests import Picture
from sargui.gui import composite
from sargui.gui.scene import ReadOut
from sargui.gui.shading import ErrorKind, Tones, shade_picture

SPACE = "\N{NO-BREAK SPACE}"


def info_of(*descriptions, exact=()):
    bands = tuple(
        BandInfo("uint16", Kind.EXACT if index in exact else Kind.AMPLITUDE, description=description)
        for index, description in enumerate(descriptions)
    )
    return ProductInfo("a", 100, 100, bands)


@pytest.mark.parametrize(
    ("descriptions", "composites"),
    [
        (["VV"], []),
        (["VV", "VH"], [(0, 1)]),
        (["VH", "VV"], [(1, 0)]),  # the co-polarized band is red, wherever it is in the file
        (["HH", "HV"], [(0, 1)]),
        (["HH", "HV", "VH", "VV"], [(0, 1), (3, 2)]),
        (["VV", "VH", "VV", "VH"], [(0, 1)]),
        (["Sigma0_VH_db", "sigma0_vv_db"], [(1, 0)]),
        (["HH", "VV"], [(0, 1)]),  # no cross-polarized one: as they come
        (["", "", ""], [(0, 1)]),
        (["shivvers", "overview"], [(0, 1)]),
    ],
)
def test_a_scene_of_several_bands_can_be_seen_as_composites_too(descriptions, composites):
    alone = [(index,) for index in range(len(descriptions))]
    assert composite.choices(info_of(*descriptions)) == alone + composites


def test_a_band_that_is_no_measurement_is_not_composed():
    assert composite.choices(info_of("VV", "alpha", exact=[1])) == [(0,), (1,)]
    assert composite.choices(info_of("alpha", "", "", exact=[0]))[3:] == [(1, 2)]


@pytest.mark.parametrize(
    ("descriptions", "listed", "colors"),
    [
        (("VV", "VH"), "VV / VH color", "red VV, green VH, blue VV/VH, dB of DN"),
        (("gamma0_hh", "gamma0_hv"), "HH / HV color", "red HH, green HV, blue HH/HV, dB of DN"),
        (("", ""), "Bands 1 / 2 color", "red Band 1, green Band 2, blue 1/2, dB of DN"),
        (("VV", "VV"), "Bands 1 / 2 color", "red Band 1, green Band 2, blue 1/2, dB of DN"),
    ],
)
def test_a_composite_is_named_by_polarizations_or_else_by_numbers(descriptions, listed, colors):
    info = info_of(*descriptions)
    assert composite.name(info, (0, 1)) == listed
    assert composite.caption(info, (0, 1)) == colors


def test_a_read_out_has_both_bands_and_their_ratio_of_original_and_reconstruction():
    cross = ReadOut(81, 11, 1, -18.02, -18.3, -0.28, 1)
    values = ReadOut(81, 11, 1, -11.21, -11.38, -0.17, 0, cross)
    text = composite.cursor(values, info_of("VV", "VH"), ErrorKind.ABSOLUTE).replace(SPACE, " ")
    assert text.split("     ") == [
        "row 81   col 11",
        "VV −11.21 | −11.38 dB",
        "VH −18.02 | −18.30 dB",
        "VV/VH 6.81 | 6.92 dB",
        "VV absolute error 0.17 dB",
    ]


@pytest.mark.parametrize(
    ("original", "decoded", "shown"),
    [
        ((-11.0, -18.0), (None, None), ["VV −11.00 dB", "VH −18.00 dB", "VV/VH 7.00 dB"]),
        ((None, None), (-11.0, -18.0), ["VV – | −11.00 dB", "VH – | −18.00 dB", "VV/VH – | 7.00 dB"]),
        (
            (np.nan, -18.0),
            (np.nan, -18.5),
            ["VV no data | no data", "VH −18.00 | −18.50 dB", "VV/VH no data | no data"],
        ),
    ],
)
def test_a_read_out_says_what_is_missing(original, decoded, shown):
    cross = ReadOut(0, 0, 1, original[1], decoded[1], None, 1)
    text = composite.cursor(ReadOut(0, 0, 1, original[0], decoded[0], None, 0, cross), info_of("VV", "VH"))
    assert text.replace(SPACE, " ").split("     ")[1:4] == shown


# Its colors

RAMP = np.linspace(-20, 0, 10_000, dtype=np.float32).reshape(100, 100)


def pair(co, cross, decoded_co=None, decoded_cross=None):
    info = info_of("VV", "VH")
    window = Window(0, 0, *co.shape)
    return [
        Picture(info, info.bands[band], window, 1, original, decoded, None, band=band)
        for band, (original, decoded) in enumerate([(co, decoded_co), (cross, decoded_cross)])
    ]


def test_red_green_and_blue_are_both_bands_and_their_difference_in_decibels():
    co, cross = RAMP, np.ascontiguousarray(RAMP.T) - 7
    shaded = shade_picture(*pair(co, cross), tones=Tones(((-20, 0), (-27, -7), (-13, 27))))
    red, green, blue, alpha = np.moveaxis(shaded.original[0].astype(int), 2, 0)
    assert np.abs(red - 255 * (co + 20) / 20).max() <= 0.51
    assert np.abs(green - 255 * (cross + 27) / 20).max() <= 0.51
    assert np.abs(blue - 255 * (co - cross + 13) / 40).max() <= 0.51
    assert (alpha == 255).all()
    assert shaded.bands == (0, 1)


def test_each_color_is_stretched_from_2_to_98_percent_of_the_original_and_so_is_the_reconstruction():
    rng = np.random.default_rng(3)
    co, ratio = rng.permutation(RAMP.ravel()).reshape(100, 100), rng.permutation(RAMP.ravel()).reshape(100, 100) + 27
    shaded = shade_picture(*pair(co, co - ratio, co[::-1] + 3, (co - ratio)[::-1] + 1))
    assert shaded.stretches[0] == pytest.approx((-19.6, -0.4), abs=0.01)
    assert shaded.stretches[1] == pytest.approx(np.percentile(co - ratio, [2, 98]), abs=1e-3)
    assert shaded.stretches[2] == pytest.approx((7.4, 26.6), abs=0.01)
    same = shade_picture(*pair(co[::-1] + 3, (co - ratio)[::-1] + 1), tones=Tones(shaded.stretches))
    assert np.array_equal(shaded.decoded[0], same.original[0])


def test_what_is_void_in_one_band_is_transparent():
    co, cross = RAMP.copy(), RAMP.copy()
    co[0, 0], cross[5, 5], cross[6, 6] = np.nan, np.nan, -np.inf
    co[7, 7] = cross[7, 7] = -np.inf  # no power at all
    clear = shade_picture(*pair(co, cross)).original[0][..., 3] == 0
    assert sorted(map(tuple, np.argwhere(clear))) == [(0, 0), (5, 5), (6, 6), (7, 7)]


def test_zoomed_out_blue_is_the_ratio_of_mean_powers():
    power = np.tile(np.array([[1, 3], [1, 3]], np.float32), (128, 128))
    co, cross = 10 * np.log10(power), 10 * np.log10(power[:, ::-1])
    shaded = shade_picture(*pair(co, cross), tones=Tones(((-10, 10), (-10, 10), (-1, 1))))
    assert shaded.original[1].shape == (128, 128, 4)
    red, green, blue, _ = shaded.original[1][64, 64]
    assert red == green == round(255 * (10 * np.log10(2) + 10) / 20)
    assert blue == 128  # a ratio of 1: 0 dB
