"""The command line with the tiny checkpoint, and small rasters to feed it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from typer.testing import CliRunner

from sargui.cli.app import app
from sargui.core import catalogue

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture
def sargui(monkeypatch, tiny_models):
    """Run the command line as a user would type it; return (exit code, standard output, standard error)."""
    monkeypatch.setattr(catalogue, "model_folders", lambda: [tiny_models])

    def run(*words):
        result = CliRunner().invoke(app, [str(word) for word in words])
        return result.exit_code, result.stdout, result.stderr

    return run


@pytest.fixture
def run_json(sargui):
    """Run a command with --json; return its exit code and the object it printed."""

    def run(*words):
        code, out, _ = sargui(*words, "--json")
        return code, json.loads(out)

    return run


@pytest.fixture
def raster(tmp_path):
    """Write a uint16 amplitude raster of 300 × 400 pixels of five-look speckle with a nodata corner."""
    rng = np.random.default_rng(1)
    power = 1e4 * rng.gamma(5, 1 / 5, (300, 400))
    values = np.maximum(np.rint(np.sqrt(power)), 1).astype(np.uint16)
    values[:40, :60] = 0
    path = tmp_path / "scene.tif"
    profile = {"driver": "GTiff", "height": 300, "width": 400, "count": 1, "dtype": "uint16", "nodata": 0}
    with rasterio.open(
        path, "w", **profile, crs="EPSG:32633", transform=rasterio.Affine(10, 0, 5e5, 0, -10, 5e6)
    ) as out:
        out.write(values, 1)
        out.update_tags(ORBIT="descending")
    return path
