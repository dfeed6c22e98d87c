"""Finding the parts of a container: every length and offset is checked against the file before it is believed.

The parts lie side by side without gaps, in the order of layout.py; what does not fit together is damage.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sargui.container import layout
from sargui.container.checked import DamageError
from sargui.container.header import Header
from sargui.container.index import index_from_bytes, max_index_bytes
from sargui.container.keys import TileGrid
from sargui.container.random_access import RandomAccess
from sargui.core.errors import NotASarzError, UnsupportedFormatError


@dataclass(frozen=True)
class Structure:
    """Where everything is; `offsets` and `lengths` are those of the tiles of `levels`, in canonical order."""

    header: Header
    header_bytes: int  # with the prelude
    grid: TileGrid
    levels: tuple[int, ...]
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    layers: tuple[layout.LayerEntry, ...]
    index_bytes: int
    table_bytes: int


def read_structure(file: RandomAccess, name: str) -> Structure:
    """Return the structure of a container, reading nothing but prelude, header, footer, layer table and index.

    Raises:
        NotASarzError: another kind of file.
        UnsupportedFormatError: a newer version, or a layer that must be understood and is not.
        DamageError: anything that does not fit.
    """
    header, start = read_header(file, name)
    grid = TileGrid(header.rows, header.cols, len(header.bands))
    footer = _read_footer(file, start)
    levels = tuple(level for level in range(layout.MAX_LEVEL + 1) if footer.levels >> level & 1)
    layers = _read_table(file, footer)
    count = sum(grid.count(level) for level in levels)
    if footer.index_length > max_index_bytes(count):
        raise DamageError("its index does not fit its tiles")
    index = _checked(file, footer.index_offset, footer.index_length, footer.index_crc, "its index")
    offsets, lengths, stop = index_from_bytes(index, count, start, footer.table_offset)
    for layer in layers:
        if layer.offset != stop or layer.length > footer.table_offset - stop:
            raise DamageError("its layers are not where its table says")
        stop += layer.length
    if stop != footer.table_offset:
        raise DamageError("it holds bytes that belong to nothing")
    _refuse_unknown(layers, name)
    return Structure(header, start, grid, levels, offsets, lengths, layers, footer.index_length, footer.table_length)


def read_header(file: RandomAccess, name: str) -> tuple[Header, int]:
    """Return the header of a container, and its bytes with the prelude, whatever follows.

    Raises:
        NotASarzError: another kind of file.
        UnsupportedFormatError: a newer version.
        DamageError: anything that does not fit.
    """
    prelude = _read_prelude(file, name)
    content = _checked(file, layout.PRELUDE.size, prelude.header_length, prelude.header_crc, "its header")
    return Header.from_bytes(content), layout.PRELUDE.size + prelude.header_length


def _read_prelude(file: RandomAccess, name: str) -> layout.Prelude:
    if file.size < len(layout.MAGIC) or file.read(0, len(layout.MAGIC)) != layout.MAGIC:
        raise NotASarzError(f"{name} is not a .sarz file.")
    prelude = layout.Prelude._make(layout.PRELUDE.unpack(file.read(0, layout.PRELUDE.size)))
    if prelude.version < layout.VERSION:
        raise UnsupportedFormatError(
            f"{name} is written in version {prelude.version} of the format, a draft that no program reads any more; "
            "compress its original again."
        )
    if prelude.version > layout.VERSION:
        raise UnsupportedFormatError(
            f"{name} is written in version {prelude.version} of the format, of which this program knows "
            f"{layout.VERSION}; a newer sargui can open it."
        )
    if prelude.flags:
        raise UnsupportedFormatError(f"{name} needs features that this program does not know ({prelude.flags:#06x}).")
    if prelude.header_length > layout.MAX_HEADER_BYTES:
        raise DamageError("its header is too large")
    return prelude


def _read_footer(file: RandomAccess, start: int) -> layout.Footer:
    end = file.size - layout.FOOTER.size
    if end < start:
        raise DamageError("it ends too early")
    data = file.read(end, layout.FOOTER.size)
    footer = layout.Footer._make(layout.FOOTER.unpack(data))
    if footer.magic != layout.END_MAGIC or footer.crc != zlib.crc32(data[: layout.FOOTER_CRC_SPAN]):
        raise DamageError("its end is missing or altered")
    if footer.file_length != file.size:
        raise DamageError(f"it has {file.size} bytes instead of {footer.file_length}")
    if (
        footer.table_offset < start
        or footer.table_offset + footer.table_length != footer.index_offset
        or footer.index_offset + footer.index_length != end
    ):
        raise DamageError("its parts are not where its footer says")
    if not footer.levels & 1 or footer.levels >> (layout.MAX_LEVEL + 1):
        raise DamageError("its footer names impossible levels")
    return footer


def _read_table(file: RandomAccess, footer: layout.Footer) -> tuple[layout.LayerEntry, ...]:
    if (
        footer.table_length % layout.LAYER_ENTRY.size
        or footer.table_length > layout.MAX_LAYERS * layout.LAYER_ENTRY.size
    ):
        raise DamageError("its table of layers has an impossible size")
    table = _checked(file, footer.table_offset, footer.table_length, footer.table_crc, "its table of layers")
    layers = tuple(layout.LayerEntry._make(entry) for entry in layout.LAYER_ENTRY.iter_unpack(table))
    if len({layer.kind for layer in layers}) != len(layers):
        raise DamageError("it has a layer twice")
    return layers


def _refuse_unknown(layers: tuple[layout.LayerEntry, ...], name: str) -> None:
    known = frozenset(layout.LayerKind)
    for layer in layers:
        if layer.flags & layout.REQUIRED and layer.kind not in known:
            raise UnsupportedFormatError(
                f"{name} needs layer {layer.kind}, which this program does not know; a newer sargui can open it."
            )


def _checked(file: RandomAccess, offset: int, length: int, crc: int, what: str) -> bytes:
    data = file.read(offset, length)
    if zlib.crc32(data) != crc:
        raise DamageError(f"{what} fails its checksum")
    return data
