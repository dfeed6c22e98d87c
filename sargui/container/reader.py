"""Reading a container: its description at once, each tile when it is asked for."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from sargui.container import layout
from sargui.container.annexes import annexes_from_bytes
from sargui.container.checked import DamageError
from sargui.container.correction import Gains, correction_from_bytes
from sargui.container.header import Header
from sargui.container.keys import TileKey
from sargui.container.measured import measured_from_bytes
from sargui.container.metadata import product_from_bytes
from sargui.container.random_access import RandomAccess
from sargui.container.structure import read_header, read_structure
from sargui.core.errors import DamagedFileError, FormatError
from sargui.core.tiling import GAIN_SIDE, grid_shape
from sargui.core.types import BandInfo, Kind, MeasuredError, ProductInfo

_CHUNK_BYTES = 1 << 20

log = logging.getLogger(__name__)


_PARSERS: Mapping[int, Callable[[bytes], object]] = {
    layout.LayerKind.METADATA: product_from_bytes,
    layout.LayerKind.ANNEXES: annexes_from_bytes,
    layout.LayerKind.MEASURED: measured_from_bytes,
}


def is_sarz(path: Path) -> bool:
    """Return whether the file begins as a container does; False if it cannot be read."""
    try:
        if not path.is_file():
            return False
        with open(path, "rb", buffering=0) as file:
            return file.read(len(layout.MAGIC)) == layout.MAGIC
    except OSError:
        return False


def has_header(path: Path) -> bool:
    """Return whether a file, complete or not, begins with the undamaged header of a container."""
    try:
        with closing(RandomAccess(path)) as file:
            read_header(file, path.name)
    except (FormatError, DamageError):
        return False
    return True


class Reader:
    """An opened container, a context manager. `payload` may be called from several threads.

    Attributes:
        path: where it was opened.
        header: what decoding needs.
        levels: the levels present, beginning with 0.
    """

    def __init__(self, path: Path) -> None:
        """Open a container.

        Raises:
            NotASarzError: another kind of file, or it cannot be opened.
            UnsupportedFormatError: written by a newer program.
            DamagedFileError: truncated or altered.
        """
        self.path = path
        self._file = RandomAccess(path)
        try:
            with self._in_words():
                self._structure = read_structure(self._file, path.name)
        except BaseException:
            self._file.close()
            raise
        self.header: Header = self._structure.header
        self.levels: tuple[int, ...] = self._structure.levels
        self._layers = {layer.kind: layer for layer in self._structure.layers}

    def keys(self, level: int | None = None) -> Iterator[TileKey]:
        """Yield the tiles of one level, or of all, in canonical order."""
        for present in self.levels:
            if level is None or level == present:
                yield from self._structure.grid.keys(present)

    def has(self, key: TileKey) -> bool:
        """Return whether the file holds this tile."""
        return key.level in self.levels and self._structure.grid.holds(key)

    def payload(self, key: TileKey) -> bytes:
        """Return the bytes of a tile, reading nothing else.

        Raises:
            DamagedFileError: they are not what was written.
            ValueError: the file holds no such tile; a programming error.
        """
        at = self._place(key)
        length = int(self._structure.lengths[at])
        with self._in_words():
            data = self._file.read(int(self._structure.offsets[at]), layout.RECORD.size + length)
            record = layout.Record._make(layout.RECORD.unpack_from(data))
            payload = data[layout.RECORD.size :]
            if record != (self._structure.grid.number(key), length, zlib.crc32(payload)):
                raise DamageError(f"{key} fails its checksum")
        return payload

    def damaged(self) -> list[TileKey]:
        """Return the tiles, of all levels, that fail their checksum; reads the whole file, one tile at a time."""
        return [key for key in self.keys() if not self._intact(key)]

    def layer(self, kind: layout.LayerKind) -> bytes | None:
        """Return the content of a layer, None if there is none.

        Raises:
            DamagedFileError: it fails its checksum.
        """
        entry = self._layers.get(kind)
        if entry is None:
            return None
        with self._in_words():
            if entry.length > kind.max_bytes:
                raise DamageError(f"its {layout.layer_name(kind)} is too large")
            content = self._file.read(entry.offset, entry.length)
            if zlib.crc32(content) != entry.crc:
                raise DamageError(f"its {layout.layer_name(kind)} fails its checksum")
        return content

    def damaged_layers(self) -> list[int]:
        """Return the numbers of the layers that fail their checksum, or whose content makes no sense if it is known."""
        return [layer.kind for layer in self._structure.layers if not self._layer_intact(layer)]

    def product(self) -> ProductInfo:
        """Return the product's description: the metadata layer's, or what the header says if that is missing or broken.

        Type, kind and nodata of the bands are always the header's.
        """
        plain = self._plain_product()
        try:
            content = self.layer(layout.LayerKind.METADATA)
            described = plain if content is None else product_from_bytes(content)
        except (DamagedFileError, DamageError) as error:
            log.warning("the metadata of %s cannot be used: %s", self.path.name, error)
            return plain
        if described.shape != plain.shape or len(described.bands) != len(plain.bands):
            log.warning("the metadata of %s describe another raster", self.path.name)
            return plain
        bands = tuple(
            replace(band, dtype=own.dtype, kind=own.kind, nodata=own.nodata)
            for band, own in zip(described.bands, plain.bands, strict=True)
        )
        return replace(described, name=described.name or plain.name, bands=bands)

    def annexes(self) -> Mapping[str, bytes]:
        """Return the files beside the product's rasters by relative path; none if there is no such layer.

        Raises:
            DamagedFileError: the layer is damaged, or unpacks to more than it may.
        """
        content = self.layer(layout.LayerKind.ANNEXES)
        with self._in_words():
            return {} if content is None else annexes_from_bytes(content)

    def measured(self) -> MeasuredError | None:
        """Return the error that the encoder measured; None if there is no such layer, or it is damaged."""
        try:
            content = self.layer(layout.LayerKind.MEASURED)
            return None if content is None else measured_from_bytes(content)
        except (DamagedFileError, DamageError) as error:
            log.warning("the measured error of %s cannot be used: %s", self.path.name, error)
            return None

    def correction(self) -> Mapping[int, Gains]:
        """Return the gains of the radiometric correction in dB, by band; none if there is no such layer.

        Raises:
            DamagedFileError: the layer is damaged.
        """
        content = self.layer(layout.LayerKind.CORRECTION)
        with self._in_words():
            return {} if content is None else self._gains(content)

    def sizes(self) -> Mapping[str, int]:
        """Return bytes by part; `pixels` is what the pixels need, `total` the file: all parts before those two."""
        records = self._structure.lengths + layout.RECORD.size
        scene = self._structure.grid.count(0)
        layers = {kind: layer.length for kind, layer in self._layers.items()}
        metadata_bytes = layers.pop(layout.LayerKind.METADATA, 0)
        annexes_bytes = layers.pop(layout.LayerKind.ANNEXES, 0)
        correction_bytes = layers.pop(layout.LayerKind.CORRECTION, 0)
        sizes = {
            "header": self._structure.header_bytes,
            "tiles": int(np.sum(records[:scene])),
            "correction": correction_bytes,
            "overviews": int(np.sum(records[scene:])),
            "metadata": metadata_bytes + self._structure.table_bytes,
            "annexes": annexes_bytes,
            "layers": sum(layers.values()),
            "index": self._structure.index_bytes,
            "footer": layout.FOOTER.size,
        }
        pixels = sum(sizes[part] for part in ("header", "tiles", "correction", "index", "footer"))
        return {**sizes, "total": self._file.size, "pixels": pixels}

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _place(self, key: TileKey) -> int:
        """Return where a tile stands in the index."""
        if not self.has(key):
            raise ValueError(f"{self.path.name} holds no {key}")
        grid = self._structure.grid
        return sum(grid.count(level) for level in self.levels if level < key.level) + grid.place(key)

    def _intact(self, key: TileKey) -> bool:
        try:
            self.payload(key)
        except DamagedFileError:
            return False
        return True

    def _layer_intact(self, layer: layout.LayerEntry) -> bool:
        """Check a layer of any size, piece by piece."""
        crc = 0
        try:
            for done in range(0, layer.length, _CHUNK_BYTES):
                crc = zlib.crc32(self._file.read(layer.offset + done, min(_CHUNK_BYTES, layer.length - done)), crc)
        except DamageError:
            return False
        return crc == layer.crc and self._makes_sense(layer.kind)

    def _makes_sense(self, kind: int) -> bool:
        parse = self._gains if kind == layout.LayerKind.CORRECTION else _PARSERS.get(kind)
        try:
            if parse is not None and (content := self.layer(layout.LayerKind(kind))) is not None:
                parse(content)
        except (DamagedFileError, DamageError):
            return False
        return True

    def _gains(self, content: bytes) -> Mapping[int, Gains]:
        """Return the gains in the content of their layer."""
        header = self.header
        measured = [number for number, band in enumerate(header.bands) if band.radiometry.kind is not Kind.EXACT]
        grid = grid_shape(header.rows, header.cols, GAIN_SIDE)
        return dict(zip(measured, correction_from_bytes(content, [grid] * len(measured)), strict=True))

    def _plain_product(self) -> ProductInfo:
        bands = tuple(BandInfo(band.dtype, band.radiometry.kind, band.nodata) for band in self.header.bands)
        return ProductInfo(self.path.stem, self.header.rows, self.header.cols, bands)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Turn what is wrong into a sentence with the file's name."""
        try:
            yield
        except DamageError as damage:
            raise DamagedFileError(f"{self.path.name} is damaged: {damage}.") from damage
