"""Tests of sargui.io.product: what opens, and one sentence for all that does not."""

import os
import sys

import numpy as np
import pytest

from sargui.core.errors import UnreadableRasterError
from sargui.io import open_product


@pytest.mark.parametrize("name", ["two words.tif", "Zürich 東京.tif", "a#b?c!d%20e&f=g.tif", "noext"])
def test_any_file_name_opens(make_raster, name):
    if sys.platform == "win32" and "?" in name:
        pytest.skip("not a name there")
    with open_product(make_raster(np.ones((3, 4), np.uint8), name)) as source:
        assert source.info.name == name
        assert source.info.driver == "GTiff"


def test_a_path_may_be_text_and_relative(make_raster, monkeypatch):
    path = make_raster(np.ones((3, 4), np.uint8))
    monkeypatch.chdir(path.parent)
    with open_product("scene.tif") as source:
        assert source.info.source_bytes == path.stat().st_size


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UnreadableRasterError, match=r"^There is no file .*nowhere\.tif\.$"):
        open_product(tmp_path / "nowhere.tif")


def test_a_folder_is_called_a_folder(tmp_path):
    with pytest.raises(UnreadableRasterError, match="is a folder"):
        open_product(tmp_path)


@pytest.mark.parametrize("content", [b"hello, I am a text file\n", b"II*\0\xff\xff\xff\x7f", b"\x89SARZ\r\n\x1a\n"])
def test_a_file_that_only_looks_like_a_raster_is_refused(tmp_path, content):
    path = tmp_path / "text.tif"
    path.write_bytes(content)
    with pytest.raises(UnreadableRasterError, match=r"^text\.tif is not a raster .*\.$"):
        open_product(path)


def test_an_empty_file_is_called_empty(tmp_path):
    path = tmp_path / "empty.tif"
    path.touch()
    with pytest.raises(UnreadableRasterError, match=r"^empty\.tif is empty\.$"):
        open_product(path)


def test_a_name_no_file_can_have_is_refused():
    with pytest.raises(UnreadableRasterError):
        open_product("null\0byte.tif")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="nothing is forbidden here")
def test_a_file_that_may_not_be_read_says_why(make_raster):
    path = make_raster(np.ones((3, 4), np.uint8))
    path.chmod(0)
    with pytest.raises(UnreadableRasterError, match="Permission denied"):
        open_product(path)
