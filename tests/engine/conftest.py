"""The engine with the tiny checkpoint, and simulated scenes written and read back by rasterio."""

from __future__ import annotations

import warnings
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import rasterio
import torch
from rasterio.errors import NotGeoreferencedWarning
from scipy.ndimage import gaussian_filter

from sargui.codec.tables import empty_counts, fit
from sargui.core import catalogue
from sargui.core.types import ModelCard
from sargui.engine.compress import compress
from sargui.engine.decompress import decompress
from sargui.engine.requests import Compress, Decompress, Rate, RateKind
from sargui.networks import Autoencoder, NetworkConfig, save

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="module", autouse=True)
def _tiny_checkpoint(tiny_models):
    """Make the tiny checkpoint the only one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "model_folders", lambda: [tiny_models])
        yield


def simulated_power(rows, cols, seed=0, looks=5):
    rng = np.random.default_rng(seed)
    ground = 40 * gaussian_filter(rng.standard_normal((rows, cols)), 12)
    speckle = rng.gamma(looks, 1 / looks, (rows, cols))
    return 1e3 * 10 ** (ground / 10) * speckle


def write_tif(path, bands, tags=None, **profile):
    bands = bands if bands.ndim == 3 else bands[None]
    count, rows, cols = bands.shape
    options = {"driver": "GTiff", "count": count, "height": rows, "width": cols, "dtype": bands.dtype.name} | profile
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", **options) as dataset:
            dataset.update_tags(**(tags or {}))
            dataset.write(bands)
    return path


def read_tif(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as dataset:
            return dataset.read()


@pytest.fixture(scope="session")
def power_of():
    """Return the power of a simulated scene (rows, cols): rolling ground under speckle."""
    return simulated_power


@pytest.fixture(scope="session")
def write():
    """Write bands (bands, rows, cols) or one band as a GeoTIFF and return its path."""
    return write_tif


@pytest.fixture(scope="session")
def read():
    """Return all pixels of a raster, (bands, rows, cols)."""
    return read_tif


def run_compress(source, target, quality=60.0, rate=None, report=lambda progress: None, cancel=None, **options):
    request = Compress(source, target, rate=rate or Rate(RateKind.QUALITY, quality), device="cpu", **options)
    return compress(request, report, cancel or Event())


def run_decompress(source, target, report=lambda progress: None, cancel=None, **options):
    return decompress(Decompress(source, target, device="cpu", **options), report, cancel or Event())


@pytest.fixture(scope="session")
def pack():
    """Run the compression job."""
    return run_compress


@pytest.fixture(scope="session")
def unpack():
    """Run the decompression job."""
    return run_decompress


@pytest.fixture
def through(tmp_path):
    """Send bands through a container and return what comes back."""

    def run(bands, quality=90.0, tags=None, kind=None, **profile):
        source = write_tif(tmp_path / "scene.tif", bands, tags, **profile)
        run_compress(source, tmp_path / "scene.sarz", quality, kind=kind)
        run_decompress(tmp_path / "scene.sarz", tmp_path / "back.tif")
        return read_tif(tmp_path / "back.tif")

    return run


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Save a network with all its zeros shaken as the only checkpoint there is; return its name."""

    def run(config: NetworkConfig) -> str:
        torch.manual_seed(3)
        network = Autoencoder(config).eval()
        with torch.no_grad():
            for name, value in network.named_parameters():
                if "attention" in name:
                    value += 0.5 * torch.randn_like(value)
                elif not name.endswith("quadrant") and not name.startswith("entropy"):
                    value += 0.02 * torch.randn_like(value)
        card = ModelCard("shaken", "", config.attention, config.placement, config.to_card())
        save(network, fit(empty_counts(config.side)).to_tensors(), card, tmp_path / "models")
        monkeypatch.setattr(catalogue, "model_folders", lambda: [tmp_path / "models"])
        return card.name

    return run
