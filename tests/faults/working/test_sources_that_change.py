"""A source that changes while it is read: refused in one sentence, or read as it was; never of two minds."""

from __future__ import annotations

import os
import shutil
from threading import Event

import pytest
import rasterio

from sargui.core.errors import FormatError, InputError, UnreadableRasterError
from sargui.engine import decompress as decompress_job
from sargui.engine.dispatch import execute
from sargui.engine.report_request import WriteReport
from sargui.engine.requests import Compress, Decompress, Evaluate, Verify
from sargui.engine.source_state import refuse_changed, states

from .jobs import COLS, ROWS, content, silent, write_scene

CHANGED = r"^{} has changed while it was read; start again\.$"


@pytest.fixture
def raster(scenes, tmp_path):
    return shutil.copy(scenes.raster, tmp_path / "scene.tif")


@pytest.fixture
def packed(scenes, tmp_path):
    return shutil.copy(scenes.packed, tmp_path / "scene.sarz")


def rewrite(path):
    write_scene(path.with_name("other"), 9)
    path.write_bytes(path.with_name("other").read_bytes())  # into the same file
    path.with_name("other").unlink()


def replace(path):
    write_scene(path.with_name("other"), 9).rename(path)


def cut(path):
    os.truncate(path, path.stat().st_size // 2)


def once(change, path):
    """Return a report that changes a file when the first step is done."""
    left = [path]

    def report(progress):
        if left:
            change(left.pop())

    return report


class AtOnce(Event):
    """Changes a file when it is asked for the first time: the source is open by then, and nothing of it is read."""

    def __init__(self, change, path):
        super().__init__()
        self._left = [(change, path)]

    def is_set(self):
        for change, path in self._left:
            self._left = []
            change(path)
        return False


def compressing(source, target, report=silent, cancel=None):
    return execute(Compress(source, target, device="cpu", overwrite=True), report, cancel or Event())


@pytest.mark.parametrize("change", [rewrite, replace, cut])
def test_a_raster_that_changes_is_not_compressed(change, raster, tmp_path):
    target = tmp_path / "t.sarz"
    target.write_bytes(b"old")
    with pytest.raises(UnreadableRasterError, match=CHANGED.format("scene.tif")):
        compressing(raster, target, once(change, raster))
    assert content(tmp_path).keys() == {"scene.tif", "t.sarz"}
    assert target.read_bytes() == b"old"


def test_a_raster_that_is_cut_off_before_it_is_read_is_named(raster, tmp_path):
    with pytest.raises(
        UnreadableRasterError, match=r"^scene\.tif is damaged or cut short: rows 0 to 59 cannot be read"
    ):
        compressing(raster, tmp_path / "t.sarz", cancel=AtOnce(cut, raster))
    assert list(content(tmp_path)) == ["scene.tif"]


@pytest.mark.skipif(os.name == "nt", reason="no open file is removed there")
def test_a_raster_that_is_removed_is_compressed_as_it_was(scenes, raster, tmp_path):
    compressing(raster, tmp_path / "t.sarz", once(os.unlink, raster))
    assert content(tmp_path) == {"t.sarz": scenes.packed.read_bytes()}


@pytest.mark.parametrize("what", ["annotation/*.xml", "measurement/*-vh-*"])
def test_a_product_of_which_a_file_changes_is_not_compressed(what, make_safe, tmp_path):
    product = make_safe(tmp_path, ROWS, COLS)
    file = next(product.glob(what))
    before = set(content(tmp_path))
    with pytest.raises(UnreadableRasterError, match=CHANGED.format(product.name)):
        compressing(product / "manifest.safe", tmp_path / "t.sarz", once(os.utime, file))
    assert set(content(tmp_path)) == before


def test_what_is_new_or_gone_has_not_changed(make_safe, tmp_path):
    product = make_safe(tmp_path, ROWS, COLS)
    before = states(product)
    (product / "notes.txt").write_text("mine")
    next(product.glob("preview/*.png")).unlink()
    refuse_changed(product, before)
    shutil.rmtree(product)
    refuse_changed(product, before)
    assert states(tmp_path / "nothing") == {}


def decompressing(source, target, report=silent):
    return execute(Decompress(source, target, device="cpu"), report, Event())


@pytest.mark.parametrize(("change", "lost"), [(rewrite, [1, 2]), (cut, [2])])
def test_of_a_container_that_changes_what_is_lost_is_named(change, lost, scenes, packed, tmp_path, monkeypatch):
    monkeypatch.setattr(decompress_job, "provenance", lambda reader: change(packed) or {})  # once it is open
    done = decompressing(packed, tmp_path / "t.tif")
    assert [name for name in done.damaged if "tile" in name] == [f"tile (0, 0) of band {band}" for band in lost]
    with rasterio.open(tmp_path / "t.tif") as file:
        assert [band for band in file.indexes if not file.read(band).any()] == lost
    for job in (Verify(packed, device="cpu"), Evaluate(scenes.raster, packed, "cpu")):
        with pytest.raises(FormatError, match=r"^scene\.sarz"):
            execute(job, silent, Event())


@pytest.mark.skipif(os.name == "nt", reason="no open file is removed there")
@pytest.mark.parametrize("change", [replace, os.unlink])
def test_a_container_that_is_removed_is_decompressed_as_it_was(change, packed, tmp_path):
    decompressing(packed, tmp_path / "expected.tif")
    decompressing(packed, tmp_path / "t.tif", once(change, packed))
    assert (tmp_path / "t.tif").read_bytes() == (tmp_path / "expected.tif").read_bytes()


@pytest.mark.parametrize("gone", ["scene.tif", "scene.sarz"])
def test_a_report_of_what_is_gone_is_one_sentence(gone, scenes, raster, packed, tmp_path):
    request = WriteReport(raster, packed, tmp_path / "t.html", scenes.quality, device="cpu", shown_as="shown.sarz")
    before = content(tmp_path).keys() - {gone}
    with pytest.raises((InputError, FormatError), match=gone):
        execute(request, once(os.unlink, tmp_path / gone), Event())
    assert content(tmp_path).keys() == before
