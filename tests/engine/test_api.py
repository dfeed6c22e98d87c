"""Tests of the Python interface: four names that do the whole job, and cost nothing until they are used."""

import subprocess
import sys

import numpy as np
import pytest

import sargui
from sargui.core.types import Kind, Window
from sargui.engine.requests import Rate, RateKind


def test_four_names_do_the_whole_job(write, read, power_of, tmp_path):
    power = power_of(70, 90).astype(np.float32)
    source = write(tmp_path / "scene.tif", power)
    result = sargui.compress(source, tmp_path / "scene.sarz", quality=80, device="cpu")
    assert (result.quality, result.model) == (80, "tiny")
    sargui.decompress(str(result.target), tmp_path / "back.tif", device="cpu")
    sargui.decompress(result.target, tmp_path / "part.tif", window=(10, 20, 30, 40), device="cpu")
    back, part = read(tmp_path / "back.tif")[0], read(tmp_path / "part.tif")[0]
    np.testing.assert_allclose(part, back[10:40, 20:60], rtol=1e-4)
    report = sargui.evaluate(source, result.target, regions=[(0, 0, 70, 45), (0, 45, 70, 45)], device="cpu")
    assert report.rmse_db < 0.8
    assert [part.region for part in report.bands[0].details.regions] == [Window(0, 0, 70, 45), Window(0, 45, 70, 45)]
    assert sum(part.original.pixels for part in report.bands[0].details.regions) == report.bands[0].valid_pixels
    assert sargui.evaluate(source, result.target, device="cpu").bands[0].details.regions == ()
    with sargui.open(source) as raster, sargui.open(result.target, device="cpu") as box:
        assert raster.info.shape == box.info.shape == (70, 90)
        np.testing.assert_array_equal(raster.read(0, Window(3, 4, 5, 6)).values, power[3:8, 4:10])
        np.testing.assert_allclose(box.read(0, Window(3, 4, 5, 6)).values, back[3:8, 4:10], rtol=1e-4)


def test_a_rate_overrides_the_quality_and_a_kind_the_file(write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", (10 * np.log10(power_of(70, 90)) - 40).astype(np.float32))
    rate = Rate(RateKind.BYTES, 3000)
    result = sargui.compress(source, tmp_path / "scene.sarz", quality=1, rate=rate, kind="db", device="cpu")
    assert result.file_bytes == pytest.approx(3000, rel=0.02)
    assert result.info.bands[0].kind is Kind.DB


def test_effort_makes_the_smaller_file_and_either_is_decoded(write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", power_of(130, 150).astype(np.float32))
    results = {
        effort: sargui.compress(source, tmp_path / f"{effort}.sarz", effort=effort, device="cpu")
        for effort in ("fast", "best")
    }
    default = sargui.compress(source, tmp_path / "default.sarz", device="cpu")
    assert default.file_bytes == results["best"].file_bytes < results["fast"].file_bytes
    for result in results.values():
        assert sargui.evaluate(source, result.target, device="cpu").rmse_db < 2.5
    with pytest.raises(ValueError, match="heroic"):
        sargui.compress(source, tmp_path / "new.sarz", effort="heroic")


@pytest.mark.parametrize("module", ["sargui", "sargui.engine.dispatch", "sargui.engine.requests", "sargui.container"])
def test_importing_does_not_import_torch_or_gdal(module):
    code = f"import sys, {module}; print(sorted({{'torch', 'rasterio', 'PySide6'}} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.strip() == "[]"


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'decode'"):
        _ = sargui.decode
