"""Simulated point scatterers on real clutter: the bright, isolated responses that the training rasters hold too few of.

The response of a focused point target is, along each axis, a sinc weighted against sidelobes; it adds to the clutter as
a complex amplitude (Oliver and Quegan, Understanding SAR Images, 2004, ch. 2 and 4).
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

MOST = 24  # of a patch of 256 × 256 pixels
PEAK_DB = (10.0, 45.0)  # above the mean power of the patch
RESOLUTION_PX = (1.0, 2.0)  # from the peak of the sinc to its first zero, before weighting
TAPER = (0.0, 0.46)  # 0: none; 0.46: Hamming's, sidelobes below -40 dB
COHERENCE = (0.3, 1.0)  # of the sum of scatterer and clutter: 1 for one look, less for more


def add_scatterers(x: Tensor, rng: np.random.Generator, generator: torch.Generator) -> Tensor:
    """Return x (rows, cols), network units, with point scatterers added at random places."""
    count = int(rng.integers(1, max(2, MOST * x.numel() // 65536 + 1)))
    clutter = torch.pow(10.0, x)
    peaks = torch.sqrt(clutter.mean()) * _tensor(10 ** (rng.uniform(*PEAK_DB, count) / 20), x)
    down, across = (
        _responses(_tensor(rng.uniform(0, side, count), x), side, rng.uniform(*RESOLUTION_PX), rng.uniform(*TAPER))
        for side in x.shape
    )
    phases = _tensor(rng.uniform(0, 2 * math.pi, count), x)
    real, imaginary = ((down * peaks * wave(phases)) @ across.T for wave in (torch.cos, torch.sin))
    mixed = torch.cos(2 * math.pi * torch.rand(x.shape, generator=generator, device=x.device))
    strength = real.square() + imaginary.square()
    power = clutter + strength + 2 * float(rng.uniform(*COHERENCE)) * torch.sqrt(clutter * strength) * mixed
    return torch.log10(torch.maximum(power, clutter * 1e-2))


def _responses(places: Tensor, side: int, resolution: float, taper: float) -> Tensor:
    """Return the amplitude along an axis of each scatterer, (side, scatterers)."""
    u = (torch.arange(side, device=places.device)[:, None] + 0.5 - places) / resolution
    # Weighting the spectrum with 1 - taper + taper * cos(2 pi f) adds two sincs, shifted by one to either side.
    response = (1 - taper) * torch.sinc(u) + taper / 2 * (torch.sinc(u - 1) + torch.sinc(u + 1))
    return response / (1 - taper)


def _tensor(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], like: Tensor) -> Tensor:
    return torch.from_numpy(values).to(like)
