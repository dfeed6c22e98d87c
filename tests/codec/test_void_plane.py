"""Tests of the lossless mask: any plane of any shape, and any bytes."""

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sargui.codec.void_plane import decode_void, encode_void
from sargui.core.errors import DamagedFileError
from sargui.core.types import Void

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40)
CLASSES = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13]  # docs/format.md, "Mask"
PLANES = hnp.arrays(np.uint8, SHAPES, elements=st.sampled_from(CLASSES))


@given(PLANES)
@settings(max_examples=150, deadline=None)
def test_every_plane_comes_back(plane):
    np.testing.assert_array_equal(decode_void(encode_void(plane), plane.shape), plane)


@pytest.mark.parametrize("shape", [(512, 512), (1, 1), (512, 1), (17, 333)])
@pytest.mark.parametrize("member", CLASSES)
def test_a_plane_of_one_class_is_at_most_one_byte(shape, member):
    plane = np.full(shape, member, np.uint8)
    data = encode_void(plane)
    assert len(data) == (0 if member == Void.VALID else 1)
    np.testing.assert_array_equal(decode_void(data, shape), plane)


@pytest.mark.parametrize("unknown", sorted(set(range(256)) - set(CLASSES[1:])))
def test_a_class_that_nobody_knows_is_damage(unknown):
    with pytest.raises(DamagedFileError):
        decode_void(bytes([unknown]), (2, 2))
    with pytest.raises(DamagedFileError):
        decode_void(bytes([1, unknown]) + zlib.compress(b"\xf0", 9), (2, 2))


def test_a_masked_pixel_stays_apart_from_an_unmasked_one_of_the_same_value():
    plane = np.array([[0, 2, 10, 8]], np.uint8)
    by_hand = b"\x03\x02\x08\x0a" + zlib.compress(bytes([0b01000000, 0b00010000, 0b00100000]), 9)
    assert encode_void(plane) == by_hand
    np.testing.assert_array_equal(decode_void(by_hand, (1, 4)), plane)


def test_a_slanted_border_of_a_full_tile_takes_less_than_a_kilobyte():
    row, col = np.mgrid[:512, :512]
    plane = np.where(row * 0.3 + col < 300, np.uint8(Void.NODATA), np.uint8(Void.VALID))
    assert len(encode_void(plane)) < 1024


@given(PLANES, st.data())
@settings(max_examples=200, deadline=None)
def test_mutated_bytes_are_damage_or_a_plane_of_known_classes(plane, data):
    content = bytearray(encode_void(plane))
    for _ in range(data.draw(st.integers(1, 3))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    check(bytes(content), plane.shape)


def test_planes_fill_their_place_exactly():
    planes = zlib.compress(bytes([0b10000000, 0b01000000]), 9)
    assert decode_void(b"\x02\x01\x02" + planes, (1, 8)).tolist() == [[1, 2, 0, 0, 0, 0, 0, 0]]
    for wrong in (planes[:-1], planes + b"x", zlib.compress(bytes(1)), zlib.compress(bytes(3)), b""):
        with pytest.raises(DamagedFileError):
            decode_void(b"\x02\x01\x02" + wrong, (1, 8))


@given(st.binary(max_size=60), SHAPES)
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_damage_or_a_plane_of_known_classes(content, shape):
    check(content, shape)


@given(PLANES)
@settings(max_examples=60, deadline=None)
def test_every_truncation_is_damage_or_a_plane(plane):
    content = encode_void(plane)
    for length in range(len(content)):
        check(content[:length], plane.shape)


def check(content: bytes, shape: tuple[int, int]) -> None:
    try:
        found = decode_void(content, shape)
    except DamagedFileError:
        return
    assert found.shape == shape
    assert found.dtype == np.uint8
    assert set(np.unique(found)) <= set(CLASSES)
