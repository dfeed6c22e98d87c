"""docs/format.md and layout.py say the same."""

import re
import struct
from pathlib import Path

import pytest

from sargui.container import layout

DOCUMENT = (Path(__file__).parents[2] / "docs" / "format.md").read_text(encoding="utf-8")
STRUCTURES = {
    "prelude": (layout.PRELUDE, layout.Prelude),
    "record": (layout.RECORD, layout.Record),
    "layer entry": (layout.LAYER_ENTRY, layout.LayerEntry),
    "footer": (layout.FOOTER, layout.Footer),
}


def rows(heading):
    """Return the first table below a heading, a list of cells per row, without its head."""
    section = re.split(r"^#{2,3} ", DOCUMENT.split(f"# {heading}\n")[1], flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("part", STRUCTURES)
def test_the_document_gives_each_structure_the_format_and_size_of_the_program(part):
    documented = {name: (form, int(size)) for name, form, size in rows("The parts")}
    structure, _ = STRUCTURES[part]
    assert documented[part] == (structure.format, structure.size)
    assert struct.calcsize(documented[part][0]) == documented[part][1]


@pytest.mark.parametrize("part", STRUCTURES)
def test_the_document_lists_the_fields_of_each_structure_in_the_order_of_the_program(part):
    structure, names = STRUCTURES[part]
    fields = rows(part.capitalize())
    assert tuple(name for name, _, _ in fields) == names._fields
    expanded = re.sub(r"(?<=[<A-Za-z])(\d+)(?=[HIQ])", "", structure.format)
    assert "<" + "".join(form for _, form, _ in fields) == expanded


def test_the_document_gives_the_magic_bytes_of_the_program():
    assert bytes.fromhex(rows("Prelude")[0][2].strip("`")) == layout.MAGIC
    assert bytes.fromhex(rows("Footer")[-1][2].split("`")[0]) == layout.END_MAGIC


def test_the_checksum_of_the_footer_covers_what_the_document_says():
    assert int(re.search(r"the first (\d+) bytes of the footer", DOCUMENT)[1]) == layout.FOOTER_CRC_SPAN
    assert struct.calcsize("<" + "".join(form for _, form, _ in rows("Footer")[:-2])) == layout.FOOTER_CRC_SPAN


def test_the_document_gives_the_columns_of_the_index():
    assert [form for _, form, _ in rows("Index")] == [layout.INDEX_GAP, layout.INDEX_LENGTH]
    assert int(re.search(r"decompressed it has (\d+) bytes for each", DOCUMENT)[1]) == layout.INDEX_ENTRY_BYTES


def test_the_document_gives_every_limit_of_the_program():
    documented = {name: int(value) for name, value, _ in rows("Limits")}
    program = {name: value for name, value in vars(layout).items() if name.startswith("MAX_")}
    beside = {"MAX_QUALITY": 10_000, "MAX_MEAN_DB": 1000.0, "MAX_FLOOR": struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]}
    assert {**documented, **beside} == program
    assert struct.unpack("<f", b"\x00\x00\x80\x00")[0] == layout.MIN_FLOOR


def test_the_document_gives_the_layers_and_types_of_the_program():
    known = {name: int(kind) for kind, name, _ in rows("Layers") if name != "reserved"}
    assert known == {kind.name: kind.value for kind in layout.LayerKind}
    assert [layout.layer_name(kind) for kind in known.values()] == [f"{name.lower()} layer" for name in known]
    assert layout.layer_name(77) == "layer 77"
    line = next(line for line in DOCUMENT.splitlines() if line.startswith("| `dtype` |"))
    assert tuple(re.findall(r'"(\w+)"', line)) == layout.DTYPES


def test_the_document_gives_the_version_of_the_program():
    assert DOCUMENT.startswith(f"# The .sarz format, version {layout.VERSION}\n")
