"""Tests of a tile's bytes: a second writer by hand, round trips, and bytes that were tampered with."""

import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sargui.codec.payload import Payload, pack_escapes, unpack_escapes
from sargui.core.errors import DamagedFileError, SarguiError, UnsupportedFormatError

CELLS = np.random.default_rng(0).random((32, 32)) > 0.5
WORDS = np.array([0x80000001, 2, 0xFFFFFFFF], np.uint32)
FULL = Payload(1, 5432, 0xDEADBEEF, b"\x02\x01\x02voids", CELLS, WORDS, b"\x01\x80\x02")

PAYLOADS = st.builds(
    Payload,
    st.integers(0, 1),
    st.integers(0, 10_000),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=20),
    st.none() | hnp.arrays(bool, (32, 32)),
    hnp.arrays(np.uint32, st.integers(2, 12)),
    st.binary(max_size=10),
) | st.builds(
    Payload,
    st.integers(0, 1),
    st.integers(0, 10_000),
    st.just(0),
    st.binary(max_size=20),
    st.none(),
    st.none(),
    st.just(b""),
)


def same(first: Payload, second: Payload) -> bool:
    return all(
        np.array_equal(getattr(first, name), getattr(second, name))
        if getattr(first, name) is not None
        else getattr(second, name) is None
        for name in Payload.__slots__
    )


@given(PAYLOADS)
@settings(max_examples=100, deadline=None)
def test_every_payload_comes_back(payload):
    assert same(Payload.unpack(payload.pack()), payload)


def test_the_layout_is_the_documented_one():
    # docs/format.md, "Tile payload", written out by hand.
    cells = zlib.compress(np.packbits(CELLS).tobytes(), 9)
    by_hand = struct.pack("<BBHI", 1, 7, 5432, 0xDEADBEEF)
    by_hand += struct.pack("<I", 8) + b"\x02\x01\x02voids"
    by_hand += struct.pack("<H", len(cells)) + cells
    by_hand += struct.pack("<I", 3) + struct.pack("<3I", *WORDS.tolist()) + b"\x01\x80\x02"
    assert FULL.pack() == by_hand


def test_an_empty_tile_takes_eight_bytes():
    assert len(Payload(0, 0, 0, b"", None, None, b"").pack()) == 8


def check(data: bytes) -> None:
    try:
        payload = Payload.unpack(data)
    except SarguiError:
        return
    assert 0 <= payload.quality <= 10_000
    assert payload.cells is None or payload.cells.shape == (32, 32)


@pytest.mark.parametrize(
    "payload", [FULL, Payload(0, 1, 2, b"", None, WORDS, b""), Payload(1, 1, 0, b"\x01", None, None, b"")]
)
def test_truncations_and_flipped_bytes_are_damage_or_another_payload(payload):
    data = payload.pack()
    for length in range(len(data)):
        check(data[:length])
    for place in range(len(data)):
        for mask in (0x01, 0x80, 0xFF):
            check(data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :])


@given(st.binary(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_damage_or_a_payload(data):
    check(data)


@pytest.mark.parametrize("profile", [3, 9, 255])
def test_a_later_profile_is_named_not_guessed(profile):
    with pytest.raises(UnsupportedFormatError, match=f"profile {profile},"):
        Payload.unpack(bytes([profile]) + FULL.pack()[1:])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        struct.pack("<BBHI", 0, 0, 10_001, 0),
        struct.pack("<BBHI", 0, 8, 0, 0),
        struct.pack("<BBHI", 2, 0, 0, 0),  # exact pixels are no payload of a measured band
        struct.pack("<BBHI", 0, 0, 0, 0) + b"x",
        struct.pack("<BBHI", 0, 0, 0, 1),  # a checksum of no levels
        struct.pack("<BBHII", 0, 1, 0, 0, 0),  # a mask of no bytes
        struct.pack("<BBHII", 0, 4, 0, 0, 2) + bytes(8 + 2**21 + 1),  # more escapes than symbols
        struct.pack("<BBHII", 0, 4, 0, 0, 1) + bytes(4),
        struct.pack("<BBHII", 0, 4, 0, 0, 2**32 - 1) + bytes(64),
        struct.pack("<BBHIH", 0, 2, 0, 0, 3) + b"abc",
        struct.pack("<BBHIH", 0, 2, 0, 0, 9) + zlib.compress(b"short", 9),
        struct.pack("<BBHII", 0, 1, 0, 0, 2**32 - 1),
    ],
)
def test_nonsense_is_damage(data):
    with pytest.raises(DamagedFileError):
        Payload.unpack(data)


def test_a_cell_map_fills_its_place_exactly():
    cells = zlib.compress(bytes(128), 9)
    for wrong in (cells[:-1], cells + b"x", zlib.compress(bytes(127)), zlib.compress(bytes(129)), bytes(9)):
        with pytest.raises(DamagedFileError):
            Payload.unpack(struct.pack("<BBHIH", 0, 2, 0, 0, len(wrong)) + wrong)
    assert not Payload.unpack(struct.pack("<BBHIH", 0, 2, 0, 0, len(cells)) + cells).cells.any()


def test_a_deflate_bomb_in_the_cell_map_is_not_unpacked():
    bomb = zlib.compress(bytes(50_000_000), 9)[:60_000]
    tracemalloc.start()
    with pytest.raises(DamagedFileError):
        Payload.unpack(struct.pack("<BBHIH", 0, 2, 0, 0, len(bomb)) + bomb)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@given(st.lists(st.integers(-(2**26), 2**26)))
@settings(max_examples=100, deadline=None)
def test_escapes_come_back(values):
    assert unpack_escapes(pack_escapes(np.array(values, np.int64))) == values


@pytest.mark.parametrize(
    ("value", "data"), [(0, b"\0"), (-1, b"\1"), (1, b"\2"), (63, b"\x7e"), (64, b"\x80\x01"), (-64, b"\x7f")]
)
def test_escapes_are_zigzag_leb128(value, data):
    assert pack_escapes(np.array([value])) == data


@pytest.mark.parametrize("data", [b"\x80", b"\xff" * 9, b"\x01\x80", b"\xff\xff\xff\xff\x01"])
def test_escapes_that_do_not_end_are_damage(data):
    with pytest.raises(DamagedFileError):
        unpack_escapes(data)
