"""Simulated speckle on smoothed real structure: looks and spectra that the training rasters do not hold.

Multi-looked speckle is the mean of L independent exponential intensities, each the power of a complex circular
Gaussian field that the system's point-spread function has correlated (Goodman 1976; Oliver and Quegan 2004,
ch. 4).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

LOOKS = (1, 1, 2, 4, 5, 5, 8, 16)
SPREAD_PX = (0.3, 0.9)  # standard deviation of the point-spread function
SMOOTHING_PX = (3, 5, 7)
FLOOR_DB = -20.0  # of the simulated mean power; stands for the radiometric floor


def respeckle(x: Tensor, rng: np.random.Generator, generator: torch.Generator) -> Tensor:
    """Return x (rows, cols), network units, with its fine structure replaced by simulated speckle; same mean."""
    looks = int(rng.choice(LOOKS))
    side = int(rng.choice(SMOOTHING_PX))
    structure = _smooth(torch.pow(10.0, x), torch.full((side,), 1 / side, device=x.device))
    row_spread, col_spread = rng.uniform(*SPREAD_PX, 2)
    speckle = speckle_field(x.shape[0], x.shape[1], looks, (row_spread, col_spread), generator)
    power = structure * speckle
    result = torch.log10(power + power.mean() * 10 ** (FLOOR_DB / 10))
    return result - result.mean() + x.mean()


def speckle_field(
    rows: int, cols: int, looks: int, spread_px: tuple[float, float], generator: torch.Generator
) -> Tensor:
    """Return unit-mean speckle intensity (rows, cols), on the generator's device."""
    field = torch.randn((2 * looks, rows, cols), generator=generator, device=generator.device)
    for axis, spread in enumerate(spread_px):
        field = _convolve(field, _gaussian(spread, field.device), axis + 1)
    intensity = field.square().mean(0)
    return intensity / intensity.mean()


def _gaussian(spread: float, device: torch.device) -> Tensor:
    place = torch.arange(-3, 4, device=device, dtype=torch.float32)
    kernel = torch.exp(-0.5 * (place / spread) ** 2)
    return kernel / kernel.sum()


def _smooth(x: Tensor, kernel: Tensor) -> Tensor:
    return _convolve(_convolve(x[None], kernel, 1), kernel, 2)[0]


def _convolve(x: Tensor, kernel: Tensor, axis: int) -> Tensor:
    """Return x (n, rows, cols) convolved along an axis (1 or 2), mirrored at its ends."""
    reach = len(kernel) // 2
    padded = F.pad(x[:, None], (0, 0, reach, reach) if axis == 1 else (reach, reach, 0, 0), mode="reflect")[:, 0]
    parts = (tap * padded.narrow(axis, place, x.shape[axis]) for place, tap in enumerate(kernel.tolist()))
    return sum(parts, torch.zeros((), device=x.device))
