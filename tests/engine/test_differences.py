"""Tests of sargui.engine.differences: every fact is told apart, and no original differs from its own container."""

import warnings
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning

from benchmarks.inputs import inputs
from sargui.core.types import BandInfo, Georeference, GroundControlPoint, Kind, MaskKind, ProductInfo
from sargui.engine.differences import FACTS, differences
from sargui.engine.requests import Verify
from sargui.engine.verify import verify

BAND = BandInfo("float32", Kind.POWER, nodata=float("nan"), tags={"": {"POLARIZATION": "VV"}})
PLAIN = ProductInfo("a", 3, 4, (BAND,), Georeference("WGS84", (1, 0, 5, 0, -1, 9)), {"": {"MISSION": "S1A"}})
OTHERS = {
    "type": replace(PLAIN, bands=(replace(BAND, dtype="float64"),)),
    "nodata": replace(PLAIN, bands=(replace(BAND, nodata=-9999.0),)),
    "mask": replace(PLAIN, mask=MaskKind.DATASET),
    "CRS": replace(PLAIN, georeference=replace(PLAIN.georeference, crs_wkt="UTM")),
    "affine": replace(PLAIN, georeference=replace(PLAIN.georeference, affine=None)),
    "GCPs": replace(PLAIN, georeference=replace(PLAIN.georeference, gcps=(GroundControlPoint(0, 0, 1, 1),))),
    "descriptions": replace(PLAIN, bands=(replace(BAND, description="VH"),)),
    "units": replace(PLAIN, bands=(replace(BAND, unit="m"),)),
    "scale and offset": replace(PLAIN, bands=(replace(BAND, scale=2.0),)),
    "color": replace(PLAIN, bands=(replace(BAND, color="red"),)),
    "tags": replace(PLAIN, tags={"": {"MISSION": "S1B"}}),
    "tags of bands": replace(PLAIN, bands=(replace(BAND, tags={}),)),
}
SOON = ("complex64, `--detect`", "RPCs", "names, units, scale, offset, tags", "alpha", "nodata is NaN", "ENVI")


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_is_told_apart(fact):
    assert differences(PLAIN, OTHERS[fact]) == (fact,)


def test_name_format_kind_and_our_own_tags_make_no_difference():
    ours = {"SARGUI": {"LOSSY": "yes"}, "EMPTY": {}, **PLAIN.tags}
    band = replace(BAND, kind=Kind.DB, nodata=float("nan"), tags={**BAND.tags, "SARGUI": {"KIND": "db"}})
    same = replace(PLAIN, name="b", driver="GTiff", source_bytes=7, bands=(band,), tags=ours)
    assert differences(PLAIN, same) == ()


@pytest.fixture
def check(pack, tmp_path):
    """Compress a raster and say in what its container differs from it."""

    def run(source: Path, **options):
        packed = pack(source, tmp_path / "there.sarz", overwrite=True, effort="fast", **options)
        return verify(Verify(packed.target, source, "cpu"), lambda progress: None, Event()).differing

    return run


@pytest.fixture
def written(tmp_path):
    """Return a raster of every kind."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return list(inputs(tmp_path))


def test_no_original_differs_from_its_container(check, written):
    found = {item.title: check(Path(item.name), detect=item.detect) for item in written if item.title in SOON}
    assert found == dict.fromkeys(SOON, ())


@pytest.mark.long
def test_no_original_of_any_kind_differs_from_its_container(check, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        found = {item.title: check(Path(item.name), detect=item.detect) for item in inputs(tmp_path)}
    assert {title: facts for title, facts in found.items() if facts} == {}


def test_a_product_does_not_differ_from_its_container_nor_from_what_comes_back(check, make_safe, unpack, tmp_path):
    assert check(make_safe(tmp_path, rows=80, cols=90)) == ()
    unpack(tmp_path / "there.sarz", tmp_path / "back.SAFE", safe=True)
    again = verify(Verify(tmp_path / "there.sarz", tmp_path / "back.SAFE", "cpu"), lambda progress: None, Event())
    assert again.differing == ()


def test_what_was_decompressed_is_compared_as_any_raster(check, write, unpack, power_of, tmp_path):
    place = {"crs": "EPSG:32633", "transform": rasterio.Affine(10, 0, 5e5, 0, -10, 4e6)}
    check(write(tmp_path / "a.tif", power_of(40, 50).astype(np.float32), {"MISSION": "S1A"}, **place))
    unpack(tmp_path / "there.sarz", tmp_path / "back.tif")
    again = verify(Verify(tmp_path / "there.sarz", tmp_path / "back.tif", "cpu"), lambda progress: None, Event())
    assert again.differing == ()


def test_the_same_pixels_under_another_description_differ(check, write, power_of, tmp_path):
    power = power_of(40, 50).astype(np.float32)
    check(write(tmp_path / "a.tif", power, crs="EPSG:32633", transform=rasterio.Affine(10, 0, 5e5, 0, -10, 4e6)))
    profile = {"crs": "EPSG:32634", "transform": rasterio.Affine(20, 0, 5e5, 0, -20, 4e6), "nodata": -9999}
    other = write(tmp_path / "b.tif", power.astype(np.float64), **profile)
    found = verify(Verify(tmp_path / "there.sarz", other, "cpu"), lambda progress: None, Event())
    assert found.differing == ("type", "nodata", "CRS", "affine")
    assert found.quality.rmse_db > 0
