"""Every job that takes its time, on scenes of a few small windows: what the tests of this folder break off."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import numpy as np
import rasterio

from sargui.core.types import Report
from sargui.engine.dispatch import execute
from sargui.engine.report_request import WriteReport
from sargui.engine.requests import Compress, Decompress, Evaluate, QualityReport, Rate, RateKind, Verify
from sargui.gui.saving import copy_whole

ROWS, COLS, BANDS = 60, 70, 2  # each band is a network window
OLD = dict.fromkeys(("new.sarz", "new.tif", "new.html", "new.json", "new.SAFE/manifest.safe"), b"old")


def silent(progress):
    pass


def write_scene(path, seed):
    """Write amplitude of four-look speckle and return the path."""
    rng = np.random.default_rng(seed)
    digital = np.maximum(100 * np.sqrt(rng.gamma(4, 1 / 4, (BANDS, ROWS, COLS))), 1).astype(np.uint16)
    profile = {"driver": "GTiff", "count": BANDS, "height": ROWS, "width": COLS, "dtype": "uint16", "nodata": 0}
    place = {"crs": "EPSG:32633", "transform": rasterio.Affine(10, 0, 5e5, 0, -10, 5e6)}
    with rasterio.open(path, "w", **profile, **place) as file:
        file.write(digital)
    return path


def put_old(folder):
    """Clear a folder but for something old where any job writes; return the folder."""
    shutil.rmtree(folder)
    folder.mkdir()
    for name, content in OLD.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def content(folder):
    """Return what all files below a folder hold, by their names."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@dataclass(frozen=True)
class Scenes:
    """A raster, a product, and what becomes of them."""

    raster: Path
    packed: Path  # the raster's .sarz
    packed_product: Path
    quality: QualityReport  # of the raster's .sarz


def make_scenes(folder, make_safe):
    """Write all of them into a folder."""
    raster, product = write_scene(folder / "scene.tif", 1), make_safe(folder, ROWS, COLS)
    packed, packed_product = (
        execute(Compress(source, folder / name, device="cpu"), silent, Event()).target
        for source, name in ((raster, "scene.sarz"), (product, "product.sarz"))
    )
    return Scenes(raster, packed, packed_product, execute(Evaluate(raster, packed, "cpu"), silent, Event()))


@dataclass(frozen=True)
class Job:
    """What runs a job on scenes, writing into a folder over what is there; and the names of what it writes."""

    run: Callable[[Scenes, Path, Report, Event], object]
    writes: tuple[str, ...] = ()


def _compress(rate):
    def run(scenes, folder, *rest):
        return execute(Compress(scenes.raster, folder / "new.sarz", rate=rate, device="cpu", overwrite=True), *rest)

    return Job(run, ("new.sarz",))


def _decompress(name, *, safe=False, cog=False):
    def run(scenes, folder, *rest):
        source = scenes.packed_product if safe else scenes.packed
        return execute(Decompress(source, folder / name, device="cpu", overwrite=True, cog=cog, safe=safe), *rest)

    return Job(run, (name,))


def _report(scenes, folder, *rest):
    target = folder / "new.html"
    return execute(
        WriteReport(scenes.raster, scenes.packed, target, scenes.quality, device="cpu", overwrite=True), *rest
    )


JOBS = {
    "compress": _compress(Rate()),
    "compress to a size": _compress(Rate(RateKind.BYTES, 5000)),
    "compress to an error": _compress(Rate(RateKind.RMSE_DB, 1.5)),
    "decompress": _decompress("new.tif"),
    "decompress to COG": _decompress("new.tif", cog=True),
    "decompress to SAFE": _decompress("new.SAFE", safe=True),
    "report": Job(_report, ("new.html", "new.json")),
    "save a copy": Job(
        lambda scenes, folder, *rest: copy_whole(scenes.packed, folder / "new.sarz", *rest), ("new.sarz",)
    ),
    "evaluate": Job(lambda scenes, folder, *rest: execute(Evaluate(scenes.raster, scenes.packed, "cpu"), *rest)),
    "verify": Job(lambda scenes, folder, *rest: execute(Verify(scenes.packed, scenes.raster, "cpu"), *rest)),
}
