"""SAFE to .sarz to SAFE: images within their error, everything else byte for byte, calibration included."""

from __future__ import annotations

from threading import Event

import numpy as np
import pytest
import rasterio

from sargui.container import LayerKind, Reader
from sargui.core.errors import DamagedFileError, JobCancelled, RequestError, TargetError
from sargui.core.types import Window
from sargui.engine.calibrated import Quantity, calibration_of, read_calibrated
from sargui.engine.describe import describe
from sargui.engine.requests import Describe
from sargui.engine.sources import open_source

NAME = "S1B_IW_GRDH_1SDV_20211223T051122_20211223T051147_030148_039993_5371.SAFE"


@pytest.fixture(scope="module")
def product(make_safe, tmp_path_factory):
    return make_safe(tmp_path_factory.mktemp("product"))


@pytest.fixture(scope="module")
def packed(product, pack, tmp_path_factory):
    """Return the compressed product and what compression said."""
    target = tmp_path_factory.mktemp("packed") / "product.sarz"
    return target, pack(product, target, 90.0)


def test_an_incomplete_product_comes_back_as_it_was(make_safe, pack, unpack, tmp_path):
    product = make_safe(tmp_path)
    gone = next((product / "measurement").glob("*-vh-*"))
    gone.unlink()
    said = pack(product, tmp_path / "product.sarz").notice
    assert said == f"The product is incomplete: measurement/{gone.name} is missing, which its manifest names."
    back = unpack(tmp_path / "product.sarz", tmp_path / "out", safe=True).target
    assert set(files(back)) == set(files(product))


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_product_comes_back_with_its_files_byte_for_byte(product, packed, unpack, tmp_path):
    result = unpack(packed[0], tmp_path / "out", safe=True)
    assert (result.target, result.damaged) == (tmp_path / "out" / NAME, ())
    before, after = files(product), files(result.target)
    assert before.keys() == after.keys()
    assert result.file_bytes == sum(map(len, after.values()))
    assert {name for name in before if before[name] != after[name]} == {name for name in before if name[-5:] == ".tiff"}
    assert [path.name for path in (tmp_path / "out").iterdir()] == [NAME]


def test_gdals_own_driver_reads_the_images_within_their_error(product, packed, unpack, tmp_path):
    unpack(packed[0], tmp_path / "back.SAFE", safe=True)
    with rasterio.open(product) as one, rasterio.open(tmp_path / "back.SAFE" / "manifest.safe") as other:
        assert other.driver == "SAFE"
        assert [other.tags(band) for band in (1, 2)] == [one.tags(band) for band in (1, 2)]
        assert len(other.gcps[0]) == 12
        before, after = one.read().astype(float), other.read().astype(float)
    measured = before > 0
    assert ((after > 0) == measured).all()
    errors_db = 20 * np.log10(after[measured] / before[measured])
    assert 0 < np.sqrt(np.mean(errors_db**2)) < 1


def test_images_say_how_they_came_to_be(packed, unpack, tmp_path):
    unpack(packed[0], tmp_path / "back.SAFE", safe=True)
    for path in (tmp_path / "back.SAFE" / "measurement").iterdir():
        with rasterio.open(path) as image:
            assert image.tags(ns="SARGUI")["CHECKPOINT"] == "tiny"
            assert image.tags()["TIFFTAG_IMAGEDESCRIPTION"] == "Sentinel-1B IW GRD HR L1"


def test_calibration_works_on_the_compressed_file_as_on_the_product(product, packed):
    window = Window(40, 3, 30, 50)
    with open_source(product) as original, open_source(packed[0], device="cpu") as decoded:
        for band in (0, 1):
            table = calibration_of(original, band)
            same = calibration_of(decoded, band)
            rows, cols = np.arange(40, 70), np.arange(3, 53)
            for quantity in Quantity:
                np.testing.assert_array_equal(table.table(rows, cols, quantity), same.table(rows, cols, quantity))
            np.testing.assert_array_equal(table.noise(rows, cols), same.noise(rows, cols))
            digital = decoded.read(band, window).values.astype(float)
            sigma0 = read_calibrated(decoded, band, window, same)
            expected = np.where(digital, digital**2 / table.table(rows, cols, Quantity.SIGMA0) ** 2, np.nan)
            assert np.isnan(expected).any()  # the margin, where nothing was measured
            np.testing.assert_allclose(sigma0, expected)
            denoised = read_calibrated(decoded, band, window, same, remove_noise=True)
            assert not (denoised > sigma0).any()
            assert (denoised < sigma0).any()


