"""`sargui evaluate` as a user types it: the table, JSON, regions, a report, and two rasters."""

import json
import re

import numpy as np
import pytest
import rasterio

from sargui.cli import jobs
from sargui.core.errors import MismatchError, RequestError, TargetError


@pytest.fixture
def packed(sargui, raster, tmp_path):
    target = tmp_path / "scene.sarz"
    assert sargui("compress", raster, target, "--quality", 60)[0] == 0
    return target


def test_the_table_has_the_groups_and_the_figures_of_json(sargui, run_json, raster, packed):
    code, found = run_json("evaluate", raster, packed)
    assert code == 0
    code, out, _ = sargui("evaluate", raster, packed)
    assert code == 0
    band = found["bands"][0]
    lines = dict(re.findall(r"^ {4}(.+?) {2,}(\S.*?) *$", out, re.MULTILINE))
    assert lines["RMS error, dB"] == f"{band['rmse_db']:.3f}"
    assert lines["SSIM over 40 dB"] == f"{band['details']['structure']['ssim']:.4f}"
    assert lines["Ratio image, variance"] == f"{band['details']['ratio']['variance']:.4f}"
    titles = re.findall(r"^ {2}([A-Z].*?) *$", out, re.MULTILINE)
    assert titles == ["Error", "Radiometry", "Texture and speckle", "Structure", "Point targets"]
    assert "The tile that errs most begins at row 0, column 0 of band 1" in out


def test_json_has_stable_names(run_json, raster, packed):
    code, found = run_json("evaluate", raster, packed, "--region", "50,80,100,120")
    assert code == 0
    assert found.keys() == {"rmse_db", "bands", "worst"}
    details = found["bands"][0]["details"]
    groups = "floor amplitude cell_bias looks ratio structure distributions point_targets regions"
    assert details.keys() == set(groups.split())
    assert details["cell_bias"].keys() == {"cells", "mean_db", "p95_db"}
    assert details["structure"]["display_range_db"] == 40
    assert details["looks"]["original"] == pytest.approx(5, rel=0.1)  # as the raster was made
    region = details["regions"][0]
    assert region["region"] == {"row": 50, "col": 80, "rows": 100, "cols": 120}
    assert region["original"]["pixels"] == 12_000
    assert sum(details["distributions"]["original_counts"]) == pytest.approx(300 * 400 - 40 * 60, rel=0.002)


def test_two_rasters_are_compared_too(run_json, raster, tmp_path):
    other = tmp_path / "other.tif"
    with rasterio.open(raster) as source:
        values, profile = source.read(1), source.profile
    with rasterio.open(other, "w", **profile) as target:
        target.write(np.where(values, 2 * values, 0).astype(np.uint16), 1)
    code, found = run_json("evaluate", raster, other)
    assert code == 0
    assert found["bands"][0]["bias_db"] == pytest.approx(6.02, abs=0.01)
    assert found["bands"][0]["details"]["ratio"] == {
        "mean": pytest.approx(0.25, rel=0.1),  # but for the floor
        "variance": pytest.approx(0, abs=1e-3),
        "structure_percent": pytest.approx(0, abs=0.1),
    }


def test_a_report_is_written_beside_the_figures(sargui, run_json, raster, packed, tmp_path):
    page = tmp_path / "report.html"
    code, out, _ = sargui("evaluate", raster, packed, "--report", page)
    assert code == 0
    assert str(page) in out
    assert "Edge preservation index" in page.read_text(encoding="utf-8")
    document = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    code, found = run_json("evaluate", raster, packed, "--report", page, "--force")
    assert code == 0
    assert document["quality"]["bands"][0]["figures"] == found["bands"][0]
    assert found["report"] == {"page": str(page), "document": str(page.with_suffix(".json"))}
    code, _, said = sargui("evaluate", raster, packed, "--report", page)
    assert code != 0
    assert "exists already" in said


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_measured(sargui, tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "run", lambda *_, **__: pytest.fail("it was measured"))
    code, _, said = sargui("evaluate", "a.tif", "a.sarz", "--report", tmp_path / "missing" / "page.html")
    assert code == TargetError.exit_code
    assert "does not exist" in said


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [(["--region", "500,0,10,10"], RequestError, "no pixel inside"), ([], MismatchError, "differ in size")],
)
def test_what_does_not_fit_is_said(sargui, raster, packed, tmp_path, words, error, said):
    original = raster
    if error is MismatchError:
        original = tmp_path / "small.tif"
        with rasterio.open(original, "w", driver="GTiff", height=9, width=9, count=1, dtype="uint16") as target:
            target.write(np.ones((1, 9, 9), np.uint16))
    code, _, words = sargui("evaluate", original, packed, *words)
    assert code == error.exit_code
    assert said in words
