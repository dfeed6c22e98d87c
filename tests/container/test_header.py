"""The header: what survives, and what is refused."""

import math
import zlib

import pytest

from sargui.container import BandHeader, Header
from sargui.container.checked import DamageError
from sargui.core.types import Kind, Radiometry

from . import handmade

RADIOMETRY = Radiometry(Kind.AMPLITUDE, 41.5, 2.5, True)
HEADER = Header(600, 1000, (BandHeader("uint16", 0.0, RADIOMETRY),), "none", "0123456789abcdef" * 4, 5000, "by hand")


def test_a_header_written_by_hand_is_read():
    assert Header.from_bytes(handmade.pack_json(handmade.HEADER)) == HEADER


@pytest.mark.parametrize(
    "nodata", [None, 0.0, -9999.0, 0.1, math.inf, -math.inf, -3.4028234663852886e38, 5e-324, float(2**53 + 2)]
)
def test_a_header_survives_exactly(nodata):
    bands = (
        BandHeader("float32", nodata, Radiometry(Kind.POWER, -12.3456, 1.1754943508222875e-38)),
        BandHeader("int16", nodata, Radiometry(Kind.DB, 1 / 3, 0.1, False)),
    )
    header = Header(1, 2**31 - 1, bands, "eca-2@b", "ab" * 32, 10_000, "sargui 0.1.0 (é)")
    assert Header.from_bytes(header.to_bytes()) == header


def test_a_band_that_is_kept_bit_for_bit_is_said_so():
    radiometry = Radiometry(Kind.EXACT, 0.0, 1.0)
    header = Header(1, 1, (BandHeader("uint8", None, radiometry), HEADER.bands[0]), "none", "ab" * 32, 0, "")
    assert Header.from_bytes(header.to_bytes()) == header
    by_hand = handmade.pack_json(handmade.band(kind="exact", mean_db=0, floor=1, zero_is_void=False))
    assert Header.from_bytes(by_hand).bands[0].radiometry == radiometry


def test_nan_as_nodata_survives():
    header = Header(1, 1, (BandHeader("float32", math.nan, RADIOMETRY),), "none", "ab" * 32, 0, "")
    assert math.isnan(Header.from_bytes(header.to_bytes()).bands[0].nodata)


def test_unknown_keys_are_ignored():
    assert Header.from_bytes(handmade.pack_json(handmade.header(later="whatever"))) == HEADER


def test_a_writer_does_not_write_what_no_reader_accepts():
    for bad in (Header(0, 1, HEADER.bands, "none", "ab" * 32, 0, ""), Header(1, 1, (), "none", "ab" * 32, 0, "")):
        with pytest.raises(DamageError):
            bad.to_bytes()


BAD = [
    *(handmade.header(rows=rows) for rows in (0, -1, 2**31, 1.0, "600", True, None, 10**400)),
    handmade.header(rows=2**21, cols=2**20),  # 2^41 pixels
    handmade.header(rows=2**20, cols=2**20, bands=[handmade.BAND] * 1024),  # a petabyte, and then some
    *(handmade.header(bands=bands) for bands in ([], {}, None, [1], [handmade.BAND] * 1025)),
    *(handmade.header(model=name) for name in ("", "../none", "None", "none\n", "a" * 65, 1, "a/b")),
    *(handmade.header(model_sha256=digest) for digest in ("", "ab" * 31, "AB" * 32, "ab" * 32 + "\n", "x" * 64, 5)),
    *(handmade.header(quality=quality) for quality in (-1, 10_001, 50.0, "50")),
    *(handmade.header(software=software) for software in ("s" * 201, 5, "\ud800")),
    *(handmade.band(dtype=dtype) for dtype in ("float16", "uint64", "complex64", "O", "", 1, "uint16\x00")),
    *(handmade.band(nodata=nodata) for nodata in ("0", True, [], "NAN", 10**400)),
    *(handmade.band(kind=kind) for kind in ("intensity", "", None, "AMPLITUDE")),
    *(handmade.band(mean_db=mean) for mean in ("nan", "inf", 1e4, -1e4, None)),
    *(handmade.band(floor=floor) for floor in (0, -1, "nan", "inf", 1e-300, 1e300)),
    *(handmade.band(zero_is_void=flag) for flag in (0, 1, None, "true")),
    *({key: value for key, value in handmade.HEADER.items() if key != left_out} for left_out in handmade.HEADER),
    *(
        handmade.header(bands=[{key: value for key, value in handmade.BAND.items() if key != left_out}])
        for left_out in handmade.BAND
    ),
]


@pytest.mark.parametrize("content", BAD)
def test_a_field_that_is_missing_wrong_or_out_of_range_is_damage(content):
    with pytest.raises(DamageError):
        Header.from_bytes(handmade.pack_json(content))


def test_a_header_larger_than_the_limit_is_damage():
    huge = zlib.compress(b'{"rows":' + b" " * (1 << 21) + b"1}")
    assert len(huge) < 1 << 14
    with pytest.raises(DamageError, match="too large"):
        Header.from_bytes(huge)
