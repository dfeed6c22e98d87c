"""Tests of exact tiles: golden bytes, pixels of any type bit for bit, and bytes that were tampered with."""

import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sargui.codec.exact import decode_exact, encode_exact
from sargui.codec.payload import Payload
from sargui.core.errors import DamagedFileError, SarguiError, UnsupportedFormatError

DTYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=20)
BITS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(f"u{np.dtype(dtype).itemsize}", SHAPES).map(lambda bits: bits.view(dtype))
)
GOLDEN = np.array([[258, 1], [1, 1], [0, 65535]], np.uint16)


@given(BITS)
@settings(max_examples=200, deadline=None)
def test_pixels_of_any_type_come_back_to_the_last_bit(values):
    before = values.tobytes()
    back = decode_exact(encode_exact(values), values.dtype, values.shape)
    assert (back.dtype, back.shape) == (values.dtype, values.shape)
    assert back.tobytes() == values.tobytes() == before


def test_nan_keeps_its_bits_and_zero_its_sign():
    bits = np.array([[0x7FC00001, 0xFF800000, 0x80000000, 0x7F800001]], np.uint32)
    back = decode_exact(encode_exact(bits.view(np.float32)), np.dtype("float32"), bits.shape)
    np.testing.assert_array_equal(back.view(np.uint32), bits)


def test_big_endian_and_sliced_pixels_are_pixels_as_well():
    values = np.arange(600, dtype=">i4").reshape(20, 30)[::2, 1::3]
    back = decode_exact(encode_exact(values), np.dtype("int32"), values.shape)
    np.testing.assert_array_equal(back, values)


def test_the_layout_is_the_documented_one():
    # docs/format.md, "Exact pixels", written out by hand: rows less the row above, low bytes before high bytes.
    differences = [258, 1, 65536 - 257, 0, 65535, 65534]
    planes = bytes(d & 255 for d in differences) + bytes(d >> 8 for d in differences)
    checksum = zlib.crc32(struct.pack("<6H", 258, 1, 1, 1, 0, 65535))
    payload = encode_exact(GOLDEN)
    assert payload[:8] == struct.pack("<BBHI", 2, 0, 0, checksum)
    assert zlib.decompress(payload[8:]) == planes
    by_hand = payload[:8] + zlib.compress(planes, 1)
    np.testing.assert_array_equal(decode_exact(by_hand, np.dtype("uint16"), (3, 2)), GOLDEN)


def test_bytes_of_today_decode_for_ever():
    frozen = bytes.fromhex("02000000ca2d720078da6362fccff0ff1f23c33f86ffff01200a05fd")
    np.testing.assert_array_equal(decode_exact(frozen, np.dtype("uint16"), (3, 2)), GOLDEN)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_tile_of_one_value_is_that_value_once(dtype):
    values = np.full((512, 300), 77, dtype)
    payload = encode_exact(values)
    raw = values.astype(np.dtype(dtype).newbyteorder("<")).tobytes()
    assert payload == struct.pack("<BBHI", 2, 1, 0, zlib.crc32(raw)) + raw[: values.itemsize]
    np.testing.assert_array_equal(decode_exact(payload, np.dtype(dtype), (512, 300)), values)


def test_a_slanted_border_of_a_full_tile_takes_little():
    row, col = np.mgrid[:512, :512]
    alpha = np.where(row * 0.3 + col < 300, np.uint8(0), np.uint8(255))
    assert len(encode_exact(alpha)) < 600


@pytest.mark.parametrize("values", [GOLDEN, np.full((3, 2), 9, np.uint16)])
def test_every_truncation_and_every_byte_too_many_is_damage(values):
    payload = encode_exact(values)
    for data in [payload[:length] for length in range(len(payload))] + [payload + b"x"]:
        with pytest.raises(DamagedFileError):
            decode_exact(data, values.dtype, values.shape)


@pytest.mark.parametrize("values", [GOLDEN, np.full((3, 2), 9, np.uint16)])
def test_every_flipped_bit_is_an_error_but_those_that_zlib_does_not_look_at(values):
    payload = encode_exact(values)
    unharmed = 0
    for place in range(len(payload)):
        for bit in range(8):
            data = payload[:place] + bytes([payload[place] ^ 1 << bit]) + payload[place + 1 :]
            try:
                np.testing.assert_array_equal(decode_exact(data, values.dtype, values.shape), values)
            except SarguiError:
                continue
            assert place >= 8
            unharmed += 1
    assert unharmed < 8  # what fills up the last byte of the stream


@given(st.binary(max_size=80), SHAPES, st.sampled_from(DTYPES))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_an_error_or_pixels_of_the_shape(content, shape, dtype):
    for data in (content, struct.pack("<BBHI", 2, 0, 0, 0) + content, struct.pack("<BBHI", 2, 1, 0, 0) + content):
        try:
            found = decode_exact(data, np.dtype(dtype), shape)
        except SarguiError:
            continue
        assert (found.dtype, found.shape) == (np.dtype(dtype), shape)


@pytest.mark.parametrize(("dtype", "shape"), [("uint16", (2, 3)), ("uint16", (3, 3)), ("uint8", (3, 2))])
def test_pixels_of_another_size_or_shape_are_damage(dtype, shape):
    with pytest.raises(DamagedFileError):
        decode_exact(encode_exact(GOLDEN), np.dtype(dtype), shape)


def test_a_deflate_bomb_is_not_unpacked():
    bomb = struct.pack("<BBHI", 2, 0, 0, 0) + zlib.compress(bytes(50_000_000), 9)
    tracemalloc.start()
    with pytest.raises(DamagedFileError):
        decode_exact(bomb, np.dtype("uint8"), (512, 512))
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_tile_of_symbols_is_not_taken_for_pixels_and_a_later_profile_is_named():
    with pytest.raises(DamagedFileError):
        decode_exact(Payload(1, 0, 0, b"", None, None, b"").pack(), np.dtype("uint8"), (1, 1))
    with pytest.raises(UnsupportedFormatError, match="profile 3,"):
        decode_exact(b"\x03" + encode_exact(GOLDEN)[1:], GOLDEN.dtype, GOLDEN.shape)
