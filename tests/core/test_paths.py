"""Tests of sargui.core.paths: which names only GDAL knows, and where a file may be written."""

import errno
import os
from pathlib import Path

import pytest

from sargui.core.errors import TargetError
from sargui.core.paths import check_place, check_writable, is_virtual


@pytest.mark.parametrize("name", ["/vsizip/a.zip/b.tif", 'NETCDF:"a.nc":b', "netcdf:a.nc:b", "HDF5:a.h5://b"])
def test_a_raster_inside_of_another_file_has_a_name_that_only_gdal_knows(name):
    assert is_virtual(Path(name))


@pytest.mark.parametrize("name", ["a.tif", "missing/a.tif", "C:/a.tif", "a b.tif"])
def test_a_file_has_not_even_if_it_is_missing(name):
    assert not is_virtual(Path(name))


@pytest.mark.skipif(os.name == "nt", reason="no colons in names on Windows")
def test_a_file_that_is_there_has_not_whatever_it_is_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("scene:1.tif").touch()
    assert not is_virtual(Path("scene:1.tif"))


def test_a_free_place_in_a_folder_is_good(tmp_path):
    check_place(tmp_path / "a.tif", overwrite=False)


def test_a_missing_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TargetError) as error:
        check_place(Path("no/a.tif"), overwrite=True)
    assert str(error.value) == f"The folder {tmp_path / 'no'} for a.tif does not exist."


def test_a_folder_is_no_place_for_a_file(tmp_path):
    with pytest.raises(TargetError, match=rf"^{tmp_path.name} is a folder; name a file\.$"):
        check_place(tmp_path, overwrite=True)


def test_a_file_stays_unless_it_may_be_replaced(tmp_path):
    (tmp_path / "a.tif").touch()
    check_place(tmp_path / "a.tif", overwrite=True)
    with pytest.raises(TargetError, match=r"^a\.tif exists already; .* \(--force\)\.$"):
        check_place(tmp_path / "a.tif", overwrite=False)


@pytest.mark.skipif(os.name == "nt", reason="needs named pipes")
def test_a_pipe_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe.tif")
    with pytest.raises(TargetError, match="something that is not a file has this name"):
        check_place(tmp_path / "pipe.tif", overwrite=True)


def test_where_a_file_can_be_written_none_is_left(tmp_path):
    check_writable(tmp_path / "a.html", overwrite=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.EROFS, "the disk is read-only"), (errno.EACCES, "permission denied")]
)
def test_a_folder_that_takes_no_files_is_refused_before_any_work(tmp_path, monkeypatch, number, reason):
    def refuse(**_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("sargui.core.paths.TemporaryFile", refuse)
    with pytest.raises(TargetError, match=rf"^a\.html cannot be written: {reason}\.$"):
        check_writable(tmp_path / "a.html", overwrite=False)
