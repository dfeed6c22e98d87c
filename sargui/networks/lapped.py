"""The learned lapped transform: 256 bases of 32×32 pixels on a grid of 16.

It starts as Malvar's lapped orthogonal transform (Malvar and Staelin, The LOT: transform coding without
blocking effects, IEEE Trans. ASSP 37, 1989), optimal for a first-order autoregressive signal, and is learned on
from there. Every basis keeps its symmetry (even or odd in each axis), so that a half-sample-symmetric extension
of the picture is a mirrored extension of the latents with each basis's sign: reconstruction is exact up to the
border, without any extra latents.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

SIDE = 16
CORRELATION = 0.95


def lapped_basis(side: int = SIDE, correlation: float = CORRELATION) -> NDArray[np.float64]:
    """Return the orthogonal lapped basis, (side, 2·side), by rising frequency; even rows are even, odd rows odd."""
    order = np.arange(side)
    cosine = np.sqrt(2 / side) * np.cos(np.pi * (order[None] + 0.5) * order[:, None] / side)
    cosine[0] /= np.sqrt(2)
    even, odd = cosine[0::2], cosine[1::2]
    difference = even - odd
    start = 0.5 * np.block([[difference, difference[:, ::-1]], [difference, -difference[:, ::-1]]])
    covariance = correlation ** np.abs(np.subtract.outer(np.arange(2 * side), np.arange(2 * side)))
    energy = start @ covariance @ start.T
    half = side // 2
    basis = np.zeros((side, 2 * side))
    for parity, part in enumerate((slice(0, half), slice(half, side))):
        _, vectors = np.linalg.eigh(energy[part, part])
        basis[parity::2] = vectors[:, ::-1].T @ start[part]
    return basis


def frequency_order(side: int = SIDE) -> NDArray[np.intp]:
    """Return the (row frequency, column frequency) pairs, (side², 2), by rising sum."""
    pairs = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), -1).reshape(-1, 2)
    return pairs[np.argsort(pairs.sum(1), kind="stable")]


class LappedBasis(nn.Module):
    """The bases of one direction, stored as their first quadrant, (256, 16, 16); symmetry gives the rest."""

    signs: Tensor  # (256, 2): +1 for a basis that is even along rows (columns), −1 for an odd one

    def __init__(self) -> None:
        super().__init__()
        basis = lapped_basis()
        pairs = frequency_order()
        quadrant = np.einsum("ki,kj->kij", basis[pairs[:, 0], :SIDE], basis[pairs[:, 1], :SIDE])
        self.quadrant = nn.Parameter(torch.tensor(quadrant, dtype=torch.float32))
        self.register_buffer("signs", torch.tensor(1 - 2 * (pairs % 2), dtype=torch.float32), persistent=False)

    def kernel(self) -> Tensor:
        """Return the bases as a 2×2 convolution over cells of unshuffled pixels, (256, 256, 2, 2)."""
        rows, cols = self.signs[:, 0, None, None], self.signs[:, 1, None, None]
        right = self.quadrant.flip(2) * cols
        top = torch.stack([self.quadrant, right], -1)
        bottom = top.flip(1) * rows[..., None]
        return torch.stack([top, bottom], -2).reshape(SIDE * SIDE, SIDE * SIDE, 2, 2)


class LappedAnalysis(LappedBasis):
    """Pixels to latents."""

    def forward(self, x: Tensor) -> Tensor:
        """Return latents (batch, 256, rows/16, cols/16) of x (batch, 1, rows, cols), sides multiples of 16."""
        x = extend_pixels(x, SIDE // 2)
        return F.conv2d(F.pixel_unshuffle(x, SIDE), self.kernel())


class LappedSynthesis(LappedBasis):
    """Latents to pixels, the transpose of the analysis."""

    def forward(self, y: Tensor) -> Tensor:
        """Return pixels (batch, 1, 16·rows, 16·cols) of latents y (batch, 256, rows, cols)."""
        cells = F.conv_transpose2d(extend_latents(y, self.signs), self.kernel())
        margin = SIDE + SIDE // 2
        return F.pixel_shuffle(cells, SIDE)[:, :, margin:-margin, margin:-margin]


def extend_pixels(x: Tensor, margin: int) -> Tensor:
    """Return x with `margin` pixels of half-sample-symmetric extension on each side; margin ≤ its sides."""
    x = torch.cat([x[:, :, :margin].flip(2), x, x[:, :, -margin:].flip(2)], 2)
    return torch.cat([x[:, :, :, :margin].flip(3), x, x[:, :, :, -margin:].flip(3)], 3)


def extend_latents(y: Tensor, signs: Tensor) -> Tensor:
    """Return y with the one mirrored cell on each side that the extended picture would have."""
    rows, cols = signs[None, :, :1, None], signs[None, :, 1:, None]
    y = torch.cat([y[:, :, :1] * rows, y, y[:, :, -1:] * rows], 2)
    return torch.cat([y[:, :, :, :1] * cols, y, y[:, :, :, -1:] * cols], 3)
