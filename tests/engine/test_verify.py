"""Tests of sargui.engine.verify: a whole container passes, a changed byte is found, the original is compared."""

from threading import Event

import numpy as np
import pytest
import rasterio

from sargui.codec.tile_codec import TileCodec
from sargui.container import LayerKind, Reader, TileKey, Writer
from sargui.core.errors import FormatError, JobCancelled
from sargui.engine.requests import Verify
from sargui.engine.verify import verify


def check(*paths, cancel=None):
    return verify(Verify(*paths, device="cpu"), lambda progress: None, cancel or Event())


@pytest.fixture(scope="module")
def files(pack, write, power_of, tmp_path_factory):
    folder = tmp_path_factory.mktemp("verify")
    source = write(folder / "scene.tif", np.stack([power_of(40, 600, seed) for seed in (1, 2)]).astype(np.float32))
    return source, pack(source, folder / "scene.sarz", 60).target


def flipped(box, key, target):
    content = bytearray(box.read_bytes())
    with Reader(box) as reader:
        content[content.find(reader.payload(key)) + 30] ^= 1
    target.write_bytes(content)
    return target


def test_a_whole_container_has_no_damage_and_all_its_tiles(files):
    found = check(files[1])
    assert (found.tiles, found.damaged, found.quality) == (4, (), None)


def test_no_pixels_are_made_for_that(files, monkeypatch):
    monkeypatch.setattr(TileCodec, "synthesize", lambda *_: pytest.fail("pixels were made"))
    assert check(files[1]).tiles == 4


def test_with_the_original_it_also_says_how_near_it_is(files):
    found = check(files[1], files[0])
    assert [band.valid_pixels for band in found.quality.bands] == [24_000, 24_000]
    assert 0 < found.quality.rmse_db < 2


def test_a_flipped_byte_is_found_and_named_and_nothing_is_compared(files, tmp_path):
    found = check(flipped(files[1], TileKey(0, 1, 0, 1), tmp_path / "broken.sarz"), files[0])
    assert found.damaged == ("tile (0, 1) of band 2",)
    assert found.quality is None


def test_what_its_checksum_allows_but_no_reader_understands_is_found(files, tmp_path):
    path = tmp_path / "strange.sarz"
    with Reader(files[1]) as reader, Writer(path, reader.header) as writer:
        for key in reader.keys(0):
            writer.append(key, reader.payload(key))
        for band in (0, 1):
            writer.append(TileKey(1, band, 0, 0), b"\0\0\0")
        for kind in LayerKind:
            writer.layer(kind, b"nonsense")
        writer.finish()
    overviews = {f"tile (0, 0) of band {band} in overview 1" for band in (1, 2)}
    assert set(check(path).damaged) == overviews | {f"{kind.name.lower()} layer" for kind in LayerKind}


def test_a_container_cut_short_cannot_be_opened(files, tmp_path):
    (tmp_path / "short.sarz").write_bytes(files[1].read_bytes()[:-200])
    with pytest.raises(FormatError, match=r"short\.sarz"):
        check(tmp_path / "short.sarz")


def test_it_can_be_stopped(files):
    cancel = Event()
    cancel.set()
    with pytest.raises(JobCancelled):
        check(files[1], cancel=cancel)


def test_what_is_damaged_comes_out_as_nodata_and_is_named(files, unpack, read, tmp_path):
    broken = flipped(files[1], TileKey(0, 0, 0, 0), tmp_path / "broken.sarz")
    result = unpack(broken, tmp_path / "back.tif")
    assert result.damaged == ("tile (0, 0) of band 1",)
    assert result.lacks == ("with no data where tiles are lost and close to them",)
    with rasterio.open(tmp_path / "back.tif") as dataset:  # the encoder measured other pixels
        assert dataset.tags(ns="SARGUI").keys() == {
            "LOSSY",
            "CHECKPOINT",
            "QUALITY",
            "COMPRESSED_BY",
            "DECOMPRESSED_BY",
        }
    back = read(tmp_path / "back.tif")
    near = 512 + 48 + 8  # with what the tile has a part in
    assert (back[0, :, :near] == 0).all()  # of a raster without a nodata value
    assert (back[0, :, near:] > 0).all()
    assert (back[1] > 0).all()
