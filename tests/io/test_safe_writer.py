"""Writing a product back: whole or not there, and never over something that is no product."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio

from sargui.core.errors import DamagedFileError, InputError, TargetError
from sargui.core.paths import MANIFEST
from sargui.core.types import MaskKind, Window
from sargui.io import SafeWriter, open_product, safe_target, safe_writer

NAME = "S1B_IW_GRDH_1SDV_20211223T051122_20211223T051147_030148_039993_5371.SAFE"


@pytest.fixture
def product(make_safe, tmp_path):
    (tmp_path / "in").mkdir()
    return make_safe(tmp_path / "in", rows=60, cols=70)


def copy(product, target, overwrite=False, bands=2):
    """Write a product with the pixels of another."""
    with open_product(product) as source, SafeWriter(target, source.annexes(), overwrite) as writer:
        for band in range(bands):
            with writer.image(band, band, source.info, {"LOSSY": "no"}) as image:
                image.write(0, Window(0, 0, 60, 70), source.read(band, Window(0, 0, 60, 70)))
                image.finish()
        writer.finish()
        return writer.file_bytes


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_comes_back_but_how_the_images_are_packed(product, tmp_path):
    size = copy(product, tmp_path / "out.SAFE")
    before, after = files(product), files(tmp_path / "out.SAFE")
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == {name for name in before if name[-5:] == ".tiff"}
    assert size == sum(map(len, after.values()))
    for name in (product / "measurement").iterdir():
        with rasterio.open(name) as one, rasterio.open(tmp_path / "out.SAFE" / "measurement" / name.name) as other:
            np.testing.assert_array_equal(one.read(), other.read())
            assert one.tags() == other.tags()
            assert other.tags(ns="SARGUI")["LOSSY"] == "no"
            assert [(p.row, p.col, p.x, p.y, p.z) for p in one.gcps[0]] == [
                (p.row, p.col, p.x, p.y, p.z) for p in other.gcps[0]
            ]
            assert (one.crs, one.gcps[1], one.nodata, one.descriptions) == (
                other.crs,
                other.gcps[1],
                other.nodata,
                other.descriptions,
            )


def test_gdals_own_driver_opens_the_product(product, tmp_path):
    copy(product, tmp_path / "out.SAFE")
    with rasterio.open(product) as one, rasterio.open(tmp_path / "out.SAFE" / MANIFEST) as other:
        assert one.driver == other.driver == "SAFE"
        np.testing.assert_array_equal(one.read(), other.read())
        assert len(other.subdatasets) == 3
        for name in other.subdatasets:
            with rasterio.open(name) as dataset:
                assert dataset.shape == (60, 70)


def test_leaving_early_leaves_nothing(product, tmp_path):
    with open_product(product) as source:
        with SafeWriter(tmp_path / "new" / "out.SAFE", source.annexes()) as writer:
            image = writer.image(0, 0, source.info, {})
            assert len(list((tmp_path / "new").iterdir())) == 1
            image.discard()
        assert sorted(tmp_path.iterdir()) == [tmp_path / "in"]


def test_an_existing_product_is_replaced_only_if_that_is_allowed(product, tmp_path):
    target = tmp_path / "out.SAFE"
    copy(product, target)
    (target / "old.txt").write_text("old")
    with pytest.raises(TargetError, match=r"^out.SAFE exists already.*--force"):
        copy(product, target)
    assert (target / "old.txt").exists()
    copy(product, target, overwrite=True)
    assert not (target / "old.txt").exists()
    assert sorted(tmp_path.iterdir()) == [tmp_path / "in", target]


@pytest.fixture
def in_two_steps(monkeypatch):
    """Let folders not change places in one step, as outside of Linux."""
    monkeypatch.setattr(safe_writer, "exchange", lambda *_: False)


@pytest.mark.usefixtures("in_two_steps")
def test_where_it_takes_two_steps_a_product_is_replaced_as_well(product, tmp_path):
    target = tmp_path / "out.SAFE"
    copy(product, target)
    (target / "old.txt").write_text("old")
    copy(product, target, overwrite=True)
    assert not (target / "old.txt").exists()
    assert sorted(tmp_path.iterdir()) == [tmp_path / "in", target]


@pytest.mark.usefixtures("in_two_steps")
@pytest.mark.parametrize(
    ("error", "raised"), [(OSError(13, "Denied"), TargetError), (KeyboardInterrupt(), KeyboardInterrupt)]
)
def test_where_the_second_step_fails_the_old_product_is_back(product, tmp_path, monkeypatch, error, raised):
    target, rename = tmp_path / "out.SAFE", os.rename
    copy(product, target)
    (target / "old.txt").write_text("old")

    def fail(old, new):
        if old.suffix == ".part":
            raise error
        rename(old, new)

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(raised):
        copy(product, target, overwrite=True)
    assert (target / "old.txt").exists()
    assert sorted(tmp_path.iterdir()) == [tmp_path / "in", target]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_that_is_no_product_is_never_replaced(product, tmp_path, overwrite):
    target = tmp_path / "out.SAFE"
    target.mkdir()
    (target / "thesis.tex").write_text("years of work")
    with pytest.raises(TargetError, match="no product has this name"):
        copy(product, target, overwrite)
    assert [path.name for path in target.iterdir()] == ["thesis.tex"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs permissions that bind")
def test_a_folder_that_cannot_be_written_is_one_sentence(product, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(TargetError, match=r"^out.SAFE cannot be written"):
        copy(product, locked / "out.SAFE")


def test_a_missing_folder_above_the_parent_is_one_sentence(product, tmp_path):
    with pytest.raises(TargetError, match=r"^The folder .* for out.SAFE does not exist"):
        copy(product, tmp_path / "no" / "such" / "out.SAFE")
    assert not (tmp_path / "no").exists()


def test_a_disk_that_fills_up_leaves_nothing(product, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(TargetError, match=r"^The disk is full"):
        copy(product, tmp_path / "out.SAFE")
    assert sorted(tmp_path.iterdir()) == [tmp_path / "in"]


@pytest.mark.parametrize("path", ["measurement/s1b-iw-grd-vv-20211223t051122-20211223t051147-030148-039993-001.tiff"])
def test_a_file_where_an_image_belongs_is_damage(product, tmp_path, path):
    with open_product(product) as source:
        annexes = {**source.annexes(), path: b"x"}
    with pytest.raises(DamagedFileError, match="twice"):
        SafeWriter(tmp_path / "out.SAFE", annexes)


def test_a_manifest_that_leads_elsewhere_writes_nothing(product, tmp_path):
    with open_product(product) as source:
        annexes = dict(source.annexes())
    annexes[MANIFEST] = annexes[MANIFEST].replace(b"./measurement/", b"../../measurement/")
    with pytest.raises(InputError, match="stays inside"):
        SafeWriter(tmp_path / "out.SAFE", annexes)
    assert sorted(tmp_path.iterdir()) == [tmp_path / "in"]


def test_a_mask_goes_back_with_its_image(product, tmp_path):
    with open_product(product) as source:
        info = replace(source.info, mask=MaskKind.BANDS)
        window = Window(0, 0, 60, 70)
        pixels = source.read(0, window)
        pixels.void[10:20, 30:40] = 8
        with SafeWriter(tmp_path / "out.SAFE", source.annexes()) as writer:
            with writer.image(0, 0, info, {}) as image:
                image.write(0, window, pixels)
                image.finish()
            writer.finish()
            path = tmp_path / "out.SAFE" / writer.measurements[0].path
    with rasterio.open(path) as image:
        masked = image.read_masks(1) == 0
    assert masked[10:20, 30:40].all()
    assert masked.sum() == 100


@pytest.mark.parametrize(
    ("target", "name", "expected"),
    [
        ("out", NAME, f"out/{NAME}"),
        ("out", "scene", "out/scene.SAFE"),
        ("out.SAFE", NAME, "out.SAFE"),
        ("a/Out.safe", "../evil", "a/Out.safe"),
    ],
)
def test_the_folder_is_the_target_itself_or_in_it(target, name, expected):
    assert safe_target(Path(target), name) == Path(expected)


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/b", "", "..", "C:evil", "a\0b"])
def test_a_name_that_leads_elsewhere_is_refused(name):
    if name in ("", ".."):  # become ".SAFE" and "...SAFE", which are names
        assert safe_target(Path("out"), name).parent == Path("out")
        return
    with pytest.raises(DamagedFileError, match="no name of a folder"):
        safe_target(Path("out"), name)
