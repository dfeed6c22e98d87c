"""A container of everything that a container can hold, in a few kilobytes; taken apart, and put together by hand.

Two tiles with a hole, an alpha band, an overview, and every layer. Pixels are coded by the engine with the tiny
checkpoint; what is around them is written by tests/container/handmade.py, which knows nothing of sargui.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import ColorInterp

from sargui.container import annexes_to_bytes
from sargui.engine.compress import compress
from sargui.engine.requests import Compress, Rate, RateKind
from tests.container import handmade

ROWS, COLS = 24, 640  # tiles of 512 and 128 columns, in two bands
TILES = (
    "tile (0, 0) of band 1",
    "tile (0, 1) of band 1",
    "tile (0, 0) of band 2",
    "tile (0, 1) of band 2",
    "tile (0, 0) of band 1 in overview 1",
    "tile (0, 0) of band 2 in overview 1",
)  # by number
HOLE = np.s_[10:17, 520:560]
ANNEXES = {"annotation/a.xml": b"<a>" + b"0 " * 50 + b"</a>", "manifest.safe": b"<xfdu/>"}
Parts = Mapping[str, Any]  # arguments of handmade.container
_PRELUDE, _RECORD, _LAYER, _FOOTER = "<8sHHII", "<III", "<HHIQQ", "<QQQQQIIII8s"


def make_parts(folder: Path) -> Parts:
    """Return the parts of the container; the tiny checkpoint must be the only one."""
    scene = _coded(folder / "scene", ROWS, COLS)
    overview = _coded(folder / "overview", -(-ROWS // 16), -(-COLS // 16))
    parts = taken_apart(scene)
    layers = {kind: content for kind, _, content in parts["layers"]}
    layers[5] = annexes_to_bytes(ANNEXES)
    payloads = taken_apart(overview)["tiles"]
    return {
        **parts,
        "tiles": {**parts["tiles"], 4: payloads[0], 5: payloads[1]},
        "levels": 0b11,
        "layers": [(kind, 0, layers[kind]) for kind in sorted(layers)],
    }


def taken_apart(data: bytes) -> Parts:
    """Return the arguments with which handmade.container makes a container of the same content; by struct alone."""
    _, _, _, header_length, _ = struct.unpack_from(_PRELUDE, data)
    index_at, index_length, table_at, table_length, _, _, _, levels, _, _ = struct.unpack(_FOOTER, data[-64:])
    table = list(struct.iter_unpack(_LAYER, data[table_at : table_at + table_length]))
    tiles, at = {}, 20 + header_length
    for _ in range(len(zlib.decompress(data[index_at : index_at + index_length])) // 12):
        number, length, _ = struct.unpack_from(_RECORD, data, at)
        tiles[number] = data[at + 12 : at + 12 + length]
        at += 12 + length
    return {
        "content": json.loads(zlib.decompress(data[20 : 20 + header_length])),
        "tiles": tiles,
        "levels": levels,
        "layers": [(kind, flags, data[at : at + length]) for kind, flags, _, at, length in table],
    }


def places(parts: Parts) -> dict[str, list[int]]:
    """Return the places of the bytes of a container by what they are: structure, records, tiles, layers."""
    data = handmade.container(**parts)
    table_at = struct.unpack(_FOOTER, data[-64:])[2]
    at = struct.unpack_from(_PRELUDE, data)[3] + 20
    structure, records, tiles = [*range(at), *range(table_at, len(data))], [], []
    for number in sorted(parts["tiles"]):
        records += range(at, at + 12)
        tiles += range(at + 12, at + 12 + len(parts["tiles"][number]))
        at += 12 + len(parts["tiles"][number])
    return {"structure": structure, "records": records, "tiles": tiles, "layers": [*range(at, table_at)]}


def _coded(path: Path, rows: int, cols: int) -> bytes:
    """Return the container that the engine makes of a simulated scene with an alpha band."""
    rng = np.random.default_rng(rows)
    digital = np.rint(100 * np.sqrt(rng.gamma(4, 1 / 4, (rows, cols)))).clip(1).astype(np.uint16)
    digital[HOLE] = 0
    alpha = np.where(np.add.outer(np.arange(rows), np.arange(cols)) % 600 < 5, np.uint16(0), np.uint16(65535))
    profile = {"driver": "GTiff", "count": 2, "height": rows, "width": cols, "dtype": "uint16", "nodata": 0}
    place = {"crs": "EPSG:32633", "transform": rasterio.Affine(10, 0, 5e5, 0, -10, 5e6)}
    with rasterio.open(path.with_suffix(".tif"), "w", **profile, **place) as dataset:
        dataset.colorinterp = [ColorInterp.gray, ColorInterp.alpha]
        dataset.write(np.stack([digital, alpha]))
    request = Compress(
        path.with_suffix(".tif"), path.with_suffix(".sarz"), rate=Rate(RateKind.QUALITY, 20.0), device="cpu"
    )
    return compress(request, lambda progress: None, Event()).target.read_bytes()
