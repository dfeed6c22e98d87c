"""Reading a container: only what is asked for, and nothing on faith."""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from sargui.container import BandHeader, Header, LayerKind, Reader, TileKey, Writer, is_sarz, product_to_bytes
from sargui.core.errors import DamagedFileError, NotASarzError, UnsupportedFormatError
from sargui.core.types import BandInfo, Kind, ProductInfo, Radiometry

from . import handmade
from .test_header import HEADER


@pytest.fixture
def opened(tmp_path):
    """Write bytes to a file and open it."""
    readers = []

    def open_bytes(data, name="scene.sarz"):
        (tmp_path / name).write_bytes(data)
        readers.append(Reader(tmp_path / name))
        return readers[-1]

    yield open_bytes
    for reader in readers:
        reader.close()


@pytest.mark.parametrize("order", [None, [4, 2, 0, 3, 1]])
def test_a_container_written_by_hand_is_read(opened, order):
    reader = opened(handmade.container(order=order))
    assert reader.header == HEADER
    assert reader.levels == (0, 1)
    keys = [TileKey(0, 0, 0, 0), TileKey(0, 0, 0, 1), TileKey(0, 0, 1, 0), TileKey(0, 0, 1, 1), TileKey(1, 0, 0, 0)]
    assert list(reader.keys()) == keys
    assert list(reader.keys(0)) == keys[:4]
    assert [reader.payload(key) for key in keys] == list(handmade.TILES.values())
    assert reader.product().tags == {"": {"SENSOR": "by hand"}}
    assert reader.damaged() == []
    assert reader.damaged_layers() == []


def test_levels_may_be_left_out_without_moving_the_numbers(opened):
    numbers = {**{n: handmade.TILES[n] for n in range(4)}, 5: b"level two"}
    reader = opened(handmade.container(tiles=numbers, levels=0b101))
    assert reader.levels == (0, 2)
    assert reader.payload(TileKey(2, 0, 0, 0)) == b"level two"
    assert not reader.has(TileKey(1, 0, 0, 0))
    with pytest.raises(ValueError, match="holds no tile"):
        reader.payload(TileKey(1, 0, 0, 0))


def test_it_holds_only_tiles_of_the_scene(opened):
    reader = opened(handmade.container())
    assert reader.has(TileKey(0, 0, 1, 1))
    assert not any(
        map(reader.has, (TileKey(0, 1, 0, 0), TileKey(0, 0, 2, 0), TileKey(0, 0, 0, 2), TileKey(-1, 0, 0, 0)))
    )


def test_only_the_beginning_of_a_file_makes_it_a_sarz(tmp_path):
    (tmp_path / "yes").write_bytes(handmade.MAGIC)
    (tmp_path / "no").write_bytes(handmade.MAGIC[:7])
    assert is_sarz(tmp_path / "yes")
    assert not any(map(is_sarz, (tmp_path / "no", tmp_path, tmp_path / "missing")))


@pytest.mark.parametrize("data", [b"", b"\x89SARZ", b"II*\0" + bytes(100), handmade.MAGIC.replace(b"\r\n", b"\n") * 20])
def test_another_kind_of_file_is_refused_in_one_sentence(opened, data):
    with pytest.raises(NotASarzError, match=r"^scene\.sarz is not a \.sarz file\.$"):
        opened(data)


def test_what_cannot_be_opened_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(NotASarzError, match=r"^missing\.sarz cannot be opened: no such file or directory\.$"):
        Reader(tmp_path / "missing.sarz")
    with pytest.raises(NotASarzError, match="is not a file"):
        Reader(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.sarz")
    assert not is_sarz(tmp_path / "pipe.sarz")
    with pytest.raises(NotASarzError, match="is not a file"):
        Reader(tmp_path / "pipe.sarz")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"version": 0}, "version 0 .*a draft .*original"),
        ({"version": 7}, "version 7 .*newer sargui"),
        ({"flags": 4}, "0x0004"),
        ({"layers": [(77, 1, b"")]}, "layer 77"),
    ],
)
def test_what_another_program_wrote_is_refused_in_one_sentence(opened, changes, sentence):
    with pytest.raises(UnsupportedFormatError, match=rf"^scene\.sarz .*{sentence}[^.]*\.$"):
        opened(handmade.container(**changes))


