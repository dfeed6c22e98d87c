"""The byte layout of .sarz, format version 1: the only transcription of docs/format.md, and the only struct formats.

    prelude | header | tile records, any order | layer contents | layer table | index | footer

Little-endian; offsets are 64 bits and count from the start of the file; CRC means CRC-32 as in zlib.
"""

from __future__ import annotations

from enum import IntEnum
from struct import Struct
from typing import NamedTuple

MAGIC = b"\x89SARZ\r\n\x1a"  # not ASCII first, then line ends: a transfer as text breaks it visibly (as in PNG)
END_MAGIC = MAGIC[::-1]
VERSION = 1  # 0 was the draft; nothing but drafts was written in it

OVERVIEW_STEP = 16  # scene pixels per overview pixel and axis, once per level
MAX_LEVEL = 7  # 16^7 = 2^28: even the largest side shrinks to 8 pixels

MAX_SIDE = (1 << 31) - 1
MAX_PIXELS = 1 << 40
MAX_BANDS = 1024
MAX_TILES = 1 << 24  # of level 0, all bands; 2^42 pixels
MAX_PAYLOAD_BYTES = 1 << 24  # sixteen times a raw float32 tile
MAX_HEADER_BYTES = 1 << 20  # compressed and decompressed; 1024 bands take a tenth of it
MAX_METADATA_BYTES = 1 << 24  # compressed and decompressed
MAX_ANNEXES = 4096  # files
MAX_ANNEXES_BYTES = 1 << 28  # of all, compressed and decompressed; a Sentinel-1 product has some megabytes
MAX_LAYERS = 256

DTYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64")
MAX_QUALITY = 10_000  # hundredths
MAX_SOFTWARE_CHARS = 200
MAX_MEAN_DB = 1000.0  # float32 power spans −450..385 dB
MAX_CORRECTION_DB = 12  # of a gain of the radiometric correction
MAX_CORRECTION_SHIFT = 7  # bits of a Rice code beside its unary part
CORRECTION_STEP_DB = 1 / 16
MIN_FLOOR, MAX_FLOOR = 2.0**-126, (2 - 2.0**-23) * 2.0**127  # the normal numbers of float32


class LayerKind(IntEnum):
    """The layers this program knows, by their number in the file."""

    METADATA = 1
    CORRECTION = 4
    ANNEXES = 5
    MEASURED = 6

    @property
    def max_bytes(self) -> int:
        """How large the content may be."""
        return MAX_ANNEXES_BYTES if self is LayerKind.ANNEXES else MAX_METADATA_BYTES


def layer_name(kind: int) -> str:
    """Return what a layer is called, as in docs/format.md; by its number, if this program does not know it."""
    return f"{LayerKind(kind).name.lower()} layer" if kind in frozenset(LayerKind) else f"layer {kind}"


REQUIRED = 1  # bit of LayerEntry.flags: a reader that does not know the layer must refuse the file


class Prelude(NamedTuple):
    """The first bytes of the file; the header follows."""

    magic: bytes
    version: int
    flags: int
    header_length: int
    header_crc: int


class Record(NamedTuple):
    """Precedes the payload of a tile; `number` is its place in canonical order (see keys.py)."""

    number: int
    length: int
    crc: int


class LayerEntry(NamedTuple):
    """One row of the layer table."""

    kind: int
    flags: int
    crc: int
    offset: int
    length: int


class Footer(NamedTuple):
    """The last bytes of the file; `levels` has bit L set if level L is present, `crc` covers the fields before it."""

    index_offset: int
    index_length: int
    table_offset: int
    table_length: int
    file_length: int
    index_crc: int
    table_crc: int
    levels: int
    crc: int
    magic: bytes


PRELUDE = Struct("<8sHHII")
RECORD = Struct("<III")
LAYER_ENTRY = Struct("<HHIQQ")
MEASURED = Struct("<dQ")  # the whole of that layer
CORRECTION_BAND = Struct("<fB")  # before the bits of each band of that layer
FOOTER = Struct("<QQQQQIIII8s")
FOOTER_CRC_SPAN = 52  # bytes of the footer that its CRC covers

INDEX_GAP = "<i8"  # first column of the index, as numpy writes it
INDEX_LENGTH = "<u4"  # second column
INDEX_ENTRY_BYTES = 12
