"""The annexes layer: files go in and come out byte for byte, and a stranger's archive does no harm."""

import io
import zipfile
import zlib

import pytest

from sargui.container import LayerKind, Reader, annexes_to_bytes, layout
from sargui.container.annexes import annexes_from_bytes
from sargui.container.checked import DamageError
from sargui.core.errors import DamagedFileError, UnsupportedRasterError

from . import handmade
from .test_writer import write

FILES = {"manifest.safe": b"<xfdu/>", "annotation/é.xml": b"<a>" + b"0 " * 5000 + b"</a>", "preview/empty": b""}


def packed(files, **attributes):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            for attribute, value in attributes.items():
                setattr(entry, attribute, value)
            archive.writestr(entry, content)
    return buffer.getvalue()


def container_with(tmp_path, layer):
    path = tmp_path / "stranger.sarz"
    path.write_bytes(handmade.container(layers=[(layout.LayerKind.ANNEXES, 0, layer)]))
    return path


def test_files_come_back_byte_for_byte():
    assert annexes_from_bytes(annexes_to_bytes(FILES)) == FILES


def test_another_program_unpacks_them():
    with zipfile.ZipFile(io.BytesIO(annexes_to_bytes(FILES))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        assert archive.namelist() == sorted(FILES)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_another_program_packed_is_read():
    assert annexes_from_bytes(packed(FILES)) == FILES


def test_the_same_files_make_the_same_bytes_in_any_order():
    backward = dict(reversed(FILES.items()))
    assert annexes_to_bytes(backward) == annexes_to_bytes(FILES)


def test_text_is_packed():
    assert len(annexes_to_bytes({"a.xml": b"<a/>" * 10_000})) < 1000


def test_the_layer_is_reported_beside_the_pixels(tmp_path):
    content = annexes_to_bytes(FILES)
    bare = write(tmp_path / "bare.sarz")
    writer = write(tmp_path / "a.sarz", layers=[(LayerKind.METADATA, b"m"), (LayerKind.ANNEXES, content)])
    with Reader(tmp_path / "a.sarz") as reader:
        assert reader.annexes() == FILES
        sizes = reader.sizes()
    assert (sizes["annexes"], sizes["layers"]) == (len(content), 0)
    assert sizes["pixels"] == writer.pixel_bytes == bare.pixel_bytes


def test_a_container_without_the_layer_has_no_annexes(tmp_path):
    write(tmp_path / "a.sarz")
    with Reader(tmp_path / "a.sarz") as reader:
        assert reader.annexes() == {}
        assert reader.sizes()["annexes"] == 0


@pytest.mark.parametrize("name", ["../a", "/a", "C:/a", "a\\b"])
def test_a_path_out_of_the_product_is_damage(tmp_path, name):
    with Reader(container_with(tmp_path, packed({name: b"x"}))) as reader:
        with pytest.raises(
            DamagedFileError, match=r"^stranger.sarz is damaged: its annexes cannot be used .*inside\)\.$"
        ):
            reader.annexes()
        assert reader.header.rows > 0


def test_a_link_is_damage(tmp_path):
    layer = packed({"a": b"/etc/passwd"}, external_attr=0o120777 << 16)
    with Reader(container_with(tmp_path, layer)) as reader, pytest.raises(DamagedFileError, match="link"):
        reader.annexes()


def test_more_than_the_limit_is_not_unpacked(monkeypatch):
    monkeypatch.setattr("sargui.container.annexes.MAX_ANNEXES_BYTES", 10_000)
    assert annexes_from_bytes(packed({"a": b"\0" * 5000, "b": b"\0" * 5000}))
    with pytest.raises(DamageError, match="too large"):
        annexes_from_bytes(packed({"a": b"\0" * 5000, "b": b"\0" * 5001}))


def test_a_layer_larger_than_the_limit_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(layout, "MAX_ANNEXES_BYTES", 100)
    with Reader(container_with(tmp_path, b"\0" * 101)) as reader, pytest.raises(DamagedFileError, match="too large"):
        reader.annexes()


@pytest.mark.parametrize("layer", [b"", b"PK\5\6", zlib.compress(b"x")])
def test_what_is_no_archive_is_damage(tmp_path, layer):
    with Reader(container_with(tmp_path, layer)) as reader, pytest.raises(DamagedFileError, match="annexes"):
        reader.annexes()


def test_files_that_do_not_fit_are_refused_before_anything_is_written(monkeypatch):
    with pytest.raises(UnsupportedRasterError, match="stays inside"):
        annexes_to_bytes({"a\\b": b""})
    monkeypatch.setattr("sargui.container.annexes.MAX_ANNEXES_BYTES", 10)
    with pytest.raises(UnsupportedRasterError, match="cannot hold"):
        annexes_to_bytes({"a": b"123456", "b": b"12345"})
