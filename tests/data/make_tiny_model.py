"""Makes the frozen files beside it: a tiny checkpoint, and two small containers coded with it.

    python tests/data/make_tiny_model.py

They are of format version 1, which is frozen: that they stay as they are, and are read, is the promise to everyone who
has files. What comes later gets files of its own beside them. The checkpoint has all parts of a real one at
the smallest sizes that still learn, is trained for a minute or two on simulated speckle, and its bases stay as they
start (equal in both directions, so that the file packs to half its size).
"""

from __future__ import annotations

import lzma
import tempfile
from pathlib import Path
from threading import Event
from unittest.mock import patch

import numpy as np
import rasterio
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from sargui.core.types import Effort, Kind, ModelCard, Window
from sargui.engine.compress import compress
from sargui.engine.decoded import DecodedSource
from sargui.engine.requests import Compress, Rate, RateKind
from sargui.networks import Autoencoder, NetworkConfig, save
from sargui.training.export import as_float32, fit_tables
from sargui.training.loop import Plan, Trainer
from sargui.training.patches import Pools, Sampler

HERE = Path(__file__).parent
CONFIG = NetworkConfig(stages=(4, 8, 8, 16), hyper=16, side=8)
STEPS = 2000
LOOKS = 5
GOLDEN_SHAPE = (100, 130)
GOLDEN_QUALITY = 55.0
GOLDEN = {"golden": Effort.BEST, "golden_fast": Effort.FAST}


def scene(rows: int, cols: int, seed: int) -> NDArray[np.float32]:
    """Return the power of a simulated scene: rolling ground, fields with sharp borders, bright points, speckle."""
    rng = np.random.default_rng(seed)
    ground = gaussian_filter(rng.standard_normal((rows, cols)), 12) * 12 * 4
    fields = 6 * (gaussian_filter(rng.standard_normal((rows, cols)), 20) > 0)
    points = 20 * (rng.random((rows, cols)) > 0.9995)
    speckle = rng.gamma(LOOKS, 1 / LOOKS, (rows, cols))
    return np.asarray(100 * 10 ** ((ground + fields + points) / 10) * speckle, dtype=np.float32)


def trained() -> tuple[Autoencoder, Sampler]:
    """Return the network after its short training, and what it was trained on."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    images = [np.log10(scene(512, 512, seed)) for seed in range(8)]
    pools = Pools(tuple((image - image.mean()).astype(np.float16) for image in images), ())
    network = Autoencoder(CONFIG)
    sampler = Sampler(pools, 64, 8, 0, torch.device("cpu"))
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(steps=STEPS, lapped_factor=0.0, bfloat16=False, rate=3e-3, linear_rate=4e-3)
        trainer = Trainer(network, sampler, plan, Path(folder))
        trainer.run(lambda state, _: print(state) if state.step % 200 == 0 else None)
    as_float32(network)
    return network, sampler


def make_checkpoint(folder: Path) -> ModelCard:
    """Write the checkpoint to `folder` and, packed, beside this script."""
    network, sampler = trained()
    tables = fit_tables(network, sampler, batches=4)
    card = ModelCard("tiny", "", "none", "bottleneck", CONFIG.to_card(), description="for tests only")
    card = save(network, tables.to_tensors(), card, folder)
    (HERE / "tiny.json").write_bytes((folder / "tiny.json").read_bytes())
    packed = lzma.compress((folder / "tiny.safetensors").read_bytes(), preset=9)
    (HERE / "tiny.safetensors.xz").write_bytes(packed)
    print(f"{len(packed)} bytes packed")
    return card


def make_golden(card: ModelCard, name: str, effort: Effort) -> None:
    """Write NAME.sarz, a scene of one tile with a void corner.

    Beside it NAME.npz: what the encoder chose, all symbols and their tables in coding order; and NAME.npy: the pixels
    in network units, as decoded here.
    """
    catalogue.model_folders = lambda: [Path(card.path).parent]
    power = scene(*GOLDEN_SHAPE, seed=99)
    power[70:, 90:] = np.nan
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "golden.tif"
        profile = {"driver": "GTiff", "height": power.shape[0], "width": power.shape[1], "count": 1}
        with rasterio.open(source, "w", dtype="float32", nodata=np.nan, **profile) as raster:
            raster.write(power, 1)
        target, rate = HERE / f"{name}.sarz", Rate(RateKind.QUALITY, GOLDEN_QUALITY)
        request = Compress(source, target, "tiny", rate, "cpu", Kind.POWER, overwrite=True, effort=effort)
        with patch.object(TileCodec, "write", autospec=True, side_effect=TileCodec.write) as write:
            done = compress(request, lambda _: None, Event())
    symbols, tables = write.call_args.args[1].flat(0)
    np.savez_compressed(HERE / f"{name}.npz", symbols=symbols, tables=tables)
    with DecodedSource(target, "cpu") as decoded:
        x, _ = decoded.read_network(0, Window(0, 0, *GOLDEN_SHAPE))
    np.save(HERE / f"{name}.npy", x.astype(np.float32))
    print(f"{name}: {done.bits_per_pixel:.3f} bits per pixel")


def main() -> None:
    """Make everything."""
    with tempfile.TemporaryDirectory() as folder:
        card = make_checkpoint(Path(folder))
        TileCodec.load(card, "cpu")
        for name, effort in GOLDEN.items():
            make_golden(card, name, effort)


if __name__ == "__main__":
    main()
