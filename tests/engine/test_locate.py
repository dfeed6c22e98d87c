"""Tests of sargui.engine.locate: the place of a scene is that of its container."""

from pathlib import Path
from threading import Event

import numpy as np
import pytest
import rasterio

from sargui.core.types import Georeference, ProductInfo
from sargui.engine.locate import locate
from sargui.engine.readings import Locate
from sargui.engine.sources import open_source


def place(info, path=Path("scene.tif")):
    return locate(Locate(info, path), lambda progress: None, Event())


def test_a_scene_and_its_container_lie_at_one_place(power_of, write, pack, tmp_path):
    affine = rasterio.Affine(10, 0, 500_000, 0, -10, 5_000_000)
    source = write(tmp_path / "scene.tif", power_of(60, 70).astype("float32"), crs="EPSG:32633", transform=affine)
    box = pack(source, tmp_path / "scene.sarz").target
    with (
        open_source(source) as original,
        open_source(box, device="cpu") as decoded,
        place(original.info) as here,
        place(decoded.info) as there,
    ):
        assert here.meters_per_pixel == there.meters_per_pixel
        np.testing.assert_array_equal(here.lonlat([0, 59], [0, 69]), there.lonlat([0, 59], [0, 69]))
        assert here.lonlat(0, -0.5)[0] == pytest.approx(15, abs=1e-12)


def test_a_scene_without_a_georeference_lies_nowhere():
    assert place(ProductInfo("scene.tif", 5, 5, ())) is None


def test_a_product_whose_images_do_not_say_where_they_lie_and_its_container_lie_where_it_does(
    make_safe, pack, tmp_path
):
    product = make_safe(tmp_path, polarizations=("vv",), points=False)
    box = pack(product, tmp_path / "scene.sarz").target
    for path in (product, box):
        with open_source(path, device="cpu") as source, place(source.info, path) as here:
            assert source.info.georeference == Georeference()
            np.testing.assert_allclose(here.lonlat([0, 199], [0, 299]), [[15.3, 15.26014], [42.4, 42.38807]], atol=1e-8)


def test_a_product_whose_files_cannot_be_read_has_no_place_and_that_is_logged(make_safe, tmp_path, caplog):
    product = make_safe(tmp_path, polarizations=("vv",), points=False)
    with open_source(product) as source:
        info = source.info
    next(product.glob("annotation/*.xml")).rename(tmp_path / "lost.xml")
    assert place(info, product) is None
    (product / "manifest.safe").unlink()
    assert place(info, product) is None
    assert "is shown without a place" in caplog.text
