"""Every byte of a small container altered, and every length of it: refused, or what is lost is said."""

from collections import Counter

import numpy as np
import pytest

from . import small
from .judge import Outcome, judge

pytestmark = pytest.mark.usefixtures("_quiet")
MASKS = (0xFF, 0x08)  # all bits of a byte, or one
TRUNCATED = "cut short"


def flipped(content, place, mask):
    return content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :]


@pytest.fixture(scope="module")
def outcome(written, intact, plain):
    """Return what becomes of bytes in place of the container."""
    return lambda made: judge(written(made), intact, plain)


def test_the_container_holds_all_that_one_can_hold(parts, intact, plain):
    assert sorted(kind for kind, _, _ in parts["layers"]) == [1, 4, 5, 6]
    assert not intact.lost | intact.lost_layers
    assert intact.beside[1] == small.ANNEXES
    assert [array.dtype.name for array in intact.pixels] == ["uint16", "uint8"] * 2
    assert (intact.pixels[0][small.HOLE] == 0).all()
    assert len(np.unique(intact.pixels[2])) == 2
    assert (intact.pixels[0] != plain.pixels[0]).mean() > 0.5
    assert len(intact.overviews) == 1


def test_no_altered_byte_of_its_structure_is_read(content, parts, outcome):
    for place in small.places(parts)["structure"]:
        assert outcome(flipped(content, place, 0xFF)) is Outcome.REFUSED


def test_no_file_that_is_cut_short_is_read(content, outcome):
    for length in range(0, len(content), 3):
        assert outcome(content[:length]) is Outcome.REFUSED
    assert outcome(content[:-1]) is Outcome.REFUSED
    assert outcome(content + b"\0") is Outcome.REFUSED


@pytest.mark.parametrize(
    ("of", "stride", "expected"),
    [
        ("records", 23, {Outcome.TILES}),
        ("tiles", 67, {Outcome.TILES}),
        ("layers", 131, {Outcome.LAYERS, Outcome.PLAIN}),
    ],
)
def test_an_altered_byte_costs_what_it_is_in_and_that_is_said(content, parts, outcome, of, stride, expected):
    places = small.places(parts)[of][::stride]
    assert {outcome(flipped(content, place, MASKS[place % 2])) for place in places} <= expected


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_every_byte_and_every_length(content, parts, outcome, capsys):
    found = {of: Counter() for of in (*small.places(parts), TRUNCATED)}
    for of, places in small.places(parts).items():
        for place in places:
            for mask in MASKS:
                found[of][outcome(flipped(content, place, mask))] += 1
    for length in range(len(content)):
        found[TRUNCATED][outcome(content[:length])] += 1
    with capsys.disabled():
        print(f"\na container of {len(content)} bytes")
        for of, counts in found.items():
            print(f"{of}: {counts.total()} files: " + "; ".join(f"{count} {what}" for what, count in counts.items()))
    assert found[TRUNCATED].keys() == {Outcome.REFUSED}
    assert found["structure"].keys() == {Outcome.REFUSED}
    assert found["records"].keys() == found["tiles"].keys() == {Outcome.TILES}
    assert found["layers"].keys() == {Outcome.LAYERS, Outcome.PLAIN}
