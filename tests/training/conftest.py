"""A tiny network, simulated SAR images, and small rasters written by rasterio alone."""

import warnings

import numpy as np
import pytest
import rasterio
import torch
from rasterio.errors import NotGeoreferencedWarning
from scipy.ndimage import gaussian_filter

from sargui.networks import Autoencoder, NetworkConfig
from sargui.training.patches import Pools, Sampler

TINY = {"stages": (4, 8, 8, 16), "hyper": 16, "side": 8}
CPU = torch.device("cpu")


def scene(rows: int, cols: int, seed: int) -> np.ndarray:
    """Return the power of rolling ground under five-look speckle, float64."""
    rng = np.random.default_rng(seed)
    ground_db = gaussian_filter(rng.standard_normal((rows, cols)), 8) * 8 * 12
    return 1e-2 * 10 ** (ground_db / 10) * rng.gamma(5, 1 / 5, (rows, cols))


def network_input(rows: int, cols: int, seed: int) -> np.ndarray:
    """Return such a scene in network units, 10 dB about its mean, float32."""
    x = np.log10(scene(rows, cols, seed))
    return (x - x.mean()).astype(np.float32)


@pytest.fixture(scope="session")
def pools() -> Pools:
    images = [network_input(192, 192, seed).astype(np.float16) for seed in range(4)]
    return Pools(tuple(images[:2]), tuple(images[2:]))


@pytest.fixture
def make_sampler(pools):
    def make(side: int = 64, batch: int = 4, seed: int = 0, images: Pools = pools) -> Sampler:
        return Sampler(images, side, batch, seed, CPU)

    return make


@pytest.fixture
def make_network():
    def make(seed: int = 0, **sizes) -> Autoencoder:
        torch.manual_seed(seed)
        return Autoencoder(NetworkConfig(**(TINY | sizes)))

    return make


@pytest.fixture(scope="session")
def make_image():
    return network_input


@pytest.fixture(scope="session")
def make_scene():
    return scene


@pytest.fixture
def write_raster(tmp_path):
    """Write one band (rows, cols) to a GeoTIFF below tmp_path/data; return its path."""

    def write(name: str, band: np.ndarray, **profile):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shape = {"height": band.shape[0], "width": band.shape[1], "count": 1, "dtype": band.dtype.name}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path, "w", driver="GTiff", **shape, **profile) as dataset:
                dataset.write(band, 1)
        return path

    return write
