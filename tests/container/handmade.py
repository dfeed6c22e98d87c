"""A second writer of .sarz, made from docs/format.md with struct alone: no line of it knows sargui."""

import copy
import json
import struct
import zlib

MAGIC = b"\x89SARZ\r\n\x1a"

BAND = {"dtype": "uint16", "nodata": 0.0, "kind": "amplitude", "mean_db": 41.5, "floor": 2.5, "zero_is_void": True}
HEADER = {
    "rows": 600,
    "cols": 1000,
    "bands": [BAND],
    "model": "none",
    "model_sha256": "0123456789abcdef" * 4,
    "quality": 5000,
    "software": "by hand",
}
METADATA = {
    "name": "handmade",
    "rows": 600,
    "cols": 1000,
    "bands": [
        {
            **{key: BAND[key] for key in ("dtype", "kind", "nodata")},
            "description": "VV",
            "unit": "",
            "scale": 1.0,
            "offset": 0.0,
            "color": "gray",
            "color_table": [[0, 0, 0, 0, 255], [65535, 255, 255, 255, 0]],
            "tags": {},
        }
    ],
    "georeference": {"crs_wkt": "", "affine": [10, 0, 5e5, 0, -10, 4.5e6], "gcps": [], "gcps_crs_wkt": ""},
    "tags": {"": {"SENSOR": "by hand"}},
    "driver": "GTiff",
    "source_bytes": 1200000,
    "mask": "dataset",
    "product": "by hand",
}
# 600 × 1000 pixels are 2 × 2 tiles; the overview has 38 × 63 pixels: one tile, number 4.
TILES = {0: b"first", 1: b"", 2: b"third tile", 3: bytes(range(40)), 4: b"overview"}


def header(**changes):
    return {**copy.deepcopy(HEADER), **changes}


def band(**changes):
    return header(bands=[{**BAND, **changes}])


def pack_json(content):
    return zlib.compress(json.dumps(content).encode())


def container(
    content=HEADER,
    tiles=TILES,
    levels=0b11,
    layers=None,
    *,
    version=1,
    flags=0,
    order=None,
    index_raw=None,
    before_table=b"",
    header_bytes=None,
    **footer_changes,
):
    """Return a container; tiles lie in the file in `order` (their numbers). `footer_changes` are its lies."""
    packed = pack_json(content) if header_bytes is None else header_bytes
    data = struct.pack("<8sHHII", MAGIC, version, flags, len(packed), zlib.crc32(packed)) + packed
    end = len(data)
    starts = {}
    for number in order or sorted(tiles):
        payload = tiles[number]
        starts[number] = len(data)
        data += struct.pack("<III", number, len(payload), zlib.crc32(payload)) + payload
    table = b""
    for kind, layer_flags, layer in [(1, 0, pack_json(METADATA))] if layers is None else layers:
        table += struct.pack("<HHIQQ", kind, layer_flags, zlib.crc32(layer), len(data), len(layer))
        data += layer
    data += before_table
    table_offset = len(data)
    gaps = b""
    for number in sorted(tiles):
        gaps += struct.pack("<q", starts[number] - end)
        end = starts[number] + 12 + len(tiles[number])
    lengths = b"".join(struct.pack("<I", len(tiles[number])) for number in sorted(tiles))
    index = zlib.compress(gaps + lengths if index_raw is None else index_raw, 9)
    data += table + index
    footer = {
        "index_offset": table_offset + len(table),
        "index_length": len(index),
        "table_offset": table_offset,
        "table_length": len(table),
        "file_length": len(data) + 64,
        "index_crc": zlib.crc32(index),
        "table_crc": zlib.crc32(table),
        "levels": levels,
        **footer_changes,
    }
    fields = struct.pack("<QQQQQIII", *footer.values())
    return data + fields + struct.pack("<I8s", zlib.crc32(fields), MAGIC[::-1])