def test_an_unknown_layer_that_may_be_skipped_is_skipped(opened):
    reader = opened(handmade.container(layers=[(77, 0, b"secret"), (1, 1, handmade.pack_json(handmade.METADATA))]))
    assert reader.product().name == "handmade"
    assert reader.sizes()["layers"] == len(b"secret")


@pytest.mark.parametrize(
    "lie",
    [
        {"file_length": 10**15},
        {"file_length": 0},
        {"index_offset": 10**15},
        {"index_offset": 2**64 - 1, "index_length": 1},
        {"index_length": 10**15},
        {"index_length": 2**64 - 1},
        {"table_offset": 2**64 - 1},
        {"table_offset": 0},
        {"table_length": 24 * 10**12},
        {"levels": 0},
        {"levels": 0b01},
        {"levels": 0b111},
        {"levels": 1 << 31 | 1},
        {"index_raw": b""},
        {"index_raw": bytes(5 * 12)},
        {"index_raw": bytes(10**7)},
        {"index_raw": b"\xff" * 60},
        {"index_raw": b"\x7f" * 40 + b"\x00" * 20},
        {"index_raw": bytes(40) + b"\xff" * 20},
        {"before_table": b"hidden"},
        {"layers": [(1, 0, b"a"), (1, 0, b"b")]},
        {"content": handmade.header(rows=2**20, cols=2**20)},
        {"content": handmade.header(rows=2**31 - 1, cols=2**31 - 1)},
        {"content": handmade.header(rows=1)},
        {"header_bytes": b""},
        {"header_bytes": bytes(2 << 20)},
    ],
)
def test_a_file_that_lies_with_correct_checksums_is_damaged(opened, lie):
    with pytest.raises(DamagedFileError, match=r"^scene\.sarz is damaged: [^.]*\.$"):
        opened(handmade.container(**lie))


def test_a_record_of_another_tile_is_damaged(opened):
    swapped = handmade.container(tiles={0: b"AAAA", 1: b"BBBB", 2: b"", 3: b""}, levels=1)
    swapped = swapped.replace(b"AAAA", b"....").replace(b"BBBB", b"AAAA").replace(b"....", b"BBBB")
    reader = opened(swapped)
    assert reader.damaged() == [TileKey(0, 0, 0, 0), TileKey(0, 0, 0, 1)]


def test_damage_is_confined_to_its_tile_and_names_it(opened):
    reader = opened(handmade.container().replace(b"third tile", b"third time"))
    assert reader.damaged() == [TileKey(0, 0, 1, 0)]
    assert reader.payload(TileKey(0, 0, 1, 1)) == handmade.TILES[3]
    with pytest.raises(
        DamagedFileError, match=r"^scene\.sarz is damaged: tile \(1, 0\) of band 1 fails its checksum\.$"
    ):
        reader.payload(TileKey(0, 0, 1, 0))


def attempt(path):
    """Return the payloads, None in place of a damaged one; None if the file cannot be opened."""
    with suppress(NotASarzError, UnsupportedFormatError, DamagedFileError), Reader(path) as reader:
        reader.product()
        reader.damaged_layers()
        reader.sizes()
        damaged = reader.damaged()
        return [None if key in damaged else reader.payload(key) for key in list(reader.keys())]
    return None


@pytest.mark.parametrize("mask", [0xFF, 0x01, 0x80])
def test_no_altered_byte_passes_for_pixels(tmp_path, mask):
    data = handmade.container()
    original = list(handmade.TILES.values())
    path = tmp_path / "fuzzed.sarz"
    lost = 0
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :])
        payloads = attempt(path)
        lost += payloads is None
        assert payloads is None or all(new in (None, old) for new, old in zip(payloads, original, strict=True))
    assert lost < len(data)  # damage within tiles and metadata stays there


