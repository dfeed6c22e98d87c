"""Which part of which image is measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
import typer
from rasterio.transform import from_origin

from benchmarks import images


@pytest.mark.parametrize(
    ("size", "part"), [((650, 512), (640, 512)), ((1024, 2000), (1024, 1024)), ((486, 569), (448, 512))]
)
def test_sides_are_multiples_of_64_and_at_most_1024(size: tuple[int, int], part: tuple[int, int]) -> None:
    assert images.measured_part(*size) == part


def test_no_image_is_both_chosen_by_and_tested_on() -> None:
    assert not set(images.SPLITS["val"]) & set(images.SPLITS["test"])


def test_a_part_keeps_pixels_type_place_and_tags(tmp_path: Path) -> None:
    values = np.arange(30 * 20, dtype=np.uint16).reshape(30, 20)
    profile = {"driver": "GTiff", "height": 30, "width": 20, "count": 1, "dtype": "uint16", "nodata": 7}
    place = {"crs": "EPSG:32633", "transform": from_origin(1000, 2000, 10, 10)}
    with rasterio.open(tmp_path / "all.tif", "w", **profile, **place) as raster:
        raster.write(values, 1)
        raster.update_tags(SAR_KIND="amp")
        raster.set_band_description(1, "VV")
    images.write_part(tmp_path / "all.tif", tmp_path / "part.tif", 10, 5, 3, 2)
    with rasterio.open(tmp_path / "part.tif") as part:
        assert np.array_equal(part.read(1), values[3:13, 2:7])
        assert (part.dtypes[0], part.nodata, part.tags()["SAR_KIND"], part.descriptions[0]) == (
            "uint16",
            7,
            "amp",
            "VV",
        )
        assert (part.transform.c, part.transform.f) == (1020, 1970)


def test_without_imagery_there_is_one_sentence_and_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as end:
        images.paths(tmp_path, "val")
    assert end.value.exit_code == 0
    assert capsys.readouterr().out.count("\n") == 1


def test_an_unknown_split_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter):
        images.paths(tmp_path, "train")
