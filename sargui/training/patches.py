"""Training patches: the rasters of a folder as network input, and a sampler that draws from them.

Full-depth rasters are rare and precious, 8-bit ones many and coarse: they are kept in two pools and drawn with
fixed probabilities. 8-bit amplitude gets a uniform dither of one code before it goes to dB, so that the network
does not learn its codes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sargui.codec.fill import fill_void
from sargui.core import radiometry
from sargui.core.errors import InputError
from sargui.core.types import Kind, Pixels, Void, Window
from sargui.io import open_product
from sargui.training.scatterers import add_scatterers
from sargui.training.speckle import respeckle

log = logging.getLogger(__name__)

RASTERS = (".tif", ".tiff", ".img", ".vrt")
LEAST_VALID = 0.5  # share of valid pixels below which a band is of no use
DEEP_SHARE = 0.6  # probability of drawing from the full-depth pool
SPECKLE_SHARE = 0.25  # probability that a patch gets simulated speckle
SCATTERER_SHARE = 0.2  # probability that a patch gets simulated point scatterers

Image = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Pools:
    """Images in network units: full-depth ones and 8-bit ones; either may be empty, not both."""

    deep: tuple[Image, ...]
    eight_bit: tuple[Image, ...]

    @property
    def pixels(self) -> int:
        """How many pixels there are in all."""
        return sum(image.size for image in self.deep + self.eight_bit)


def named_bands(folder: Path, seed: int = 0) -> Iterator[tuple[str, str, NDArray[np.float32]]]:
    """Yield (name, type, network input) of each band of each raster in a folder; what cannot be used is logged."""
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in RASTERS):
        try:
            with open_product(path) as source:
                for band, info in enumerate(source.info.bands):
                    if info.kind is Kind.EXACT:
                        continue
                    pixels = source.read(band, Window(0, 0, source.info.rows, source.info.cols))
                    void = radiometry.void_of(pixels, radiometry.estimate([pixels], info.kind))
                    if np.mean(void == Void.VALID) < LEAST_VALID:
                        continue
                    name = path.stem if len(source.info.bands) == 1 else f"{path.stem}_b{band}"
                    yield name, info.dtype, _network_input(Pixels(pixels.values, void), info.kind, seed)
        except InputError as error:
            log.warning("left out: %s", error)


def _network_input(pixels: Pixels, kind: Kind, seed: int) -> NDArray[np.float32]:
    """Return network input of pixels whose void counts zeros where zero means "not measured"."""
    values = pixels.values
    if values.dtype == np.uint8 and kind is Kind.AMPLITUDE:
        values = values + np.random.default_rng(seed).uniform(-0.5, 0.5, values.shape).astype(np.float32)
    parameters = radiometry.estimate([Pixels(values, pixels.void)], kind)
    return fill_void(radiometry.to_network(values, parameters), pixels.void != Void.VALID)


def pack(folder: Path, seed: int = 0) -> Pools:
    """Return the pools of a folder of rasters.

    Raises:
        InputError: there is no usable raster in it.
    """
    deep: list[Image] = []
    eight_bit: list[Image] = []
    for _, dtype, x in named_bands(folder, seed):
        (eight_bit if dtype == "uint8" else deep).append(x.astype(np.float16))
    if not deep and not eight_bit:
        raise InputError(f"There is no raster to train on in {folder}.")
    return Pools(tuple(deep), tuple(eight_bit))


def save_pack(pools: Pools, path: Path) -> None:
    """Write pools to an .npz file, for a machine that does not have the rasters."""
    arrays = {f"deep_{i}": image for i, image in enumerate(pools.deep)}
    arrays |= {f"eight_bit_{i}": image for i, image in enumerate(pools.eight_bit)}
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def load_pack(path: Path) -> Pools:
    """Return the pools of an .npz file; nothing in it is unpickled.

    Raises:
        InputError: missing, not a pack, or empty.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            groups = {
                key: tuple(arrays[name] for name in arrays.files if name.startswith(key)) for key in ("deep", "eight")
            }
    except (OSError, EOFError, ValueError, BadZipFile) as error:
        raise InputError(f"The pack {path} cannot be used: {error}.") from error
    if not groups["deep"] and not groups["eight"]:
        raise InputError(f"There is no image to train on in {path}.")
    return Pools(groups["deep"], groups["eight"])


class Sampler:
    """Draws batches of patches; the batch of a step depends on the seed and the step alone."""

    def __init__(self, pools: Pools, side: int, batch: int, seed: int, device: torch.device) -> None:
        self.side, self.batch, self.seed, self.device = side, batch, seed, device
        pairs = ((pools.deep, DEEP_SHARE), (pools.eight_bit, 1 - DEEP_SHARE))
        self._pools = [pool for pool, _ in pairs if pool]
        shares = np.array([share for pool, share in pairs if pool])
        self._shares = shares / shares.sum()
        self._weights = [_by_size(pool) for pool in self._pools]

    def draw(self, step: int) -> Tensor:
        """Return the batch of a step, (batch, 1, side, side)."""
        rng = np.random.default_rng([self.seed, step])
        generator = torch.Generator(self.device).manual_seed(int(rng.integers(2**62)))
        patches = []
        for _ in range(self.batch):
            patch = torch.from_numpy(self._patch(rng)).to(self.device)
            if rng.random() < SPECKLE_SHARE:
                patch = respeckle(patch, rng, generator)
            if rng.random() < SCATTERER_SHARE:
                patch = add_scatterers(patch, rng, generator)
            patches.append(patch)
        return torch.stack(patches)[:, None]

    def _patch(self, rng: np.random.Generator) -> NDArray[np.float32]:
        pool = int(rng.choice(len(self._pools), p=self._shares))
        image = self._pools[pool][int(rng.choice(len(self._pools[pool]), p=self._weights[pool]))]
        rows, cols = image.shape
        row, col = int(rng.integers(max(rows - self.side, 0) + 1)), int(rng.integers(max(cols - self.side, 0) + 1))
        patch = image[row : row + self.side, col : col + self.side].astype(np.float32)
        short = self.side - patch.shape[0], self.side - patch.shape[1]
        patch = np.pad(patch, ((0, short[0]), (0, short[1])), mode="symmetric")
        patch = patch[:: rng.choice((-1, 1)), :: rng.choice((-1, 1))]
        return np.ascontiguousarray(patch)


def _by_size(pool: tuple[Image, ...]) -> NDArray[np.float64]:
    sizes = np.array([image.size for image in pool], float)
    return np.asarray(sizes / sizes.sum())
