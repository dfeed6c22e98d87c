"""Tests of sargui.engine.describe: what a raster and a container say of themselves, without a checkpoint."""

from threading import Event

import numpy as np
import pytest

from sargui.container import Reader, TileKey
from sargui.core.types import Kind
from sargui.engine.describe import describe
from sargui.engine.requests import Describe


def said(path, kind=None, **options):
    return describe(Describe(path, kind, **options), lambda progress: None, Event())


@pytest.fixture
def files(pack, write, power_of, tmp_path):
    values = np.stack([np.sqrt(power_of(40, 600))] * 2).astype(np.uint16)
    source = write(tmp_path / "scene.tif", values, nodata=0)
    return source, pack(source, tmp_path / "scene.sarz", 33)


def test_a_raster_has_a_size_and_bands_and_no_container(files):
    found = said(files[0])
    assert found.container is None
    assert found.info.shape == (40, 600)
    assert [(band.dtype, band.kind, band.nodata) for band in found.info.bands] == [("uint16", Kind.AMPLITUDE, 0)] * 2
    assert said(files[0], Kind.POWER).info.bands[0].kind is Kind.POWER


def test_a_container_says_the_same_and_how_it_was_made(files, monkeypatch):
    monkeypatch.setattr("sargui.core.catalogue.model_folders", list)
    source, result = files
    found = said(result.target)
    assert found.info.bands == said(source).info.bands
    box = found.container
    assert (box["model"], box["quality"], box["tiles"]) == ("tiny", 33, 4)
    parts = dict(box["bytes"])
    total, pixels = parts.pop("total"), parts.pop("pixels")
    assert sum(parts.values()) == total == result.target.stat().st_size
    assert pixels == result.pixel_bytes
    assert box["bits_per_pixel"] == pytest.approx(8 * pixels / (40 * 600 * 2))
    assert box["ratio"] == pytest.approx(2 * 40 * 600 * 2 / total)


def test_damaged_tiles_are_named_if_they_are_looked_for(files):
    path = files[1].target
    assert said(path, check=True).container["damaged"] == []
    content = bytearray(path.read_bytes())
    with Reader(path) as reader:
        content[content.find(reader.payload(TileKey(0, 0, 0, 1))) + 30] ^= 1
    path.write_bytes(content)
    assert said(path, check=True).container["damaged"] == ["tile (0, 1) of band 1"]
    assert "damaged" not in said(path).container
