"""The quality scale: 0..100 in hundredths, its Lagrange multiplier, and its integer embedding.

The file stores the quality as an integer 0..10000 (hundredths), from which everything else follows:
λ = 0.02 · 1000^(quality/100) weighs an error in dB² against a bit per pixel, and the embedding that the
networks see is a hat function on 8 knots in units of 1/64, computed in integers.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

QUALITY_MAX = 10_000
KNOTS = 8
EMBEDDING_UNIT = 64
LAMBDA_LOW, LAMBDA_RANGE = 0.02, 1000.0
# An orthonormal transform at high rate has D = Δ²/12 and dR/dD = −λ with R in bits: Δ² = 12 / (2 ln 2 · λ) = 8.656 / λ.
STEP_SQUARED_TIMES_LAMBDA = 12 / (2 * math.log(2))


def multiplier(quality: Tensor) -> Tensor:
    """Return λ (bits per pixel per dB²) of qualities 0..10000, shape kept."""
    return LAMBDA_LOW * LAMBDA_RANGE ** (quality.to(torch.float32) / QUALITY_MAX)


def step(quality: Tensor) -> Tensor:
    """Return the theoretical quantization step in network units (10 dB), shape kept."""
    return torch.sqrt(STEP_SQUARED_TIMES_LAMBDA / multiplier(quality)) / 10


def embedding(quality: Tensor) -> Tensor:
    """Return the integer embedding (batch, 8) of integer qualities (batch,), as floats that hold integers 0..64."""
    place = (quality.to(torch.int64) * (EMBEDDING_UNIT * (KNOTS - 1)) + QUALITY_MAX // 2) // QUALITY_MAX
    knots = torch.arange(KNOTS, device=quality.device) * EMBEDDING_UNIT
    return (EMBEDDING_UNIT - (place[:, None] - knots).abs()).clamp(min=0).to(torch.float32)
