"""Third floor: the .sarz container, which stores bytes by tile and knows neither pixels nor networks.

The law is docs/format.md; layout.py is its only transcription.
"""

from sargui.container.annexes import annexes_to_bytes
from sargui.container.correction import correction_to_bytes
from sargui.container.header import BandHeader, Header
from sargui.container.journal import Journal, Mark, Purpose, leftovers
from sargui.container.keys import TileGrid, TileKey
from sargui.container.layout import VERSION, LayerKind, layer_name
from sargui.container.measured import measured_to_bytes
from sargui.container.metadata import product_from_bytes, product_to_bytes
from sargui.container.part_file import check_target
from sargui.container.reader import Reader, has_header, is_sarz
from sargui.container.writer import Writer, beginning, fixed_bytes, layer_bytes

__all__ = [
    "VERSION",
    "BandHeader",
    "Header",
    "Journal",
    "LayerKind",
    "Mark",
    "Purpose",
    "Reader",
    "TileGrid",
    "TileKey",
    "Writer",
    "annexes_to_bytes",
    "beginning",
    "check_target",
    "correction_to_bytes",
    "fixed_bytes",
    "has_header",
    "is_sarz",
    "layer_bytes",
    "layer_name",
    "leftovers",
    "measured_to_bytes",
    "product_from_bytes",
    "product_to_bytes",
]
