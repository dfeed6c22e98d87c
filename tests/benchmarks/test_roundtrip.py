"""Tests of the round-trip table: every input of it goes through a container, and the comparison sees what is lost."""

import warnings
from collections.abc import Iterator

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning

from benchmarks.inputs import Input, inputs
from benchmarks.roundtrip import FACTS, compare, send
from sargui.core import catalogue

FORMATS = ("ENVI", "HFA", "NITF", "netCDF, a raster inside", "HDF5, a raster inside")
CANNOT = {  # by title: what does not come back, and that is meant
    "complex_int16, `--detect`": ["type"],
    "complex64, `--detect`": ["type"],
    "complex128, `--detect`": ["type"],
    **{title: ["color interpretation"] for title in FORMATS},  # a GeoTIFF's first band without one is gray
}
SOON = (  # each fact is at stake in one of them
    "int8, nodata",
    "complex_int16, `--detect`",
    "GCPs of a PixelIsPoint file",
    "RPCs",
    "the same, `--cog`",
    "color table, a ramp of grays",
    "mask inside, and nodata",
    "masks of each band",
    "alpha",
    "NaN, +∞, −∞",
    "HDF5, a raster inside",
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> dict[str, Input]:
    """Return all inputs by title."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return {item.title: item for item in inputs(tmp_path_factory.mktemp("inputs"))}


@pytest.fixture
def result(written, tiny_models, tmp_path, monkeypatch):
    """Send an input through a container; return what came back and what did not."""
    monkeypatch.setattr(catalogue, "model_folders", lambda: [tiny_models])

    def result(title: str) -> tuple[list[str], list[str]]:
        item = written[title]
        return compare(item.name, send(item, tmp_path, quality=90.0, effort="fast")[1])

    return result


def test_everything_comes_back(result):
    found = {title: result(title) for title in SOON}
    assert {title: lost for title, (_, lost) in found.items()} == {title: CANNOT.get(title, []) for title in SOON}
    assert {fact for kept, _ in found.values() for fact in kept} == set(FACTS)


@pytest.mark.long
def test_everything_comes_back_of_every_input(result, written):
    lost = {title: result(title)[1] for title in written}
    assert {title: facts for title, facts in lost.items() if facts} == CANNOT


def test_the_comparison_sees_a_lost_fact(tmp_path):
    profile = {"driver": "GTiff", "count": 1, "height": 4, "width": 5, "dtype": "uint8"}
    with rasterio.open(tmp_path / "bare.tif", "w", **profile) as dataset:
        dataset.write(np.ones((1, 4, 5), np.uint8))
    with rasterio.open(tmp_path / "rich.tif", "w", crs="EPSG:4326", nodata=1, **profile) as dataset:
        dataset.update_tags(ns="SAFE", ORBIT="12")
        dataset.update_tags(1, POLARIZATION="VV")
        dataset.descriptions = ("VV",)
        dataset.write(np.ones((1, 4, 5), np.uint8))
    kept, lost = compare(tmp_path / "rich.tif", tmp_path / "bare.tif")
    assert kept == ["size", "type", "color interpretation"]
    assert lost == ["nodata", "void pixels", "mask", "CRS", "names", "tags", "tags of bands"]
