"""What is fuzzed: functions of bytes that may raise what the program foresees, and nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

from sargui.codec.exact import decode_exact
from sargui.codec.payload import Payload
from sargui.codec.stream import SymbolReader
from sargui.codec.tables import CodingTables, empty_counts, fit
from sargui.codec.void_plane import decode_void
from sargui.container import Reader
from sargui.container.annexes import annexes_from_bytes
from sargui.container.checked import DamageError
from sargui.core.errors import SarguiError
from sargui.core.tiling import Tile, tile_window
from sargui.core.types import BandInfo, Kind, ProductInfo
from sargui.io.calibration import read_calibration
from sargui.io.safe_manifest import read_manifest
from sargui.io.safe_places import with_annotated_place
from tests.fuzz.seal import sealed

SIDE = 8  # channels of z, as of the tiny checkpoint
PARTS = ((SIDE, 64), (16, 512), (16, 512), (240, 512))  # of the symbols of a tile: z, then some halves
MOST_TILES = 64  # that are read of one container
TABLE, NOISE = (f"annotation/calibration/{what}-s1a-iw-grd-vv-1-001.xml" for what in ("calibration", "noise"))
TABLE_CONTENT = (
    b"<a><calibrationVector><line>0</line><pixel>0 9</pixel><sigmaNought>1 2</sigmaNought>"
    b"<betaNought>1 2</betaNought><gamma>1 2</gamma></calibrationVector></a>"
)


def container(data: bytes) -> None:
    """Read all of a container whose checksums are made right."""
    with suppress(SarguiError), Reader(_written(sealed(data))) as reader:
        reader.product()
        reader.measured()
        reader.sizes()
        reader.damaged_layers()
        for read in (reader.annexes, reader.correction):
            with suppress(SarguiError):
                read()
        for key, _ in zip(reader.keys(), range(MOST_TILES), strict=False):
            band, level = reader.header.bands[key.band], 16**key.level
            rows, cols = -(-reader.header.rows // level), -(-reader.header.cols // level)
            with suppress(SarguiError):
                _tile(reader.payload(key), band.dtype, tile_window(Tile(key.row, key.col), rows, cols).shape)


def tile(data: bytes) -> None:
    """Read the payload of a tile."""
    _tile(data, "uint16", (70, 500))


def annexes(data: bytes) -> None:
    """Unpack files beside a product's images."""
    with suppress(DamageError):
        annexes_from_bytes(data)


def annotation(data: bytes) -> None:
    """Read XML as a manifest, as an annotation with its place, as calibration and as noise."""
    with suppress(SarguiError):
        read_manifest(data, "a product")
    plain = ProductInfo("a product", 200, 300, (BandInfo("uint16", Kind.AMPLITUDE),))
    assert with_annotated_place(plain, {"annotation/s1a-vv.xml": data}).shape == plain.shape
    for files in ({TABLE: data}, {TABLE: TABLE_CONTENT, NOISE: data}):
        with suppress(SarguiError):
            found = read_calibration(files, "VV")
            assert found is not None
            assert found.power(np.ones((4, 3)), np.arange(4), np.arange(3), remove_noise=True).shape == (4, 3)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (container, tile, annexes, annotation)
}


def _tile(data: bytes, dtype: str, shape: tuple[int, int]) -> None:
    """Read a payload as exact pixels, and as symbols by tables that no network chose."""
    with suppress(SarguiError):
        assert decode_exact(data, np.dtype(dtype), shape).shape == shape
    with suppress(SarguiError):
        payload = Payload.unpack(data)
        assert decode_void(payload.void, shape).shape == shape
        reader = SymbolReader(payload, _coding())
        for number, part in enumerate(PARTS):
            first = 192 if number == 0 else 1
            tables = (first + np.arange(part[0] * part[1]).reshape(part) % (SIDE if number == 0 else 63)).astype(
                np.uint8
            )
            read = reader.next_side if number == 0 else reader.next
            assert read(tables).shape == part


@cache
def _coding() -> CodingTables:
    return fit(empty_counts(SIDE))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def _written(data: bytes) -> Path:
    path = Path(_folder().name, "fuzzed.sarz")
    path.write_bytes(data)
    return path
