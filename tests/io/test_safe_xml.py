"""XML from a stranger: read if it is plain, refused before it can expand."""

import time

import pytest

from sargui.core.errors import UnreadableRasterError
from sargui.io.safe_xml import MAX_XML_BYTES, parse_xml

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BOMB = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l11;</a>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_plain_xml_is_read_in_every_encoding(encoding):
    document = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><a b="é"><c>1 2</c></a>'
    root = parse_xml(document.encode(encoding), "It")
    assert (root.get("b"), root.findtext("c")) == ("é", "1 2")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_do_not_expand(encoding):
    start = time.perf_counter()
    with pytest.raises(UnreadableRasterError, match=r"^It cannot be used: it declares a document type\.$"):
        parse_xml(BOMB.encode(encoding), "It")
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    "declaration", ['<!DOCTYPE a SYSTEM "file:///etc/passwd">', '<!DOCTYPE a PUBLIC "x" "http://x">']
)
def test_nothing_is_fetched(declaration):
    with pytest.raises(UnreadableRasterError, match="document type"):
        parse_xml(f"{declaration}<a/>".encode(), "It")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"\xff\xfe\x00",
        b"<a>&undefined;</a>",
        b'<?xml version="1.0" encoding="none"?><a/>',
        b"\0",
    ],
)
def test_what_is_no_xml_is_one_sentence(content):
    with pytest.raises(UnreadableRasterError, match=r"^It cannot be used: it is not valid XML"):
        parse_xml(content, "It")


def test_a_document_of_any_size_is_not_parsed():
    with pytest.raises(UnreadableRasterError, match="more than 8 MiB"):
        parse_xml(b"<a>" + b" " * MAX_XML_BYTES + b"</a>", "It")


def test_deep_nesting_is_no_crash():
    depth = 200_000
    try:
        root = parse_xml(b"<a>" * depth + b"</a>" * depth, "It")
    except UnreadableRasterError:
        return
    assert root.tag == "a"
