"""Which images are measured on, and which part of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import rasterio
import typer
from rasterio.windows import Window

from sargui.training.export import VALIDATION_SIDE

SIDE_MULTIPLE = 64  # pixels

# One channel each. Six of val/, which checkpoints are chosen by, and all of test/, which nothing is ever chosen by;
# complex ones, single-look and measured by their amplitude, are apart.
SPLITS = {
    "val": (
        "s1_grd_berlin_vh",
        "s1_grd_sanfrancisco_650_vv",
        "s1_grd_lake_512_vv",
        "scially_raster_vision_vh",
        "s1_grd_260",
        "s1_grd_273",
    ),
    "test": (
        "s1_grd_flevoland_vh",
        "s1_grd_flevoland_vv",
        "s1_grd_mexico_512_vh",
        "s1_grd_mexico_512_vv",
        "s1_grd_252",
        "s1_grd_253",
        "s1_grd_258",
        "l12_envi_new_orleans_size_600_hh",
        "eox_asar_asa_wsm_1pndpa20050331_075939_000000552036_00035_16121_0775",
    ),
}
COMPLEX = {
    "val": ("isce3_tests_warped_envisat_500x500_complex64", "sarxarray_tests_s1_vv_19mar2023_84x338_complex64"),
    "test": ("isce3_tests_winnipeg_hh_complex64", "s1_slc_iw3_vv_test"),
}


def paths(data: Path, split: str, images: Mapping[str, Sequence[str]] = SPLITS) -> list[Path]:
    """Return the files of a split; ends the program with one sentence if they are not there."""
    if split not in images:
        raise typer.BadParameter(f"there is no split '{split}'; there are {' and '.join(images)}.")
    found = [data / split / f"{name}.tif" for name in images[split]]
    missing = [path for path in found if not path.is_file()]
    if missing:
        typer.echo(f"Skipped: the imagery is not here ({missing[0]} is missing); say where it is with --data.")
        raise typer.Exit
    return found


def measured_part(rows: int, cols: int) -> tuple[int, int]:
    """Return rows and columns of the upper left part that is measured: multiples of 64, at most 1024."""
    first, second = (min(side // SIDE_MULTIPLE * SIDE_MULTIPLE, VALIDATION_SIDE) for side in (rows, cols))
    return first, second


def write_part(source: Path, target: Path, rows: int, cols: int, row: int = 0, col: int = 0) -> None:
    """Write a part of a raster as GeoTIFF, with its type, nodata, place and tags (SAR_KIND among them)."""
    with rasterio.open(source) as raster:
        window = Window(col, row, cols, rows)
        profile = {
            "driver": "GTiff",
            "height": rows,
            "width": cols,
            "count": raster.count,
            "dtype": raster.dtypes[0],
            "nodata": raster.nodata,
        }
        if raster.crs is not None:
            profile |= {"crs": raster.crs, "transform": raster.window_transform(window)}
        with rasterio.open(target, "w", **profile) as part:
            part.update_tags(**{key: value for key, value in raster.tags().items() if key != "AREA_OR_POINT"})
            for band in raster.indexes:
                part.update_tags(band, **raster.tags(band))
                part.set_band_description(band, raster.descriptions[band - 1] or "")
                part.set_band_unit(band, raster.units[band - 1] or "")
                part.write(raster.read(band, window=window), band)
