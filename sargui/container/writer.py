"""Writing a container: tiles as they come, then layers, index and footer; nothing is left unless it is complete.

What a kill leaves can be gone on with: the marks of its journal say up to where its tiles are whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from sargui.container import layout
from sargui.container.checked import DamageError
from sargui.container.header import Header
from sargui.container.index import index_to_bytes
from sargui.container.journal import Journal, Mark, Purpose
from sargui.container.keys import TileGrid, TileKey
from sargui.container.part_file import PartFile
from sargui.core.errors import UnsupportedRasterError


def fixed_bytes(header: Header) -> int:
    """Return the bytes that a container has even without tiles and layers: prelude, header, footer, an empty index."""
    return layout.PRELUDE.size + len(header.to_bytes()) + layout.FOOTER.size + len(zlib.compress(b""))


def beginning(header: Header) -> bytes:
    """Return the bytes that a container with a header begins with, before its tiles.

    Raises:
        UnsupportedRasterError: the header exceeds what a container may hold.
    """
    try:
        content = header.to_bytes()
    except DamageError as error:
        raise UnsupportedRasterError(f"The raster does not fit into a .sarz file: {error}.") from error
    return layout.PRELUDE.pack(layout.MAGIC, layout.VERSION, 0, len(content), zlib.crc32(content)) + content


def layer_bytes(contents: Iterable[bytes]) -> int:
    """Return the bytes that layers add to a container: their contents, and an entry of the table for each."""
    return sum(len(content) + layout.LAYER_ENTRY.size for content in contents)


class Writer:
    """Writes one container; a context manager that removes what it wrote if left before `finish`.

    Tiles may come in any order, one thread at a time. Every tile of level 0 must come; another level is complete
    or absent. `marks` are those of a leftover: the tiles up to the last of them are here from the beginning.
    """

    def __init__(
        self,
        target: Path,
        header: Header,
        overwrite: bool = False,
        purpose: Purpose | None = None,
        leftover: Journal | None = None,
    ) -> None:
        """Start a container; with a `purpose`, it has a journal. A `leftover` is gone on with instead.

        Raises:
            TargetError: the target exists and must not be overwritten, or its folder cannot be written to.
            UnsupportedRasterError: the header exceeds what a container may hold.
            ValueError: the leftover begins otherwise; a programming error.
        """
        start = beginning(header)
        self._grid = TileGrid(header.rows, header.cols, len(header.bands))
        self._records: dict[int, tuple[int, int]] = {}  # number -> offset, length
        self._layers: dict[layout.LayerKind, bytes] = {}
        self._index_bytes = 0
        self._sealed = self._finished = False
        self._start = len(start)
        self._part = PartFile(target, overwrite, purpose, leftover)
        self.marks: list[Mark] = []
        try:
            if leftover is None:
                self._part.write(start)
            elif self._part.read(0, len(start)) == start:
                self._take_over(leftover.marks)
            else:
                raise ValueError(f"{leftover.part.name} is of another container")
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
        self._records[number] = offset, len(payload)

    def mark(self, read: int, estimated_bits: float = 0.0, stream_bytes: int = 0) -> Mark:
        """Return the mark of a step that is done with the tiles so far, and let what is written survive a kill.

        Raises:
            TargetError: the disk is full.
        """
        mark = Mark(self._part.position, read, estimated_bits, stream_bytes)
        self._part.mark(mark)
        return mark

    def holds(self, key: TileKey) -> bool:
        """Return whether a tile is here."""
        return self._grid.number(key) in self._records

    def payload(self, key: TileKey) -> bytes:
        """Return the bytes of a tile that is here."""
        offset, length = self._records[self._grid.number(key)]
        return self._part.read(offset + layout.RECORD.size, length)

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
        scene = self._grid.count(0)
        tiles = sum(layout.RECORD.size + length for number, (_, length) in self._records.items() if number < scene)
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
        levels, first = [], 0
        for level in range(layout.MAX_LEVEL + 1):
            numbers = range(first, first := first + self._grid.count(level))
            if level == 0 or any(number in self._records for number in numbers):
                levels.append(level)
                for key, number in zip(self._grid.keys(level), numbers, strict=True):
                    if number not in self._records:
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
        places = np.array([self._records[number] for number in sorted(self._records)], np.int64)
        return index_to_bytes(places[:, 0], places[:, 1], self._start)

    def _take_over(self, marks: Iterable[Mark]) -> None:
        """Take note of the tiles of a leftover, step by step as long as they are whole; cut off what follows."""
        end = self._start
        for mark in list(marks):
            tiles = dict(self._read_records(end, mark.end))
            last = max((offset + layout.RECORD.size + length for offset, length in tiles.values()), default=end)
            if last != mark.end:
                break
            self._records |= tiles
            self.marks.append(mark)
            end = mark.end
        self._part.cut(end, len(self.marks))

    def _read_records(self, place: int, end: int) -> Iterator[tuple[int, tuple[int, int]]]:
        """Yield number, offset and length of the tiles that stand between two places, as long as they are whole."""
        count = sum(map(self._grid.count, range(layout.MAX_LEVEL + 1)))
        while place < end:
            head = self._part.read(place, layout.RECORD.size)
            if len(head) < layout.RECORD.size:
                return
            record = layout.Record._make(layout.RECORD.unpack(head))
            payload = self._part.read(place + layout.RECORD.size, min(record.length, end - place))
            if record != (record.number, len(payload), zlib.crc32(payload)) or record.number >= count:
                return
            yield record.number, (place, record.length)
            place += layout.RECORD.size + record.length
