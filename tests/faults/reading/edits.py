"""Ways to spoil a file, as hypothesis strategies: bytes moved about, and parts that lie behind right checksums."""

from __future__ import annotations

import copy
import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.container import handmade

from .small import Parts

NUMBERS = (0, 1, 2, 7, 0xFF, 0x100, 0x7FFF, 0xFFFF, 1 << 20, 1 << 24, (1 << 31) - 1, 1 << 31, (1 << 32) - 1)
LONG_NUMBERS = (*NUMBERS, 1 << 32, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
WORDS = ("", "\0", "é\U0001f600", "../..", "x" * 5000, "exact", "db", "power", "float64", "int8", "alpha", "bands")
LOCAL = 'GEOGCS["x",DATUM["y",SPHEROID["z",0,0]]]'
ODD = (
    *(None, True, False, -1, 0.5, -0.0, 1e-320, 1e308, -1e308, 10**400, *LONG_NUMBERS, "nan", "inf", "-inf"),
    *(*WORDS, "A[" * 100, LOCAL, [], {}, [[]], [{}], [0] * 6, ["inf"] * 6, {"": {"": ""}}, {"a": 1}),
    *({"xml:XMP": {"self": "=", "": "\n"}}, {"RPC": {"LINE_OFF": "1e999"}}, [["nan"] * 5 + ["", ""]] * 4),
)  # values where a document has others
PARTS = ("tile", "header", "layer", "kind", "metadata", "index", "footer", "levels")
FOOTER = ("index_offset", "index_length", "table_offset", "table_length", "file_length")


@st.composite
def edited(draw: st.DrawFn, content: bytes, other: bytes = b"") -> bytes:
    """Return bytes after a few edits: changed, inserted, removed, repeated, cut, or with a piece of other bytes."""
    for _ in range(draw(st.integers(1, 4))):
        at, start = draw(st.integers(0, len(content))), draw(st.integers(0, max(len(content), len(other))))
        length = draw(st.integers(1, 40))
        new = draw(st.binary(min_size=1, max_size=16) | _numbers())
        match draw(st.sampled_from(["change", "insert", "remove", "repeat", "cut", "splice"])):
            case "change":
                content = content[:at] + new + content[at + len(new) :]
            case "insert":
                content = content[:at] + new + content[at:]
            case "remove":
                content = content[:at] + content[at + length :]
            case "repeat":
                content = content[:at] + content[start : start + length] + content[at:]
            case "cut":
                content = content[:at]
            case "splice":
                content = content[:at] + other[start:]
    return content


@st.composite
def liars(draw: st.DrawFn, parts: Parts) -> bytes:
    """Return a container of which one or two parts are spoiled, though all checksums are right."""
    tiles, layers, lies = dict(parts["tiles"]), list(parts["layers"]), {}
    number, stranger = draw(st.sampled_from(sorted(tiles))), draw(st.sampled_from(sorted(tiles)))
    place = draw(st.integers(0, len(layers) - 1))
    kind, flags, content = layers[place]
    for what in draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=2)):
        match what:
            case "tile":
                tiles[number] = draw(edited(tiles[number], tiles[stranger]))
            case "header":
                lies["content"] = draw(spoiled(parts["content"]))
            case "layer":
                layers[place] = kind, flags, draw(edited(content))
            case "kind":
                layers[place] = draw(st.integers(0, 8)), draw(st.integers(0, 3)), content
            case "metadata":
                layers[0] = 1, 0, handmade.pack_json(draw(spoiled(json.loads(zlib.decompress(parts["layers"][0][2])))))
            case "index":
                lengths = b"".join(struct.pack("<I", len(tiles[number])) for number in sorted(tiles))
                lies["index_raw"] = draw(edited(bytes(8 * len(tiles)) + lengths))
            case "footer":
                lies[draw(st.sampled_from(FOOTER))] = draw(st.sampled_from(LONG_NUMBERS))
            case "levels":
                lies["levels"] = draw(st.sampled_from([0, 1, 3, 5, 7, 0xFF, 0x101]))
    return handmade.container(**{**parts, "tiles": tiles, "layers": layers, **lies})


@st.composite
def spoiled(draw: st.DrawFn, document: Any) -> Any:
    """Return a JSON document with a value replaced, or left out."""
    document = copy.deepcopy(document)
    *way, last = draw(st.sampled_from(list(_ways(document))))
    inner = document
    for step in way:
        inner = inner[step]
    if draw(st.booleans()):
        inner[last] = draw(st.sampled_from(ODD))
    else:
        del inner[last]
    return document


def _numbers() -> st.SearchStrategy[bytes]:
    """Return the bytes of numbers that are at a limit of something."""
    return st.sampled_from([struct.pack("<I", number) for number in NUMBERS] + [*map(_long, LONG_NUMBERS)])


def _long(number: int) -> bytes:
    return struct.pack("<Q", number)


def _ways(document: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the keys and places that lead to each value in a document."""
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        yield (*before, key)
        if isinstance(value, dict | list):
            yield from _ways(value, (*before, key))
