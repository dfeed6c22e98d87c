"""How numbers are said."""

import math

import pytest

from sargui.core.types import BandInfo, Georeference, GroundControlPoint, Kind, ProductInfo
from sargui.gui import wording
from sargui.gui.scene import ReadOut
from sargui.gui.shading import ErrorKind

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (312_400, "312 kB"), (999_700, "1.0 MB"),
     (20_100_000, "20.1 MB"), (835e6, "835 MB"), (3.2e15, "3200 TB")],
)  # fmt: skip
def test_size(count, text):
    assert wording.size(count) == text.replace(" ", SPACE)


@pytest.mark.parametrize(
    ("number", "text"), [(-11.214, "−11.21 dB"), (-0.001, "0.00 dB"), (math.nan, "no data"), (None, "–")]
)
def test_decibels(number, text):
    assert wording.decibels(number).replace(SPACE, " ") == text


def test_a_signed_number_has_a_plus():
    assert wording.decibels(0.17, plus=True) == f"+0.17{SPACE}dB"
    assert wording.decibels(0.001, plus=True) == f"0.00{SPACE}dB"


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "0:00"), (41, "0:41"), (725, "12:05"), (3730, "1:02:10")])
def test_duration(seconds, text):
    assert wording.duration(seconds) == text


def test_caption_says_what_the_decibels_refer_to():
    bands = (
        BandInfo("uint16", Kind.AMPLITUDE, description="VV"),
        BandInfo("float32", Kind.POWER),
        BandInfo("float32", Kind.DB, unit="dB"),
    )
    info = ProductInfo("a", 1, 1, bands)
    assert [wording.caption(info, band) for band in range(3)] == ["VV, dB of DN", "Band 2, dB", "Band 3, dB"]


def test_place():
    points = (GroundControlPoint(0, 0, 1, 1),) * 210
    assert wording.place(Georeference(gcps=points)) == f"yes (210{SPACE}GCPs)"
    assert wording.place(Georeference()) == "no"


def test_cursor_names_every_pane_and_an_averaged_pixel():
    text = wording.cursor(ReadOut(8123, 11980, 4, -11.21, None, math.nan)).replace(SPACE, " ")
    for part in ("row 8,123", "col 11,980", "original −11.21 dB", "reconstruction –", "error no data", "4 × 4"):
        assert part in text


@pytest.mark.parametrize(
    ("of_band", "shown"),
    [
        (BandInfo("uint16", Kind.AMPLITUDE), "original 44.08 dB (DN 160)"),
        (BandInfo("uint32", Kind.POWER), "original 44.08 dB (DN 25586)"),
        (BandInfo("float32", Kind.AMPLITUDE), "original 44.08 dB  "),
        (BandInfo("int16", Kind.DB), "original 44.08 dB  "),
    ],
)
def test_cursor_says_the_digital_number_of_a_single_pixel(of_band, shown):
    def said(step):
        values = ReadOut(1, 2, step, 44.08, -math.inf, math.nan)
        return wording.cursor(values, of_band=of_band).replace(SPACE, " ")

    assert shown in said(1)
    assert "reconstruction −∞ dB" in said(1)
    assert "DN" not in said(4)


@pytest.mark.parametrize(
    ("error_db", "kind", "text"),
    [
        (-0.17, ErrorKind.SIGNED, "error −0.17 dB"),
        (-0.17, ErrorKind.ABSOLUTE, "absolute error 0.17 dB"),
        (-3.0103, ErrorKind.RATIO, "ratio 2.000"),
        (-0.2, ErrorKind.SQUARED, "squared error 0.04 dB²"),
        (None, ErrorKind.RATIO, "error –"),
        (math.nan, ErrorKind.SQUARED, "error no data"),
    ],
)
def test_an_error_is_said_as_the_pane_shows_it(error_db, kind, text):
    assert wording.error(error_db, kind).replace(SPACE, " ") == text


@pytest.mark.parametrize(("length", "text"), [(0.5, "0.5 m"), (200, "200 m"), (1000, "1 km"), (50_000, "50 km")])
def test_meters(length, text):
    assert wording.meters(length).replace(SPACE, " ") == text
