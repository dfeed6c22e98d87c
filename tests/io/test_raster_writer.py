"""Tests of sargui.io.raster_writer: read back by rasterio alone, and never half a file."""

import errno
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning

from sargui.core.errors import TargetError
from sargui.core.types import BandInfo, Kind, Pixels, ProductInfo, Window
from sargui.io import RasterWriter

GRAY = BandInfo("uint8", Kind.AMPLITUDE)


def info_for(bands: np.ndarray, **labels) -> ProductInfo:
    band = BandInfo(bands.dtype.name, Kind.AMPLITUDE, **labels)
    return ProductInfo("x", bands.shape[1], bands.shape[2], (band,) * bands.shape[0])


def valid(values: np.ndarray) -> Pixels:
    return Pixels(values, np.zeros(values.shape, np.uint8))


def write_whole(target: Path, info: ProductInfo, bands: np.ndarray, **options) -> None:
    with RasterWriter(target, info, {}, **options) as writer:
        for band, values in enumerate(bands):
            writer.write(band, Window(0, 0, *values.shape), valid(values))
        writer.finish()


def read_back(path: Path) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as dataset:
            return dataset.read()


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 600), (700, 530)])
def test_rasterio_reads_the_same_pixels(tmp_path, rng, dtype, shape):
    bands = rng.integers(0, 120, (2, *shape)).astype(dtype)
    write_whole(tmp_path / "out.tif", info_for(bands), bands)
    back = read_back(tmp_path / "out.tif")
    assert back.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(back, bands)


def test_windows_may_come_in_any_order_and_size(tmp_path, rng):
    values = rng.integers(0, 65535, (600, 1100)).astype(np.uint16)
    with RasterWriter(tmp_path / "out.tif", info_for(values[None]), {}) as writer:
        for row in (512, 0):
            for col in range(0, 1100, 100):
                window = Window(row, col, min(512, 600 - row), 100)
                writer.write(0, window, valid(values[row : row + window.rows, col : col + 100]))
        writer.finish()
        assert writer.file_bytes == (tmp_path / "out.tif").stat().st_size
    np.testing.assert_array_equal(read_back(tmp_path / "out.tif")[0], values)


def test_nan_and_infinities_survive(tmp_path):
    bands = np.array([[[np.nan, np.inf, -np.inf, 1e-45, -3.4028234663852886e38]]], np.float32)
    write_whole(tmp_path / "out.tif", info_for(bands), bands)
    np.testing.assert_array_equal(read_back(tmp_path / "out.tif"), bands)


def test_a_raster_all_of_zeros_is_whole(tmp_path):
    bands = np.zeros((1, 600, 600), np.uint8)
    write_whole(tmp_path / "out.tif", info_for(bands, nodata=0.0), bands)
    np.testing.assert_array_equal(read_back(tmp_path / "out.tif"), bands)


@pytest.mark.parametrize("name", ["two words.tif", "Zürich 東京.tif", "a#b!c%20d.tif", "é" * 120 + ".tif"])
def test_any_file_name_can_be_written(tmp_path, name):
    bands = np.ones((1, 3, 4), np.uint8)
    write_whole(tmp_path / name, info_for(bands), bands)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_nothing_is_left_when_the_block_is_left_without_finish(tmp_path):
    with RasterWriter(tmp_path / "out.tif", info_for(np.ones((1, 9, 9), np.uint8)), {}) as writer:
        writer.write(0, Window(0, 0, 9, 9), valid(np.ones((9, 9), np.uint8)))
        assert len(list(tmp_path.iterdir())) == 1  # the temporary file
    assert list(tmp_path.iterdir()) == []


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path):
    target = tmp_path / "out.tif"
    target.write_bytes(b"old")
    with RasterWriter(target, info_for(np.ones((1, 9, 9), np.uint8)), {}, overwrite=True) as writer:
        writer.write(0, Window(0, 0, 9, 9), valid(np.ones((9, 9), np.uint8)))
        assert target.read_bytes() == b"old"
        writer.finish()
    assert read_back(target).shape == (1, 9, 9)
    assert len(list(tmp_path.iterdir())) == 1


def test_an_existing_target_is_refused_at_once(tmp_path):
    (tmp_path / "out.tif").write_bytes(b"old")
    with pytest.raises(TargetError, match=r"out\.tif exists"):
        RasterWriter(tmp_path / "out.tif", ProductInfo("x", 1, 1, (GRAY,)), {})
    assert (tmp_path / "out.tif").read_bytes() == b"old"


