"""Right checksums for a container that was changed, so that what is behind them is reached; by docs/format.md alone."""

from __future__ import annotations

import struct
import zlib

PRELUDE, RECORD, LAYER, FOOTER = (struct.Struct(form) for form in ("<8sHHII", "<III", "<HHIQQ", "<QQQQQIIII8s"))
HEADER_CRC, RECORD_CRC, LAYER_CRC, FILE_LENGTH, INDEX_CRC, TABLE_CRC, FOOTER_CRC = 16, 8, 4, 32, 40, 44, 52  # where


def sealed(data: bytes) -> bytes:
    """Return bytes in which every checksum is right that can be found, and the length that the footer gives."""
    if len(data) < PRELUDE.size + FOOTER.size:
        return data
    found = bytearray(data)
    end = len(found) - FOOTER.size
    header_stop = PRELUDE.size + PRELUDE.unpack_from(found)[3]
    index_at, index_length, table_at, table_length, *_ = FOOTER.unpack_from(found, end)
    layers_at = min(table_at, end)
    for at in range(table_at, min(table_at + table_length, end) - LAYER.size + 1, LAYER.size):
        _, _, _, start, length = LAYER.unpack_from(found, at)
        _put_crc(found, at + LAYER_CRC, start, start + length)
        layers_at = min(layers_at, start)
    at = header_stop
    while at + RECORD.size <= layers_at:
        start = at + RECORD.size
        stop = start + RECORD.unpack_from(found, at)[1]
        _put_crc(found, at + RECORD_CRC, start, stop)
        at = stop
    _put_crc(found, HEADER_CRC, PRELUDE.size, header_stop)
    struct.pack_into("<Q", found, end + FILE_LENGTH, len(found))
    _put_crc(found, end + INDEX_CRC, index_at, index_at + index_length)
    _put_crc(found, end + TABLE_CRC, table_at, table_at + table_length)
    _put_crc(found, end + FOOTER_CRC, end, end + FOOTER_CRC)
    return bytes(found)


def _put_crc(data: bytearray, at: int, start: int, stop: int) -> None:
    if stop <= len(data):
        struct.pack_into("<I", data, at, zlib.crc32(data[start:stop]))
