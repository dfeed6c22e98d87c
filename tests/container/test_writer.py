"""Writing a container: whole or not at all."""

import os
import signal
import stat
import subprocess
import sys
import textwrap

import pytest

from sargui.container import BandHeader, Header, LayerKind, Reader, TileKey, Writer, layer_bytes
from sargui.core.errors import TargetError, UnsupportedRasterError
from sargui.core.types import Kind, Radiometry

from . import handmade
from .test_header import HEADER

ORDER = [TileKey(0, 0, 1, 1), TileKey(0, 0, 0, 0), TileKey(1, 0, 0, 0), TileKey(0, 0, 1, 0), TileKey(0, 0, 0, 1)]
NUMBERS = [3, 0, 4, 2, 1]


def write(target, overwrite=False, layers=()):
    with Writer(target, HEADER, overwrite) as writer:
        for key, number in zip(ORDER, NUMBERS, strict=True):
            writer.append(key, handmade.TILES[number])
        for kind, content in layers:
            writer.layer(kind, content)
        writer.finish()
    return writer


def test_the_writer_writes_what_the_document_says_byte_by_byte(tmp_path):
    metadata = handmade.pack_json(handmade.METADATA)
    write(tmp_path / "a.sarz", layers=[(LayerKind.METADATA, metadata)])
    expected = handmade.container(order=NUMBERS, layers=[(1, 0, metadata)], header_bytes=HEADER.to_bytes())
    assert (tmp_path / "a.sarz").read_bytes() == expected
    with Reader(tmp_path / "a.sarz") as reader:
        assert [reader.payload(key) for key in sorted(ORDER)] == [handmade.TILES[number] for number in range(5)]
        assert reader.layer(LayerKind.METADATA) == metadata


def test_nothing_but_the_file_is_left_and_others_may_read_it(tmp_path):
    write(tmp_path / "a.sarz")
    assert os.listdir(tmp_path) == ["a.sarz"]
    umask = os.umask(0)
    os.umask(umask)
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "a.sarz").stat().st_mode) == 0o666 & ~umask


def test_sizes_add_up(tmp_path):
    writer = write(tmp_path / "a.sarz", layers=[(LayerKind.METADATA, b"m" * 100)])
    size = (tmp_path / "a.sarz").stat().st_size
    assert writer.file_bytes == writer.bytes_written == size
    with Reader(tmp_path / "a.sarz") as reader:
        sizes = dict(reader.sizes())
    assert sizes["tiles"] == 4 * 12 + 5 + 0 + 10 + 40
    assert sizes["overviews"] == 12 + 8
    assert sizes["metadata"] == 24 + 100
    assert (sizes.pop("total"), sizes.pop("pixels")) == (size, writer.pixel_bytes)
    assert sum(sizes.values()) == size == writer.pixel_bytes + 20 + 124


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, None])
@pytest.mark.parametrize("existing", [None, b"precious"])
def test_leaving_early_leaves_nothing_and_keeps_what_was_there(tmp_path, error, existing):
    target = tmp_path / "a.sarz"
    if existing:
        target.write_bytes(existing)
    try:
        with Writer(target, HEADER, overwrite=True) as writer:
            writer.append(ORDER[0], b"x")
            if error:
                raise error
    except (RuntimeError, KeyboardInterrupt):
        pass
    assert os.listdir(tmp_path) == (["a.sarz"] if existing else [])
    assert not existing or target.read_bytes() == existing


def test_an_existing_file_is_refused_at_once(tmp_path):
    target = tmp_path / "a.sarz"
    target.write_bytes(b"precious")
    with pytest.raises(TargetError, match=r"^a\.sarz exists already; .*\.$"):
        Writer(target, HEADER)
    assert os.listdir(tmp_path) == ["a.sarz"]
    assert target.read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["a.tif", "a"])
def test_what_is_no_container_is_never_overwritten(tmp_path, name):
    (tmp_path / name).write_bytes(b"precious")
    with pytest.raises(TargetError, match=rf"^{name} exists and is not a \.sarz file.*\.$"):
        Writer(tmp_path / name, HEADER, overwrite=True)
    assert (tmp_path / name).read_bytes() == b"precious"


def test_a_container_by_another_name_is_overwritten_if_allowed(tmp_path):
    for _ in range(2):
        with Writer(tmp_path / "archive.bin", HEADER, overwrite=True) as writer:
            for key in ORDER:
                writer.append(key, b"")
            writer.finish()
    assert os.listdir(tmp_path) == ["archive.bin"]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path, monkeypatch, links):
    target = tmp_path / "a.sarz"
    if not links:
        monkeypatch.setattr(os, "link", _no_links)
    with Writer(target, HEADER) as writer:
        for key in ORDER:
            writer.append(key, b"")
        target.write_bytes(b"precious")
        with pytest.raises(TargetError, match="exists already"):
            writer.finish()
    assert os.listdir(tmp_path) == ["a.sarz"]
    assert target.read_bytes() == b"precious"


