"""A small raster, the tiny checkpoint, and canned results of a comparison."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from benchmarks.figures import Figures
from benchmarks.results import PEERS, POWER, Result
from sargui.core import catalogue

BETTER = 0.75  # of OpenJPEG's bits is what the canned checkpoint takes


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, tiny_models: Path) -> str:
    """Install the tiny checkpoint alone, and return its name."""
    monkeypatch.setattr(catalogue, "model_folders", lambda: [tiny_models])
    return "tiny"


@pytest.fixture
def speckle_tif(tmp_path: Path) -> Path:
    """Write amplitude of four looks, with ground of two kinds."""
    power = np.random.default_rng(8).gamma(4, 100, (192, 256))
    power[:, 100:] *= 0.05
    path = tmp_path / "speckle.tif"
    place = rasterio.transform.from_origin(1000, 2000, 10, 10)
    with rasterio.open(path, "w", "GTiff", 256, 192, 1, "EPSG:32633", place, "float32") as raster:
        raster.write(np.sqrt(power).astype(np.float32), 1)
        raster.update_tags(SAR_KIND="amp")
    return path


def curve(factor: float, bias_db: float = 0.0) -> list[Figures]:
    """Return a curve that takes `factor` times the bits of the simplest: error = 3·2^(−rate/factor)."""
    rates = np.geomspace(0.04, 3.0, 12)
    return [
        Figures(
            setting=10.0 * place,
            rate=factor * rate,
            error_db=3 * 2.0**-rate,
            bias_db=bias_db,
            cell_bias_db=abs(bias_db) + 0.01,
            looks=8.0,
            targets=0.5,
            water=0.9,
        )
        for place, rate in enumerate(rates)
    ]


@pytest.fixture
def results() -> list[Result]:
    """Return two images: a checkpoint that takes ¾ of OpenJPEG's bits, all other peers 1.2 times; SZ3 leads on one."""
    found = []
    for name, group, best in (("lake", "multi-look", 1.2), ("burst", "single-look", 0.5)):
        curves = {"m-1": curve(BETTER, -0.2), "m-1" + POWER: curve(BETTER * 1.01)}
        curves |= {peer: curve(1.2, -0.3) for peer in PEERS} | {"openjpeg": curve(1.0, -0.3), "sz3": curve(best)}
        reference = [(0.1, 2.0), (0.5, 1.0), (2.0, 0.3)]
        found.append(Result(name, group, (64, 128), 4.0, 7, 0.25, reference, curves))
    return found
