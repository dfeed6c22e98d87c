"""The rasters that speed is measured on: where they are full, and what there is without the shared imagery."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from benchmarks import rasters


def test_the_fullest_part_is_found() -> None:
    valid = np.zeros((30, 50), bool)
    valid[12:25, 20:41] = True
    row, col = rasters.fullest(valid, 8)
    assert valid[row : row + 8, col : col + 8].all()
    assert rasters.fullest(valid, 100) == (0, 0)
    assert rasters.fullest(np.eye(9, dtype=bool) & (np.arange(9) > 6), 2) == (7, 7)


def test_without_the_imagery_the_sample_is_mirrored_again_and_again(
    tmp_path: Path, speckle_tif: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rasters, "TOOL", tmp_path / "missing.py")
    monkeypatch.setattr(rasters, "SAMPLE", speckle_tif)
    path, what = rasters.square(tmp_path, 500)
    assert "sample" in what
    with rasterio.open(speckle_tif) as first, rasterio.open(path) as second:
        sample, found = first.read(1), second.read(1)
        assert second.tags()["SAR_KIND"] == "amp"
    assert found.shape == (500, 500)
    rows, cols = sample.shape
    np.testing.assert_array_equal(found[:rows, :cols], sample)
    np.testing.assert_array_equal(found[rows : 2 * rows, :cols], sample[::-1])
    np.testing.assert_array_equal(found[:rows, cols:500], sample[:, ::-1][:, : 500 - cols])
    with pytest.raises(FileNotFoundError):
        rasters.product(tmp_path, ("vv",))
