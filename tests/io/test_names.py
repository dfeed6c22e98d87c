"""Tests of names that only GDAL knows: rasters in archives and inside of other files, by `Path` and by text."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio.shutil

from sargui.core.errors import UnreadableRasterError, UnsupportedRasterError
from sargui.core.types import Window
from sargui.io import open_product
from sargui.io.gdal import quiet_gdal
from sargui.io.names import gdal_name


def values_of(name: Path | str) -> np.ndarray:
    with open_product(name) as source:
        return source.read(0, Window(0, 0, *source.info.shape)).values


@pytest.fixture
def archive(make_raster, rng, tmp_path):
    """A raster in a folder of a zip, and its pixels."""
    values = rng.integers(0, 255, (20, 30)).astype(np.uint8)
    path = make_raster(values)
    (tmp_path / "zwei Wörter").mkdir()
    target = tmp_path / "zwei Wörter" / "a b.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.write(path, "in ner/scène.tif")
    return target, values


@pytest.mark.parametrize("name", ["/vsizip/{}/in ner/scène.tif", "/vsizip/{{{}}}/in ner/scène.tif"])
def test_a_raster_in_a_zip_opens(archive, name):
    path = Path(name.format(archive[0]))
    np.testing.assert_array_equal(values_of(path), archive[1])
    with open_product(path) as source:
        assert source.info.name == "scène.tif"


def test_a_raster_in_a_zip_beside_us_opens_and_has_the_size_that_it_has_there(archive, monkeypatch):
    monkeypatch.chdir(archive[0].parent)
    np.testing.assert_array_equal(values_of("/vsizip/a b.zip/in ner/scène.tif"), archive[1])
    with open_product("/vsizip/a b.zip/in ner/scène.tif") as source, zipfile.ZipFile("a b.zip") as zipped:
        assert source.info.source_bytes == zipped.infolist()[0].compress_size > 0


@pytest.fixture(params=["nc", "h5"])
def hierarchy(request, make_raster, rng, tmp_path):
    """A file of two rasters inside, and the pixels of the first."""
    values = rng.random((2, 20, 30)).astype(np.float32)
    with quiet_gdal():
        rasterio.shutil.copy(make_raster(values), tmp_path / "two.nc", driver="netCDF", format="NC4")
    return (tmp_path / "two.nc").rename(tmp_path / f"zwei é.{request.param}"), values[0]


def test_a_file_of_rasters_says_which_it_holds_and_they_open_by_these_names(hierarchy):
    path, values = hierarchy
    with pytest.raises(UnsupportedRasterError, match="holds no raster itself but 2 inside") as error:
        open_product(path)
    names = str(error.value).split("'")[1::2]
    assert len(names) == 2
    for name in (names[0], Path(names[0])):
        with open_product(name) as source:
            assert source.info.shape == values.shape
            assert source.info.source_bytes == path.stat().st_size
            assert sorted(source.read(0, Window(0, 0, 20, 30)).values.ravel()) == sorted(
                values.ravel()
            )  # flipped or not


@pytest.mark.parametrize("name", ['NETCDF:"{}":Band1', "NETCDF:{}:Band1", 'HDF5:"{}"://Band1', 'HDF5:"{}":/Band1'])
def test_gdal_s_own_spelling_of_a_name_inside_opens(hierarchy, name):
    assert sorted(values_of(Path(name.format(hierarchy[0]))).ravel()) == sorted(hierarchy[1].ravel())


@pytest.mark.parametrize("url", ["https://example.org/a.tif", "ftp://example.org/b/c.tif"])
def test_an_address_keeps_its_slashes(url):
    assert gdal_name(Path(f"/vsicurl/{url}")) == f"/vsicurl/{url}"


@pytest.mark.parametrize("name", ['NETCDF:"nowhere.nc":a', "HDF5:nowhere.h5://a", "/vsizip/nowhere.zip/a.tif", "ab:c"])
def test_a_name_that_leads_nowhere_is_one_sentence(name):
    with pytest.raises(UnreadableRasterError, match=r"is not a raster that GDAL can read, or it is damaged\.$"):
        open_product(name)
