"""Tests of sargui.io.labels: a product written back says what it said; rasterio compares."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning

AXES = ("LINE", "SAMP", "LAT", "LONG", "HEIGHT")
RPC = {f"{axis}_{part}": value for axis in AXES for part, value in (("OFF", "1"), ("SCALE", "2"))}
RPC |= {f"{axis}_{part}_COEFF": " ".join(["0.5"] * 20) for axis in ("LINE", "SAMP") for part in ("NUM", "DEN")}


def facts(path: Path, *names: str) -> list[object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as dataset:
            return [getattr(dataset, name) for name in names]


def tags(path: Path, band: int = 0, namespace: str | None = None) -> dict[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as dataset:
            return dataset.tags(band, ns=namespace)


def gcps(path: Path) -> list[tuple[float, ...]]:
    (points, crs), *_ = facts(path, "gcps")
    return [(p.row, p.col, p.x, p.y, p.z) for p in points] + [crs.to_epsg()]


def test_labels_of_bands_survive(make_raster, there_and_back):
    def touch(dataset):
        dataset.descriptions = ("VV é", None)
        dataset.units = ("m2/m2", "")
        dataset.scales, dataset.offsets = (0.5, 1.0), (0.0, 7.0)
        dataset.update_tags(2, ns="RADAR", BAND="C")
        dataset.update_tags(1, POLARIZATION="VV")

    old, new = there_and_back(make_raster(np.ones((2, 5, 6), np.float32), touch=touch, nodata=-3.4028234663852886e38))
    names = ("descriptions", "units", "scales", "offsets", "nodatavals", "dtypes", "shape", "colorinterp")
    assert facts(new, *names) == facts(old, *names)
    assert tags(new, 1) == tags(old, 1) == {"POLARIZATION": "VV"}
    assert tags(new, 2, "RADAR") == {"BAND": "C"}


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("photometric", ["rgb", "minisblack"])
def test_colors_of_bands_survive(make_raster, there_and_back, dtype, photometric):
    old, new = there_and_back(make_raster(np.ones((3, 5, 6), dtype), photometric=photometric))
    assert facts(new, "colorinterp") == facts(old, "colorinterp")


@pytest.mark.parametrize("where", ["Area", "Point"])
def test_crs_and_affine_survive(make_raster, there_and_back, where):
    old, new = there_and_back(
        make_raster(
            np.ones((5, 6), np.uint8),
            crs=CRS.from_epsg(32633),
            transform=Affine(10, 0.5, 5e5, 0.25, -10, 4e6),
            touch=lambda dataset: dataset.update_tags(AREA_OR_POINT=where),
        )
    )
    assert facts(new, "crs", "transform") == facts(old, "crs", "transform")
    assert facts(new, "transform") == [Affine(10, 0.5, 5e5, 0.25, -10, 4e6)]
    assert tags(new) == tags(old)


@pytest.mark.parametrize("where", ["Area", "Point"])
def test_ground_control_points_survive_where_they_are(make_raster, there_and_back, where):
    def touch(dataset):
        dataset.update_tags(AREA_OR_POINT=where)
        points = [GroundControlPoint(0.5 * i, 1.25 * i * i, 10 + i, 20 - i / 3, 100 * i) for i in range(5)]
        dataset.gcps = (points, CRS.from_epsg(4326))

    old, new = there_and_back(make_raster(np.ones((5, 6), np.uint16), touch=touch))
    assert gcps(new) == gcps(old)
    assert tags(new)["AREA_OR_POINT"] == where


def test_rational_polynomials_survive(make_raster, there_and_back):
    old, new = there_and_back(
        make_raster(np.ones((5, 6), np.uint8), touch=lambda dataset: dataset.update_tags(ns="RPC", **RPC))
    )
    assert facts(new, "rpcs")[0].to_dict() == facts(old, "rpcs")[0].to_dict()
    assert facts(new, "rpcs")[0].line_num_coeff == [0.5] * 20


def test_tags_survive_by_namespace(make_raster, there_and_back):
    def touch(dataset):
        dataset.update_tags(MISSION="S1A", TIFFTAG_SOFTWARE="ESA IPF", FORMULA="a=b\nc", EMPTY="", OMEGA="Ω < & >")
        dataset.update_tags(ns="SAFE", ORBIT="12")

    old, new = there_and_back(make_raster(np.ones((5, 6), np.uint8), touch=touch))
    assert tags(new) == tags(old)
    assert tags(new)["OMEGA"] == "Ω < & >"
    assert tags(new, 0, "SAFE") == {"ORBIT": "12"}


def test_a_document_of_xml_survives_to_the_letter(make_raster, there_and_back):
    document = '<a b="c" d="e">text</a>'
    before, _, after = document.partition("=")  # rasterio writes KEY=VALUE
    path = make_raster(np.ones((5, 6), np.uint8), touch=lambda d: d.update_tags(ns="xml:XMP", **{before: after}))
    assert tags(path, 0, "xml:XMP") == {"xml:XMP": document}
    assert tags(there_and_back(path)[1], 0, "xml:XMP") == {"xml:XMP": document}


def test_provenance_and_kind_are_our_own_tags(make_raster, there_and_back):
    _, new = there_and_back(make_raster(np.ones((5, 6), np.uint8)))
    assert tags(new, 0, "SARGUI") == {"CHECKPOINT": "none", "QUALITY": "50"}
    assert tags(new, 1, "SARGUI") == {"KIND": "amplitude"}


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_a_ramp_of_grays_comes_back_as_the_color_table(make_raster, there_and_back, plainly, dtype):
    grays = {value: (255 - value // 2,) * 3 + (255,) for value in range(256)}
    old, new = there_and_back(
        make_raster(np.ones((5, 6), dtype), photometric="palette", touch=lambda d: d.write_colormap(1, grays))
    )
    assert facts(new, "colorinterp") == facts(old, "colorinterp") == [(ColorInterp.palette,)]
    with plainly(old) as first, plainly(new) as second:
        assert second.colormap(1) == first.colormap(1)
        assert second.colormap(1)[200] == (155, 155, 155, 255)


def test_no_file_is_left_beside_the_target(make_raster, there_and_back):
    old, new = there_and_back(make_raster(np.ones((5, 6), np.uint8), nodata=3))
    assert sorted(path.name for path in old.parent.iterdir()) == sorted([old.name, new.name])