def test_a_target_that_appears_meanwhile_is_not_replaced(tmp_path):
    target = tmp_path / "out.tif"
    with RasterWriter(target, ProductInfo("x", 1, 1, (GRAY,)), {}) as writer:
        writer.write(0, Window(0, 0, 1, 1), valid(np.ones((1, 1), np.uint8)))
        target.write_bytes(b"other")
        with pytest.raises(TargetError, match="exists"):
            writer.finish()
    assert target.read_bytes() == b"other"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("target", "message"), [("no/such/out.tif", "does not exist"), (".", "is a folder")])
def test_a_target_that_cannot_be_is_one_sentence(tmp_path, target, message):
    with pytest.raises(TargetError, match=message):
        RasterWriter(tmp_path / target, ProductInfo("x", 1, 1, (GRAY,)), {})


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (BandInfo("uint16", Kind.AMPLITUDE), "different types"),
        (BandInfo("uint8", Kind.AMPLITUDE, nodata=0.0), "different nodata"),
    ],
)
def test_bands_that_differ_are_refused(tmp_path, other, message):
    with pytest.raises(TargetError, match=message):
        RasterWriter(tmp_path / "out.tif", ProductInfo("x", 1, 1, (GRAY, other)), {})
    assert list(tmp_path.iterdir()) == []


def test_a_crs_that_is_none_leaves_nothing_behind(tmp_path):
    info = info_for(np.ones((1, 2, 2), np.uint8))
    broken = ProductInfo("x", 2, 2, info.bands, georeference=type(info.georeference)(crs_wkt="nonsense"))
    with pytest.raises(TargetError, match=r"^out\.tif cannot be written"):
        RasterWriter(tmp_path / "out.tif", broken, {})
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_disk_is_called_that(tmp_path, monkeypatch):
    def refuse(self, *_, **__):
        raise OSError(errno.EROFS, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(TargetError, match=r"^out\.tif cannot be written: the disk is read-only\.$"):
        RasterWriter(tmp_path / "out.tif", ProductInfo("x", 1, 1, (GRAY,)), {})


def test_a_link_is_written_through(tmp_path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.tif"
    try:
        os.symlink(tmp_path / "real" / "out.tif", link)
    except OSError:
        pytest.skip("no links here")
    bands = np.ones((1, 2, 2), np.uint8)
    write_whole(link, info_for(bands), bands)
    assert link.is_symlink()
    np.testing.assert_array_equal(read_back(tmp_path / "real" / "out.tif"), bands)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from sargui.core.errors import TargetError
from sargui.core.types import BandInfo, Kind, Pixels, ProductInfo, Window
from sargui.io import RasterWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
values = np.random.default_rng(0).integers(0, 65535, (1024, 1024)).astype(np.uint16)
try:
    info = ProductInfo("x", 1024, 1024, (BandInfo("uint16", Kind.AMPLITUDE),))
    with RasterWriter(Path(sys.argv[1]), info, {}, cog=len(sys.argv) > 3) as out:
        for row in (0, 512):
            for col in (0, 512):
                part = values[row : row + 512, col : col + 512]
                out.write(0, Window(row, col, 512, 512), Pixels(part, np.zeros((512, 512), np.uint8)))
        out.finish()
except TargetError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file size there")
@pytest.mark.parametrize(
    ("limit", "cog"),
    [(limit, []) for limit in (0, 100, 100_000, 1_000_000, 1_600_000, 2_000_000, -1)]
    + [(limit, ["cog"]) for limit in (100_000, 2_150_000, 2_500_000, -1)],
)
def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, limit, cog):
    # The noise hardly compresses, so all limits cut the pixels; −1 stands for one byte too few for the directory.
    if limit < 0:
        bands = np.random.default_rng(0).integers(0, 65535, (1, 1024, 1024)).astype(np.uint16)
        write_whole(tmp_path / "fits.tif", info_for(bands), bands, cog=bool(cog))
        limit = (tmp_path / "fits.tif").stat().st_size - 1
        (tmp_path / "fits.tif").unlink()
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path / "out.tif"), str(limit), *cog]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2])
    assert result.stdout.startswith("out.tif cannot be written"), result.stdout + result.stderr
    assert len(result.stdout.splitlines()) == 1
    # libtiff itself prints "_tiffWriteProc: File too large", past every handler; nothing else may be heard.
    assert all(line.startswith("_tiff") for line in result.stderr.splitlines()), result.stderr
    assert list(tmp_path.iterdir()) == []
