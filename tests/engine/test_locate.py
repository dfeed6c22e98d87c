"""Tests of sargui.engine.locate: the place of a scene is that of its container."""

from threading import Event

import numpy as np
import pytest
import rasterio

from sargui.core.types import ProductInfo
from sargui.engine.locate import locate
from sargui.engine.readings import Locate
from sargui.engine.sources import open_source


def place(info):
    return locate(Locate(info), lambda progress: None, Event())


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
