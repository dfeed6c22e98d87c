"""Bytes and JSON that nobody vouches for."""

import json
import math
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sargui.container.checked import DamageError, inflated, integer, number, packed, plain, text, unpacked


@given(st.floats())
def test_every_float_survives_json_bit_by_bit(value):
    back = number(json.loads(json.dumps(plain(value), allow_nan=False)), "it")
    same = struct.pack("<d", back) == struct.pack("<d", value)
    assert same or (math.isnan(back) and math.isnan(value))


@given(st.text())
def test_every_text_that_utf8_can_hold_survives(value):
    assert text(unpacked(packed({"it": value}), 1 << 20, "it"), "it", 1 << 20) == value


def test_a_text_that_utf8_cannot_hold_is_written_with_question_marks():
    assert unpacked(packed({"it": "a\udc80b"}), 100, "it") == {"it": "a?b"}


def test_a_megabyte_of_zeros_in_a_kilobyte_is_not_unpacked_past_the_limit():
    bomb = zlib.compress(bytes(1 << 20))
    assert len(bomb) < 2000
    with pytest.raises(DamageError, match="it is too large"):
        inflated(bomb, 1000, "it")
    assert inflated(bomb, 1 << 20, "it") == bytes(1 << 20)


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"1",
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"\xff\xfe",
        b'{"a":' * 100_000,
        b"[" * 100_000,
        b'{"a": ' + b"1" * 5000 + b"}",
    ],
)
def test_what_is_not_a_json_object_is_damage(content):
    with pytest.raises(DamageError):
        unpacked(zlib.compress(content), 1 << 20, "it")


def test_compressed_bytes_must_be_one_whole_stream():
    whole = zlib.compress(b"{}")
    for broken in (whole[:-1], whole + b"x", whole + whole, b"", b"{}"):
        with pytest.raises(DamageError):
            inflated(broken, 100, "it")


@pytest.mark.parametrize("value", [True, None, "1", "NaN", "infinity", [], {}, 10**400, math.inf, math.nan])
def test_what_is_not_a_number_is_damage(value):
    with pytest.raises(DamageError):
        number(value, "it")


@pytest.mark.parametrize("value", [True, 1.0, "1", None, -1, 11, 10**30])
def test_what_is_not_an_integer_of_the_range_is_damage(value):
    with pytest.raises(DamageError):
        integer({"it": value}, "it", 0, 10)