def test_no_truncated_file_opens(tmp_path):
    data = handmade.container()
    path = tmp_path / "fuzzed.sarz"
    for length in range(len(data)):
        path.write_bytes(data[:length])
        assert attempt(path) is None
    path.write_bytes(data + b"\0")
    assert attempt(path) is None


def test_a_file_that_shrinks_while_open_is_damaged(opened):
    reader = opened(handmade.container())
    os.truncate(reader.path, 100)
    assert len(reader.damaged()) == 5


def big(path, tiles=8):
    """Write a scene of one row of tiles, a megabyte each, of different bytes."""
    band = BandHeader("float32", math.nan, Radiometry(Kind.POWER, -12.5, 1e-5))
    with Writer(path, Header(512, 512 * tiles, (band,), "none", "ab" * 32, 0, "")) as writer:
        for col in range(tiles):
            writer.append(TileKey(0, 0, 0, col), bytes([col]) * (1 << 20))
        writer.finish()


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="needs Linux to count what is read")
def test_a_tile_is_read_without_reading_the_rest(tmp_path):
    def bytes_read():  # all that this process has asked the system for
        return int(Path("/proc/self/io").read_text().split()[1])

    big(tmp_path / "big.sarz")
    before = bytes_read()
    with Reader(tmp_path / "big.sarz") as reader:
        assert bytes_read() - before < 10_000
        before = bytes_read()
        assert reader.payload(TileKey(0, 0, 0, 5)) == b"\x05" * (1 << 20)
        assert bytes_read() - before < (1 << 20) + 10_000


def test_tiles_are_read_from_many_threads(tmp_path):
    big(tmp_path / "big.sarz")
    with Reader(tmp_path / "big.sarz") as reader, ThreadPoolExecutor(8) as pool:
        keys = list(reader.keys()) * 8
        for key, payload in zip(keys, pool.map(reader.payload, keys), strict=True):
            assert payload == bytes([key.col]) * (1 << 20)


def test_an_enormous_sparse_file_costs_nothing(tmp_path):
    path = tmp_path / "fuzzed.sarz"
    head = handmade.container()[:500]
    with open(path, "wb") as file:
        file.write(head)
        file.truncate(1 << 40)
    assert attempt(path) is None


def test_the_product_without_metadata_is_what_the_header_says(opened):
    expected = ProductInfo("scene", 600, 1000, (BandInfo("uint16", Kind.AMPLITUDE, 0.0),))
    assert opened(handmade.container(layers=[])).product() == expected


@pytest.mark.parametrize("layer", [b"", b"nonsense", handmade.pack_json([]), handmade.pack_json(handmade.header())])
def test_the_product_with_broken_metadata_is_what_the_header_says(opened, layer):
    assert opened(handmade.container(layers=[(1, 0, layer)])).product().name == "scene"


def test_altered_metadata_are_damaged_and_not_believed(opened):
    reader = opened(handmade.container(layers=[(1, 0, b"0123456789")]).replace(b"0123456789", b"012345678!"))
    assert reader.damaged_layers() == [1]
    assert reader.product().name == "scene"
    with pytest.raises(DamagedFileError, match="its metadata layer fails its checksum"):
        reader.layer(LayerKind.METADATA)


def test_the_header_wins_over_the_metadata(opened):
    liar = ProductInfo("liar", 600, 1000, (BandInfo("float32", Kind.DB, 7.0, "VV"),))
    product = opened(handmade.container(layers=[(1, 0, product_to_bytes(liar))])).product()
    assert product.bands == (BandInfo("uint16", Kind.AMPLITUDE, 0.0, "VV"),)
    other = ProductInfo("other", 601, 1000, liar.bands)
    assert opened(handmade.container(layers=[(1, 0, product_to_bytes(other))])).product().name == "scene"
