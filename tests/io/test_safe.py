"""Sentinel-1 products: polarizations as bands, all other files as annexes, and one sentence for what cannot be used."""

import os
import shutil
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio

from sargui.core.errors import InputError, UnreadableRasterError, UnsupportedRasterError
from sargui.core.types import Kind, Void, Window
from sargui.io import open_product, safe


@pytest.fixture
def product(make_safe, tmp_path):
    return make_safe(tmp_path)


def zipped(product, name="product.zip", above=None):
    """Pack a product as it is delivered: its folder and everything in it."""
    path = product.parent / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(product.rglob("*")):
            archive.write(file, file.relative_to(product.parent if above is None else above))
    return path


def images(product):
    """Return what GDAL reads of the measurements, in the order of their numbers."""
    found = []
    for path in sorted((product / "measurement").glob("*.tiff"), key=lambda path: path.stem[-3:]):
        with rasterio.open(path) as image:
            found.append((image.read(1), image.gcps[0], image.tags()))
    return found


def change(product, before, after):
    path = product / "manifest.safe"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def forms(product):
    """Return the paths by which a product may be named."""
    return [product, product / "manifest.safe", zipped(product), zipped(product, "flat archive é.zip", product)]


def test_every_form_of_a_product_reads_as_its_images_do(product):
    expected = images(product)
    for path in forms(product):
        with open_product(path) as source:
            assert source.info.shape == (200, 300)
            for band, (values, _, _) in enumerate(expected):
                pixels = source.read(band, Window(17, 5, 90, 211))
                np.testing.assert_array_equal(pixels.values, values[17:107, 5:216])
                assert (pixels.void == Void.VALID).all()
                assert source.preview(band, 50).shape == (34, 50)


def test_a_product_says_what_its_images_say(product):
    (_, points, tags), (_, _, other_tags) = images(product)
    with open_product(product) as source:
        info = source.info
    assert (info.name, info.product, info.driver) == (product.name, "sentinel-1-safe", "GTiff")
    assert info.source_bytes == sum(file.stat().st_size for file in product.rglob("*") if file.is_file())
    assert [(band.description, band.dtype, band.kind) for band in info.bands] == [
        ("VV", "uint16", Kind.AMPLITUDE),
        ("VH", "uint16", Kind.AMPLITUDE),
    ]
    assert [(p.row, p.col, p.x, p.y, p.z) for p in info.georeference.gcps] == [
        (p.row, p.col, p.x, p.y, p.z) for p in points
    ]
    assert '"4326"' in info.georeference.gcps_crs_wkt
    dates = [band.tags[""]["TIFFTAG_DATETIME"] for band in info.bands]
    assert dates == [tags.pop("TIFFTAG_DATETIME"), other_tags.pop("TIFFTAG_DATETIME")]  # differ from image to image
    assert info.tags[""] == tags == other_tags


def test_bands_come_in_the_order_of_the_images_numbers(make_safe, tmp_path):
    product = make_safe(tmp_path, polarizations=("hh", "hv"))
    with open_product(product) as source:
        assert [band.description for band in source.info.bands] == ["HH", "HV"]


def test_images_may_be_cloud_optimized(product):
    for image in list((product / "measurement").iterdir()):
        image.rename(image.with_stem(f"{image.stem}-cog"))
    change(product, ".tiff", "-cog.tiff")
    with open_product(product) as source:
        assert [band.description for band in source.info.bands] == ["VV", "VH"]


def test_a_product_of_one_polarization_has_one_band(make_safe, tmp_path):
    with open_product(make_safe(tmp_path, polarizations=("vv",))) as source:
        assert [band.description for band in source.info.bands] == ["VV"]


def test_the_user_may_say_what_the_numbers_are(product):
    with open_product(product, Kind.POWER) as source:
        assert {band.kind for band in source.info.bands} == {Kind.POWER}


def test_annexes_are_all_files_but_the_images(product):
    expected = {
        file.relative_to(product).as_posix(): file.read_bytes()
        for file in product.rglob("*")
        if file.is_file() and file.suffix != ".tiff"
    }
    assert len(expected) == 10
    image = next((product / "measurement").iterdir())
    image.with_name(image.name + ".aux.xml").write_text("<PAMDataset/>")
    image.with_name(image.name + ".ovr").write_bytes(b"overviews")
    for path in forms(product):
        with open_product(path) as source:
            assert source.annexes() == expected


def test_annexes_of_any_size_are_not_loaded(product, monkeypatch):
    monkeypatch.setattr(safe, "MAX_ANNEXES_BYTES", 1000)
    with open_product(product) as source, pytest.raises(UnsupportedRasterError, match="more than 0 MiB beside"):
        source.annexes()


