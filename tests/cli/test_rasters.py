"""Rasters that need a word of the user's: complex ones, rasters inside of other files, cloud-optimized ones."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from rasterio.errors import NotGeoreferencedWarning


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


def test_complex_pixels_need_the_word_and_come_back_as_amplitude(sargui, tmp_path):
    rng = np.random.default_rng(2)
    values = (rng.normal(0, 100, (2, 60, 70)) + 1j * rng.normal(0, 100, (2, 60, 70))).astype(np.complex64)
    profile = {"driver": "GTiff", "height": 60, "width": 70, "count": 2, "dtype": "complex_int16"}
    with rasterio.open(tmp_path / "slc.tif", "w", **profile) as dataset:
        dataset.write(values)
    code, _, words = sargui("compress", tmp_path / "slc.tif")
    assert code == 3
    assert "pass --detect" in words
    assert not (tmp_path / "slc.sarz").exists()
    assert sargui("compress", tmp_path / "slc.tif", "--detect", "--quality", "95")[0] == 0
    assert sargui("decompress", tmp_path / "slc.sarz", tmp_path / "back.tif")[0] == 0
    with rasterio.open(tmp_path / "back.tif") as dataset:
        assert dataset.dtypes == ("float32", "float32")
        assert dataset.tags(ns="SARGUI")["DETECTED_FROM"] == "complex_int16"
        strong = np.abs(values) > 50
        assert np.corrcoef(dataset.read()[strong], np.abs(values)[strong])[0, 1] > 0.9
    code, out, _ = sargui("verify", tmp_path / "slc.sarz", "--against", tmp_path / "slc.tif")
    assert code == 0, out


@pytest.mark.parametrize("name", ['NETCDF:"{}":Band2', 'HDF5:"{}"://Band2'])
def test_a_raster_inside_of_another_file_is_named_as_gdal_names_it(sargui, raster, tmp_path, name):
    with rasterio.open(raster) as dataset:
        bands = np.stack([dataset.read(1)] * 2)
        profile = dataset.profile | {"count": 2}
    with rasterio.open(tmp_path / "two.tif", "w", **profile) as dataset:
        dataset.write(bands)
    rasterio.shutil.copy(tmp_path / "two.tif", tmp_path / "a b.nc", driver="netCDF", format="NC4")
    code, _, words = sargui("compress", tmp_path / "a b.nc", tmp_path / "out.sarz")
    assert code == 3
    assert "2 inside; name one of them instead" in words
    assert sargui("compress", name.format(tmp_path / "a b.nc"), tmp_path / "out.sarz")[0] == 0


def test_a_cloud_optimized_raster_is_written_on_demand(sargui, raster, tmp_path):
    assert sargui("compress", raster, tmp_path / "scene.sarz")[0] == 0
    assert sargui("decompress", tmp_path / "scene.sarz", tmp_path / "back.tif", "--cog")[0] == 0
    with rasterio.open(tmp_path / "back.tif") as dataset:
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"


@pytest.mark.parametrize("name", ["netcdf:e.nc:Band1", "/vsizip/z.zip/scene.tif", 'HDF5:"e.h5"://Band1'])
def test_a_name_that_only_gdal_knows_needs_a_target(sargui, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    for words in ((), ("--out-dir", tmp_path)):
        code, _, said = sargui("compress", name, *words)
        assert code == 2
        assert " ".join(said.split()) == (
            f"error: Only GDAL knows the name {Path(name)}, so say where its .sarz goes: name OUT as well."
        )
    assert not list(tmp_path.iterdir())
