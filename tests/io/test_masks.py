"""Tests of masks and alpha bands, in and out: rasterio made them and rasterio finds them again, bit for bit."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning

from sargui.core.errors import TargetError
from sargui.core.types import BandInfo, Kind, MaskKind, Pixels, ProductInfo, Void, Window
from sargui.io import RasterWriter, open_product

SHAPE = (600, 530)  # more than one tile


@pytest.fixture
def masks(rng) -> np.ndarray:
    """Return two different masks, 255 where valid."""
    return np.where(rng.random((2, *SHAPE)) < 0.3, 0, 255).astype(np.uint8)


@pytest.fixture
def make_masked(make_raster, masks):
    """Write two bands with masks of a kind; value 9, and 3 (which may be nodata) in a corner."""

    def make(kind: str, **profile) -> Path:
        values = np.full((2, *SHAPE), 9, np.uint16)
        values[:, :50, :50] = 3
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=kind == "internal"):
            return make_raster(values, touch=TOUCH[kind](masks), **profile)

    return make


def _per_band(masks):
    def touch(dataset):
        profile = {"driver": "GTiff", "count": 2, "height": SHAPE[0], "width": SHAPE[1], "dtype": "uint8"}
        with rasterio.open(f"{dataset.name}.msk", "w", **profile) as beside:
            beside.update_tags(INTERNAL_MASK_FLAGS_1="0", INTERNAL_MASK_FLAGS_2="0")
            beside.write(masks)

    return touch


TOUCH = {
    "internal": lambda masks: lambda dataset: dataset.write_mask(masks[0]),
    "beside": lambda masks: lambda dataset: dataset.write_mask(masks[0]),
    "bands": _per_band,
}
KIND = {"internal": MaskKind.DATASET, "beside": MaskKind.DATASET, "bands": MaskKind.BANDS}


def found(path: Path) -> tuple[np.ndarray, list]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as dataset:
            return dataset.read_masks(), dataset.mask_flag_enums


@pytest.mark.parametrize("nodata", [None, 3])
@pytest.mark.parametrize("kind", list(TOUCH))
def test_a_masked_pixel_keeps_the_class_of_its_value(make_masked, masks, kind, nodata):
    with open_product(make_masked(kind, nodata=nodata)) as source:
        assert source.info.mask is KIND[kind]
        assert source.info.bands[0].nodata == nodata
        for band in range(2):
            void = source.read(band, Window(0, 0, *SHAPE)).void
            np.testing.assert_array_equal(void & Void.MASKED != 0, masks[band if kind == "bands" else 0] == 0)
            value_class = np.zeros(SHAPE, np.uint8)
            value_class[:50, :50] = Void.VALID if nodata is None else Void.NODATA
            np.testing.assert_array_equal(void & ~np.uint8(Void.MASKED), value_class)


@pytest.mark.parametrize("cog", [False, True])
@pytest.mark.parametrize("nodata", [None, 3])
@pytest.mark.parametrize("kind", list(TOUCH))
def test_masks_come_back_bit_for_bit(make_masked, there_and_back, kind, nodata, cog):
    path = make_masked(kind, nodata=nodata)
    before = sorted(file.name for file in path.parent.iterdir())
    if kind == "bands" and cog:
        with pytest.raises(TargetError, match="no masks of single bands"):
            there_and_back(path, cog=True)
        assert sorted(file.name for file in path.parent.iterdir()) == before
        return
    old, new = (found(path) for path in there_and_back(path, cog=cog))
    np.testing.assert_array_equal(new[0], old[0])
    assert new[1] == old[1]
    extra = {"back.tif", "back.tif.msk"} if kind == "bands" else {"back.tif"}
    assert {file.name for file in path.parent.iterdir()} == {*before, *extra}


@pytest.mark.parametrize("bands", [2, 3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_an_alpha_band_masks_the_others_and_comes_back(make_raster, there_and_back, plainly, rng, dtype, bands):
    def touch(dataset):
        dataset.colorinterp = [ColorInterp.gray, *[ColorInterp.undefined] * (bands - 2), ColorInterp.alpha]

    values = rng.integers(1, 250, (bands, 20, 30)).astype(dtype)
    values[-1, :7] = 0
    old, new = there_and_back(make_raster(values, touch=touch, photometric="minisblack"))
    with open_product(old) as source:
        assert source.info.mask is MaskKind.ALPHA
        assert [band.kind for band in source.info.bands] == [Kind.AMPLITUDE] * (bands - 1) + [Kind.EXACT]
        first, *_, last = (source.read(band, Window(0, 0, 20, 30)) for band in range(bands))
    np.testing.assert_array_equal(first.void == Void.MASKED, values[-1] == 0)
    assert not last.void.any()
    np.testing.assert_array_equal(last.values, values[-1])
    np.testing.assert_array_equal(found(new)[0], found(old)[0])
    assert found(new)[1] == found(old)[1]
    with plainly(old) as first, plainly(new) as second:
        assert second.colorinterp == first.colorinterp
        np.testing.assert_array_equal(second.read(), values)


ONE = ProductInfo("x", 4, 4, (BandInfo("uint8", Kind.AMPLITUDE),), mask=MaskKind.BANDS)
WHOLE = Window(0, 0, 4, 4)


def test_masks_of_bands_leave_nothing_behind_without_finish(tmp_path):
    with RasterWriter(tmp_path / "out.tif", ONE, {}) as writer:
        writer.write(0, WHOLE, Pixels(np.ones((4, 4), np.uint8), np.zeros((4, 4), np.uint8)))
        assert len(list(tmp_path.iterdir())) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_mask_that_lies_there_already_is_not_taken_for_ours(tmp_path):
    (tmp_path / "out.tif.msk").write_bytes(b"old")
    with pytest.raises(TargetError, match=r"^out\.tif\.msk exists"):
        RasterWriter(tmp_path / "out.tif", ONE, {})
    plain = ProductInfo("x", 4, 4, ONE.bands)
    with RasterWriter(tmp_path / "out.tif", plain, {}, overwrite=True) as writer:
        writer.write(0, WHOLE, Pixels(np.ones((4, 4), np.uint8), np.zeros((4, 4), np.uint8)))
        writer.finish()
    assert [path.name for path in tmp_path.iterdir()] == ["out.tif"]
