"""The documents are enough to write a reader: the one beside this file reads what sargui writes, and reads the same."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from safetensors.numpy import load_file
from scipy.ndimage import gaussian_filter

import sargui
from sargui.core import catalogue, radiometry
from sargui.core.types import BandInfo, Kind

from . import reader
from .container import read_container
from .network import Network

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
CLOSE_DB = 0.001


@pytest.fixture
def tiny(tiny_models, monkeypatch):
    """The tensors and the card of the frozen checkpoint, the only one that sargui finds, and that in full precision."""
    monkeypatch.setattr("sargui.codec.tile_codec.computes_halves", lambda device: False)
    monkeypatch.setattr(catalogue, "model_folders", lambda: [tiny_models])
    return of_checkpoint(tiny_models / "tiny.json")


def of_checkpoint(path):
    return load_file(path.with_suffix(".safetensors")), json.loads(path.read_text(encoding="utf-8"))


def power(rows, cols, seed=0):
    rng = np.random.default_rng(seed)
    ground = 40 * gaussian_filter(rng.standard_normal((rows, cols)), 12)
    return 1e4 * 10 ** (ground / 10) * rng.gamma(5, 1 / 5, (rows, cols))


def write(path, bands, mask=None, **profile):
    rows, cols = bands[0].shape
    profile = {"driver": "GTiff", "height": rows, "width": cols, "transform": Affine.scale(10)} | profile
    with rasterio.open(path, "w", count=len(bands), dtype=bands[0].dtype, **profile) as raster:
        raster.write(np.stack(bands))
        if mask is not None:
            raster.write_mask(mask)


def both(folder, tiny, quality, kind, effort="best"):
    """Return the bands of folder/scene.tif, compressed, as this reader and as sargui have them."""
    sargui.compress(
        folder / "scene.tif", folder / "a.sarz", quality=quality, kind=kind, model="tiny", device="cpu", effort=effort
    )
    sargui.decompress(folder / "a.sarz", folder / "a.tif", device="cpu")
    with rasterio.open(folder / "a.tif") as raster:
        return reader.read(folder / "a.sarz", *tiny), raster.read(), raster.dataset_mask()


@pytest.mark.parametrize("name", ["golden", "golden_fast"])
def test_it_reads_the_golden_files_of_both_profiles(name, tiny):
    header, payloads = read_container((DATA / f"{name}.sarz").read_bytes())
    x, mask = reader.read_values(header, payloads[0], Network(*tiny, header["quality"]))
    valid = mask == 0
    assert 0.5 < valid.mean() < 1
    np.testing.assert_allclose(x[valid], np.load(DATA / f"{name}.npy")[valid], rtol=0, atol=CLOSE_DB / 10)


@pytest.mark.parametrize(("quality", "effort"), [(0, "best"), (37.21, "fast"), (100, "best")])
def test_it_reads_tiles_of_all_sizes_and_every_class_of_pixel(quality, effort, tmp_path, tiny):
    pixels = power(530, 1030).astype(np.float32)
    pixels[100:300, 200:900] = -9999  # whole cells, and parts of them
    pixels[0, 0], pixels[40, 50], pixels[529, 1029] = np.nan, np.inf, -np.inf
    pixels[:, 1024:] = np.nan  # the tiles of the last column are of nothing else
    write(tmp_path / "scene.tif", [pixels], nodata=-9999)
    (mine,), (theirs,), _ = both(tmp_path, tiny, quality, "power", effort)
    assert mine.dtype == theirs.dtype
    valid = np.isfinite(pixels) & (pixels != -9999)
    np.testing.assert_array_equal(mine[~valid], theirs[~valid])
    np.testing.assert_array_equal(mine[~valid], pixels[~valid])
    error_db = 10 * np.abs(np.log10(mine[valid] + 1.0) - np.log10(theirs[valid] + 1.0))
    assert error_db.max() < CLOSE_DB


@pytest.mark.parametrize(("dtype", "kind"), [("uint16", "amplitude"), ("uint8", "amplitude"), ("int16", "db")])
def test_it_reads_integers_with_alpha_beside_them(dtype, kind, tmp_path, tiny):
    pixels = power(70, 90)
    values = 10 * np.log10(pixels) if kind == "db" else np.sqrt(pixels)
    alpha = np.where(np.indices(pixels.shape).sum(0) < 40, 0, 255)
    write(tmp_path / "scene.tif", [values.astype(dtype), alpha.astype(dtype)], alpha="yes")
    mine, theirs, _ = both(tmp_path, tiny, 80, kind)
    np.testing.assert_array_equal(mine[1], alpha)
    assert mine[0].dtype == theirs.dtype == dtype
    difference = np.abs(mine[0].astype(int) - theirs[0])
    assert difference.max() <= 1  # at the border between two
    assert (difference > 0).mean() < 0.001


@pytest.mark.parametrize(
    ("dtype", "nodata", "zero_is_void"),
    [
        ("uint8", 255, True),
        ("uint8", 1, True),
        ("uint8", 1, False),
        ("uint16", 65535, True),
        ("uint16", 1.5, False),
        ("int16", -32768, False),
        ("float32", 4.0, False),
        ("float32", -3.4028234663852886e38, True),
        ("float64", 0.0, False),
        ("float32", float("nan"), True),
    ],
)
def test_it_moves_valid_pixels_off_what_means_no_data_as_sargui_does(dtype, nodata, zero_is_void):
    target = np.array([0, 1, 2, 4, 254, 255, 256, 65534, 65535, 1e9, 1e38, 1e50])
    x = ((10 * np.log10(target + 1e-6) - 30) / 10).astype(np.float32)
    band = {"dtype": dtype, "kind": "power", "nodata": str(nodata), "zero_is_void": zero_is_void}
    theirs = radiometry.from_network(
        x[None],
        np.zeros((1, len(x)), np.uint8),
        radiometry.Radiometry(Kind.POWER, 30.0, 1e-6, zero_is_void),
        BandInfo(dtype, Kind.POWER, nodata),
    )
    mine = reader.to_pixels(x[None].astype(float), np.zeros((1, len(x))), band | {"mean_db": 30.0, "floor": 1e-6})
    assert mine.dtype == theirs.dtype == dtype
    rounding = {"rtol": 1e-6, "atol": 1e-12} if np.dtype(dtype).kind == "f" else {"rtol": 0}  # 0 is floor - floor
    np.testing.assert_allclose(mine, theirs, **rounding)
    for reserved in [nodata, *[0] * zero_is_void]:
        assert not (mine == reserved).any()


def test_it_reads_masked_pixels(tmp_path, tiny):
    pixels = power(64, 80).astype(np.float32)
    mask = np.full(pixels.shape, 255, np.uint8)
    mask[10:20, 5:70] = 0
    write(tmp_path / "scene.tif", [pixels], mask)
    (mine,), (theirs,), their_mask = both(tmp_path, tiny, 60, "power")
    np.testing.assert_array_equal(their_mask, mask)
    np.testing.assert_array_equal(mine[mask == 0], theirs[mask == 0])
    np.testing.assert_allclose(mine[mask > 0], theirs[mask > 0], rtol=1e-3, atol=1)


@pytest.mark.parametrize("card", sorted((ROOT / "models").glob("none-*.json")), ids=lambda path: path.stem)
def test_it_reads_the_sample_by_a_shipped_checkpoint(card, tmp_path):
    with rasterio.open(ROOT / "resources" / "sample.tif") as raster:
        pixels, profile = raster.read(window=((0, 100), (0, 150))), raster.profile
    with rasterio.open(tmp_path / "a.tif", "w", **profile | {"height": 100, "width": 150}) as raster:
        raster.write(pixels)
    sargui.compress(tmp_path / "a.tif", tmp_path / "a.sarz", model=card.stem, device="cpu")
    sargui.decompress(tmp_path / "a.sarz", tmp_path / "back.tif", device="cpu")
    (mine,) = reader.read(tmp_path / "a.sarz", *of_checkpoint(card))
    with rasterio.open(tmp_path / "back.tif") as raster:
        theirs = raster.read(1)
    np.testing.assert_allclose(mine, theirs, rtol=CLOSE_DB / 5, atol=1)