def test_a_disk_without_hard_links_will_do(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", _no_links)
    write(tmp_path / "a.sarz")
    assert os.listdir(tmp_path) == ["a.sarz"]


def _no_links(*_):
    raise PermissionError(1, "Operation not permitted")  # what FAT says


def test_an_existing_file_is_replaced_when_allowed(tmp_path):
    target = tmp_path / "a.sarz"
    target.write_bytes(b"old")
    write(target, overwrite=True)
    assert target.read_bytes().startswith(handmade.MAGIC)
    assert os.listdir(tmp_path) == ["a.sarz"]


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_link_keeps_pointing_where_it_does(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "real.sarz").write_bytes(b"old")
    (tmp_path / "link.sarz").symlink_to(tmp_path / "folder" / "real.sarz")
    write(tmp_path / "link.sarz", overwrite=True)
    assert (tmp_path / "link.sarz").is_symlink()
    assert (tmp_path / "folder" / "real.sarz").read_bytes().startswith(handmade.MAGIC)


def test_a_folder_is_never_replaced(tmp_path):
    (tmp_path / "a.sarz").mkdir()
    with pytest.raises(TargetError, match="is a folder"):
        Writer(tmp_path / "a.sarz", HEADER, overwrite=True)


def test_a_missing_folder_is_one_sentence(tmp_path):
    with pytest.raises(TargetError, match=r"^The folder .*nowhere for a\.sarz does not exist\.$"):
        Writer(tmp_path / "nowhere" / "a.sarz", HEADER)


def test_a_long_name_leaves_room_for_the_part(tmp_path):
    write(tmp_path / ("ü" * 125 + ".sarz"))
    assert len(os.listdir(tmp_path)) == 1


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TargetError, match=r"^The disk is full: a\.sarz cannot be written\.$"):
        write(tmp_path / "a.sarz")
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs resource limits")
def test_a_limit_of_the_system_is_one_sentence_and_leaves_nothing(tmp_path):
    script = """
        import resource, sys
        from pathlib import Path
        from sargui.container import BandHeader, Header, TileKey, Writer
        from sargui.core.errors import TargetError
        from sargui.core.types import Kind, Radiometry
        resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, 3 << 20))
        band = BandHeader("uint8", None, Radiometry(Kind.AMPLITUDE, 0.0, 1.0))
        header = Header(512, 4096, (band,), "none", "ab" * 32, 0, "")
        try:
            with Writer(Path(sys.argv[1]), header) as writer:
                for col in range(8):
                    writer.append(TileKey(0, 0, 0, col), bytes(1 << 20))
                writer.finish()
        except TargetError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path / "a.sarz"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "a.sarz cannot be written: it is larger than the disk or a limit allows.\n"
    assert os.listdir(tmp_path) == []


def test_missing_tiles_are_a_bug_and_leave_nothing(tmp_path):
    with Writer(tmp_path / "a", HEADER) as writer:
        for key in ORDER[1:]:
            writer.append(key, b"")
        with pytest.raises(ValueError, match=r"tile \(1, 1\) of band 1 was not"):
            writer.finish()
    assert os.listdir(tmp_path) == []


def test_half_an_overview_is_a_bug(tmp_path):
    band = BandHeader("uint8", None, Radiometry(Kind.AMPLITUDE, 0.0, 1.0))
    with Writer(tmp_path / "a", Header(1, 1, (band, band), "none", "ab" * 32, 0, "")) as writer:
        for key in (TileKey(0, 0, 0, 0), TileKey(0, 1, 0, 0), TileKey(1, 1, 0, 0)):
            writer.append(key, b"")
        with pytest.raises(ValueError, match=r"tile \(0, 0\) of band 1 in overview 1 was not"):
            writer.finish()


def test_a_raster_that_fits_into_no_container_is_one_sentence(tmp_path):
    with pytest.raises(UnsupportedRasterError, match=r"does not fit into a \.sarz file: bands is too long\.$"):
        Writer(tmp_path / "a.sarz", Header(1, 1, HEADER.bands * 1025, "none", "ab" * 32, 0, ""))
    assert os.listdir(tmp_path) == []


def test_tiles_twice_or_nowhere_are_bugs(tmp_path):
    with Writer(tmp_path / "a", HEADER) as writer:
        writer.append(ORDER[0], b"")
        with pytest.raises(ValueError, match="before"):
            writer.append(ORDER[0], b"")
        with pytest.raises(ValueError, match="no tile"):
            writer.append(TileKey(0, 0, 2, 0), b"")
        with pytest.raises(ValueError, match="bytes"):
            writer.append(ORDER[1], bytes((1 << 24) + 1))
        with pytest.raises(ValueError, match="not finished"):
            _ = writer.file_bytes


@pytest.mark.parametrize("end", [Writer.finish, Writer.discard])
def test_a_sealed_file_has_its_size_and_no_name_until_it_is_finished(tmp_path, end):
    with Writer(tmp_path / "a.sarz", HEADER) as writer:
        for key in ORDER:
            writer.append(key, b"1234")
        writer.seal()
        size = writer.file_bytes
        assert not (tmp_path / "a.sarz").exists()
        with pytest.raises(ValueError, match="finished"):
            writer.append(ORDER[0], b"")
        end(writer)
    left = [(path.name, path.stat().st_size) for path in tmp_path.iterdir()]
    assert left == ([("a.sarz", size)] if end is Writer.finish else [])


def test_what_layers_add_is_known_before(tmp_path):
    layers = [(LayerKind.METADATA, b"m" * 100)]
    without, with_ = write(tmp_path / "a.sarz").file_bytes, write(tmp_path / "b.sarz", layers=layers).file_bytes
    assert with_ - without == layer_bytes(content for _, content in layers)


def test_a_finished_file_takes_nothing_more(tmp_path):
    writer = write(tmp_path / "a.sarz")
    for more in (writer.finish, lambda: writer.append(ORDER[0], b""), lambda: writer.layer(LayerKind.METADATA, b"")):
        with pytest.raises(ValueError, match="finished"):
            more()