def test_the_tables_differ_between_polarizations(product):
    with open_source(product) as source:
        vv, vh = (calibration_of(source, band) for band in (0, 1))
    rows, cols = np.arange(5), np.arange(5)
    assert (vv.table(rows, cols, Quantity.SIGMA0) != vh.table(rows, cols, Quantity.SIGMA0)).all()


def test_the_files_are_reported_beside_the_pixels(product, packed):
    path, result = packed
    with Reader(path) as reader:
        sizes = reader.sizes()
        assert reader.annexes() == {name: content for name, content in files(product).items() if name[-5:] != ".tiff"}
    assert sizes["annexes"] > 1000
    assert sizes["pixels"] == result.pixel_bytes < result.file_bytes - sizes["annexes"]
    described = describe(Describe(path), lambda progress: None, Event())
    assert described.info.product == "sentinel-1-safe"
    assert described.container["annexes"]["manifest.safe"] == (product / "manifest.safe").stat().st_size


def test_a_raster_is_not_made_a_product(pack, unpack, write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", np.sqrt(power_of(64, 64)).astype(np.uint16))
    pack(source, tmp_path / "scene.sarz", kind="amplitude")
    with pytest.raises(RequestError, match=r"^scene.sarz was not made from a SAFE product"):
        unpack(tmp_path / "scene.sarz", tmp_path / "out", safe=True)
    assert not (tmp_path / "out").exists()
    with open_source(source, "amplitude") as opened:
        assert calibration_of(opened, 0) is None


@pytest.mark.parametrize("options", [{"window": Window(0, 0, 9, 9)}, {"cog": True}])
def test_a_product_is_written_whole(packed, unpack, tmp_path, options):
    with pytest.raises(RequestError, match="--window and --cog"):
        unpack(packed[0], tmp_path / "out", safe=True, **options)


def test_damaged_files_are_named_and_nothing_is_written(packed, unpack, tmp_path):
    content = bytearray(packed[0].read_bytes())
    content[content.index(b"manifest.safe") + 40] ^= 1
    (tmp_path / "hurt.sarz").write_bytes(content)
    with pytest.raises(DamagedFileError, match="annexes layer fails its checksum"):
        unpack(tmp_path / "hurt.sarz", tmp_path / "out", safe=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hurt.sarz"]
    unpack(tmp_path / "hurt.sarz", tmp_path / "back.tif")
    described = describe(Describe(tmp_path / "hurt.sarz"), lambda progress: None, Event())
    assert described.container["annexes"] == {}
    assert described.container["damaged_layers"] == ["annexes layer"]


def test_without_its_metadata_nobody_knows_what_product_a_file_was(packed, unpack, tmp_path):
    content = bytearray(packed[0].read_bytes())
    with Reader(packed[0]) as reader:
        content[content.index(reader.layer(LayerKind.METADATA)) + 9] ^= 1
    (tmp_path / "hurt.sarz").write_bytes(content)
    with pytest.raises(DamagedFileError, match="metadata layer fails its checksum"):
        unpack(tmp_path / "hurt.sarz", tmp_path / "out", safe=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hurt.sarz"]


def test_cancelling_leaves_nothing(packed, unpack, tmp_path):
    cancel = Event()
    with pytest.raises(JobCancelled):
        unpack(packed[0], tmp_path / "out", safe=True, cancel=cancel, report=lambda progress: cancel.set())
    assert list(tmp_path.iterdir()) == []


def test_the_file_being_read_is_not_replaced(product, packed, pack, unpack, tmp_path):
    unpack(packed[0], tmp_path / "out.SAFE", safe=True)
    inside = tmp_path / "out.SAFE" / "packed.sarz"
    inside.write_bytes(packed[0].read_bytes())
    with pytest.raises(TargetError, match="holds the file being read"):
        unpack(inside, tmp_path / "out.SAFE", safe=True, overwrite=True)
    assert inside.exists()


def test_a_geotiff_of_a_product_has_both_polarizations(packed, unpack, read, tmp_path):
    unpack(packed[0], tmp_path / "back.tif")
    assert read(tmp_path / "back.tif").shape == (2, 200, 300)
    with rasterio.open(tmp_path / "back.tif") as dataset:
        assert dataset.descriptions == ("VV", "VH")