def test_complex_products_say_which_image_to_open(make_safe, tmp_path):
    product = make_safe(tmp_path, polarizations=("vv",), product_type="SLC")
    for detect in (False, True):
        with pytest.raises(UnsupportedRasterError, match=r"1 complex images.*measurement/s1b.*-vv-.*tiff.*--detect"):
            open_product(product, detect=detect)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (">GRD<", ">OCN<", "type OCN"),
        (">SENTINEL-1<", ">SENTINEL-2<", "SENTINEL-2"),
        ("s1Level1MeasurementSchema", "other", "names no image"),
        ('href="./measurement/', 'href="../measurement/', "stays inside"),
        ('href="./measurement/', 'href="/measurement/', "stays inside"),
        ('href="./measurement/', 'href="file:///measurement/', "stays inside"),
        ('href="./measurement/s1b-iw-grd-v', 'href="./measurement/s1b-iw-grd-', "does not name its polarization"),
        ("</xfdu:XFDU>", "", "not valid XML"),
        ("<xfdu:XFDU", '<!DOCTYPE a [<!ENTITY b "c">]><xfdu:XFDU', "declares a document type"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_one_sentence(product, before, after, sentence):
    change(product, before, after)
    for path in (product, zipped(product)):
        with pytest.raises(InputError, match=sentence) as caught:
            open_product(path)
        assert product.name in str(caught.value)


def test_a_missing_image_is_named_and_the_other_opened(product):
    gone = next((product / "measurement").glob("*-vh-*"))
    gone.unlink()
    for path in (product, zipped(product)):
        with open_product(path) as source:
            assert [band.description for band in source.info.bands] == ["VV"]
            assert source.info.tags["SARGUI"]["MISSING"] == f"measurement/{gone.name}"
            assert gone.name.replace(".tiff", ".xml") in {Path(name).name for name in source.annexes()}


def test_a_product_without_images_is_refused(product):
    for image in (product / "measurement").iterdir():
        image.unlink()
    with pytest.raises(UnreadableRasterError, match=r"incomplete: measurement/.* is missing"):
        open_product(product)


def test_an_image_that_is_none_is_named(product):
    broken = next((product / "measurement").glob("*-vh-*"))
    broken.write_bytes(b"II*\0")
    with pytest.raises(UnreadableRasterError, match=broken.name):
        open_product(product)


def test_images_of_two_sizes_are_refused(product, make_safe, tmp_path):
    (tmp_path / "larger").mkdir()
    larger = make_safe(tmp_path / "larger", rows=201)
    for path in (larger / "measurement").glob("*-vh-*"):
        shutil.copy(path, product / "measurement")
    with pytest.raises(UnsupportedRasterError, match="differ in size"):
        open_product(product)


def test_a_product_without_its_manifest_is_incomplete(product):
    (product / "manifest.safe").unlink()
    with pytest.raises(UnreadableRasterError, match=r"holds no manifest.safe"):
        open_product(product)


def test_an_archive_with_traps_is_refused(product):
    path = zipped(product)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../evil.txt", b"x")
    with pytest.raises(UnreadableRasterError, match=r"^product.zip cannot be used: '\.\./\.\./evil.txt' is no path"):
        open_product(path)


def test_an_archive_that_unpacks_to_gigabytes_costs_nothing(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.SAFE/manifest.safe", "w") as file:
        for _ in range(200):
            file.write(bytes(1 << 20))
    tracemalloc.start()
    with pytest.raises(UnreadableRasterError, match="of a sensible size"):
        open_product(path)
    assert tracemalloc.get_traced_memory()[1] < 1 << 22
    tracemalloc.stop()


def test_an_archive_that_is_cut_short_is_refused(product):
    path = zipped(product)
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(UnreadableRasterError, match="not a whole ZIP archive"):
        open_product(path)


def test_an_archive_of_two_products_is_refused(product):
    path = zipped(product)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("other.SAFE/manifest.safe", b"")
    with pytest.raises(UnsupportedRasterError, match="holds 2 products"):
        open_product(path)


def test_another_archive_is_no_product(tmp_path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", b"nothing here")
    with pytest.raises(UnreadableRasterError, match="not a raster"):
        open_product(path)


def test_annexes_do_not_follow_links_out_of_the_product(product, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    os.symlink(secret, product / "support" / "link.xsd")
    with (
        open_product(product) as source,
        pytest.raises(UnreadableRasterError, match=r"support/link.xsd .*leads elsewhere"),
    ):
        source.annexes()


def test_a_linked_folder_is_not_passed_over_in_silence(product, tmp_path):
    shutil.move(product / "support", tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", product / "support")
    with pytest.raises(UnreadableRasterError, match=r"support of .* is no file"):
        open_product(product)


def test_no_file_stays_open(product):
    path = zipped(product)
    before = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
    with open_product(path) as source:
        source.read(0, Window(0, 0, 5, 5))
    change(product, ">GRD<", ">OCN<")
    with pytest.raises(InputError):
        open_product(zipped(product))
    after = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
    assert len(after) <= len(before)
