"""XML that nobody vouches for: bounded in size, and without the declarations that make entities expand."""

from __future__ import annotations

from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from sargui.core.errors import UnreadableRasterError

MAX_XML_BYTES = 1 << 23  # the largest of a Sentinel-1 product that is read has one or two megabytes


class _DoctypeError(ValueError):
    """A document type declaration."""


class _NoDoctype(TreeBuilder):
    """Refuses a document type before the entities in it are read."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> NoReturn:
        raise _DoctypeError


def parse_xml(content: bytes, name: str) -> Element:
    """Return the root of a document; `name` says in errors what it is.

    Raises:
        UnreadableRasterError: too large, not well-formed, or with a document type declaration.
    """
    if len(content) > MAX_XML_BYTES:
        raise UnreadableRasterError(f"{name} cannot be used: it has more than {MAX_XML_BYTES >> 20} MiB.")
    parser = XMLParser(target=_NoDoctype())
    try:
        parser.feed(content)
        root: Element = parser.close()
    except _DoctypeError as error:
        raise UnreadableRasterError(f"{name} cannot be used: it declares a document type.") from error
    except (ParseError, LookupError, ValueError) as error:  # LookupError: an encoding that nobody knows
        raise UnreadableRasterError(f"{name} cannot be used: it is not valid XML ({error}).") from error
    return root
