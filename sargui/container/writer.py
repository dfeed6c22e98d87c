"""Writing a container: tiles as they come, then layers, index and footer; nothing is left unless it is complete."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from sargui.container import layout
from sargui.container.checked import DamageError
from sargui.container.header import Header
from sargui.container.index import index_to_bytes
from sargui.container.keys import TileGrid, TileKey
from sargui.container.part_file import PartFile
from sargui.core.errors import UnsupportedRasterError


def fixed_bytes(header: Header) -> int:
    """Return the bytes that a container has even without tiles and layers: prelude, header, footer, an empty index."""
    return layout.PRELUDE.size + len(header.to_bytes()) + layout.FOOTER.size + len(zlib.compress(b""))


def layer_bytes(contents: Iterable[bytes]) -> int:
    """Return the bytes that layers add to a container: their contents, and an entry of the table for each."""
    return sum(len(content) + layout.LAYER_ENTRY.size for content in contents)


class Writer:
    """Writes one container; a context manager that removes what it wrote if left before `finish`.

    Tiles may come in any order, one thread at a time. Every tile of level 0 must come; another level is complete
    or absent.
    """

    def __init__(self, target: Path, header: Header, overwrite: bool = False) -> None:
        """Start a container.

        Raises:
            TargetError: the target exists and must not be overwritten, or its folder cannot be written to.
            UnsupportedRasterError: the header exceeds what a container may hold.
        """
        try:
            content = header.to_bytes()
        except DamageError as error:
            raise UnsupportedRasterError(f"The raster does not fit into a .sarz file: {error}.") from error
        self._grid = TileGrid(header.rows, header.cols, len(header.bands))
        self._records: dict[int, tuple[TileKey, int, int]] = {}  # number -> key, offset, length
        self._layers: dict[layout.LayerKind, bytes] = {}
        self._index_bytes = 0
        self._sealed = self._finished = False
        self._start = layout.PRELUDE.size + len(content)
        self._part = PartFile(target, overwrite)
        try:
            prelude = layout.Prelude(layout.MAGIC, layout.VERSION, 0, len(content), zlib.crc32(content))
            self._part.write(layout.PRELUDE.pack(*prelude) + content)
        except BaseException:  # Ctrl-C too: nobody else knows of the part yet
            self._part.discard()
            raise

    def append(self, key: TileKey, payload: bytes) -> None:
        """Write one tile.

        Raises:
            TargetError: the disk is full, or otherwise not writable.
            ValueError: there is no such tile, it came before, or it is too large; a programming error.
        """
        self._must_be_open()
        number = self._grid.number(key)
        if number in self._records:
            raise ValueError(f"{key} was appended before")
        if len(payload) > layout.MAX_PAYLOAD_BYTES:
            raise ValueError(f"{key} has {len(payload)} bytes")
        offset = self._part.position
        self._part.write(layout.RECORD.pack(number, len(payload), zlib.crc32(payload)))
        self._part.write(payload)
        self._records[number] = key, offset, len(payload)

    def layer(self, kind: layout.LayerKind, content: bytes) -> None:
        """Keep the content of a layer; it is written by `finish`."""
        self._must_be_open()
        if kind in self._layers:
            raise ValueError(f"the layer {kind.name} was given before")
        if len(content) > kind.max_bytes:
            raise ValueError(f"the layer {kind.name} has {len(content)} bytes")
        self._layers[kind] = content

    def seal(self) -> None:
        """Write what remains; from now on the sizes are known, and `finish` or `discard` says what becomes of it.

        Raises:
            TargetError: the disk is full.
            ValueError: tiles are missing; a programming error.
        """
        self._must_be_open()
        levels = self._complete_levels()
        table_offset, table = self._write_layers()
        index_offset, index = self._part.position, self._index()
        self._part.write(index)
        self._index_bytes = len(index)
        footer = layout.Footer(
            index_offset=index_offset,
            index_length=len(index),
            table_offset=table_offset,
            table_length=len(table),
            file_length=self._part.position + layout.FOOTER.size,
            index_crc=zlib.crc32(index),
            table_crc=zlib.crc32(table),
            levels=sum(1 << level for level in levels),
            crc=0,
            magic=layout.END_MAGIC,
        )
        crc = zlib.crc32(layout.FOOTER.pack(*footer)[: layout.FOOTER_CRC_SPAN])
        self._part.write(layout.FOOTER.pack(*footer._replace(crc=crc)))
        self._sealed = True

    def finish(self) -> None:
        """Seal the file if it is not yet, and give it its name.

        Raises:
            TargetError: the disk is full, or the target has appeared meanwhile and must not be overwritten.
            ValueError: tiles are missing, or it has its name already; a programming error.
        """
        if not self._sealed:
            self.seal()
        if self._finished:
            raise ValueError("the file is finished")
        self._part.place()
        self._finished = True

    def discard(self) -> None:
        """Remove what was written, unless it is finished."""
        self._part.discard()

    @property
    def bytes_written(self) -> int:
        """What is written so far."""
        return self._part.position

    @property
    def file_bytes(self) -> int:
        """Size of the file, once it is sealed."""
        if not self._sealed:
            raise ValueError("the file is not finished")
        return self._part.position

    @property
    def pixel_bytes(self) -> int:
        """What the pixels need: prelude, header, tiles of level 0, correction, index, footer; exact once sealed."""
        tiles = sum(layout.RECORD.size + length for key, _, length in self._records.values() if key.level == 0)
        correction = len(self._layers.get(layout.LayerKind.CORRECTION, b""))
        return self._start + tiles + correction + self._index_bytes + layout.FOOTER.size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def _must_be_open(self) -> None:
        if self._sealed:
            raise ValueError("the file is finished")

    def _complete_levels(self) -> list[int]:
        levels = sorted({0} | {key.level for key, _, _ in self._records.values()})
        for level in levels:
            for key in self._grid.keys(level):
                if self._grid.number(key) not in self._records:
                    raise ValueError(f"{key} was not appended")
        return levels

    def _write_layers(self) -> tuple[int, bytes]:
        """Write contents and table; return the table and its offset."""
        table = b""
        for kind, content in self._layers.items():
            entry = layout.LayerEntry(kind, 0, zlib.crc32(content), self._part.position, len(content))
            self._part.write(content)
            table += layout.LAYER_ENTRY.pack(*entry)
        offset = self._part.position
        self._part.write(table)
        return offset, table

    def _index(self) -> bytes:
        places = np.array([self._records[number][1:] for number in sorted(self._records)], np.int64)
        return index_to_bytes(places[:, 0], places[:, 1], self._start)
