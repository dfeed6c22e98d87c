"""The whole network: analysis, quantization at any quality, entropy model and synthesis; and its training forward pass.

Symbols follow the literature: x picture, y latents, v = y·gain/step what is quantized, z side information.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sargui.networks import quality as scale
from sargui.networks.classic import ClassicAnalysis, ClassicSynthesis
from sargui.networks.config import NetworkConfig
from sargui.networks.entropy import LEVEL_UNITS, Z_UNIT, EntropyNetwork, HyperAnalysis, first_half, log_scale
from sargui.networks.integer import round_half_up
from sargui.networks.transforms import Analysis, Synthesis

LEAST_PROBABILITY = 1e-7
SCALE_INPUT = 0.3  # of the log scales, so that the synthesis sees numbers of its own size


@dataclass(frozen=True, slots=True)
class Quantized:
    """Levels with a straight-through gradient, the symbols that stand for them and the tables of these; all alike."""

    levels: Tensor
    symbols: Tensor
    tables: Tensor

    def __add__(self, other: Quantized) -> Quantized:
        """Return both halves of a group as one; each is 0 where the other is coded."""
        return Quantized(self.levels + other.levels, self.symbols + other.symbols, self.tables + other.tables)


class Quantizer(Protocol):
    """What training needs of a quantizer; values are in steps, all tensors (batch, channels, rows, cols)."""

    profile: int

    def levels(self, values: Tensor, index: Tensor) -> Quantized:
        """Return what values become, 0 where the index is 0."""

    def bits(self, values: Tensor, index: Tensor, quantized: Quantized) -> Tensor:
        """Return the bits of each, with gradients for values and index."""


class NoisyRounding:
    """Scalar quantization; for the rate, noise stands for rounding (Ballé 2017, arXiv:1611.01704)."""

    profile = 0

    def levels(self, values: Tensor, index: Tensor) -> Quantized:
        """Return values rounded to whole steps."""
        levels = round_half_up(values) * (index > 0)
        return Quantized(levels, levels, index)

    def bits(self, values: Tensor, index: Tensor, quantized: Quantized) -> Tensor:
        """Return the bits of values with noise for a Gaussian of the index's scale."""
        return noisy_bits(values, index)


@dataclass(frozen=True, slots=True)
class TrainingOutput:
    """What a training step needs: per image, bits per pixel of y and z, and squared error in dB²; and the picture."""

    y_bits: Tensor
    z_bits: Tensor
    mse: Tensor
    x_hat: Tensor


class Autoencoder(nn.Module):
    """g_a, h_a, the integer entropy network and g_s, with gains that fit the quantization step to each latent."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        lapped = config.preset == "lapped"
        self.g_a: Analysis | ClassicAnalysis = Analysis(config) if lapped else ClassicAnalysis(config)
        self.g_s: Synthesis | ClassicSynthesis = Synthesis(config) if lapped else ClassicSynthesis(config)
        self.h_a = HyperAnalysis(config)
        self.entropy = EntropyNetwork(config)
        self.gain = nn.Parameter(torch.zeros(scale.KNOTS, config.latents))
        self.inverse_gain = nn.Parameter(torch.zeros(scale.KNOTS, config.latents))
        self.z_scale = nn.Parameter(torch.full((config.side,), 0.5))  # training's guess of z's spread; files use counts

    @property
    def signs(self) -> Tensor:
        """The sign of each latent in a mirror along rows and columns, (latents, 2)."""
        return self.g_s.signs

    def scaled(self, x: Tensor, quality: Tensor, *, linear: bool = False) -> Tensor:
        """Return v, latents in quantization steps, of x (batch, 1, rows, cols) at qualities (batch,) 0..10000."""
        embedded = scale.embedding(quality) / scale.EMBEDDING_UNIT
        gain = torch.exp(embedded @ self.gain) / scale.step(quality)[:, None]
        latents: Tensor = self.g_a.linear(x) if linear else self.g_a(x, embedded)
        return latents * gain[:, :, None, None]

    def reconstruct(self, v_hat: Tensor, index: Tensor, quality: Tensor, *, linear: bool = False) -> Tensor:
        """Return pixels of latents v_hat and table indices, both (batch, 256, rows, cols), at qualities (batch,)."""
        embedded = scale.embedding(quality) / scale.EMBEDDING_UNIT
        gain = torch.exp(embedded @ self.inverse_gain) * scale.step(quality)[:, None]
        latents = v_hat * gain[:, :, None, None]
        picture: Tensor = (
            self.g_s.linear(latents) if linear else self.g_s(latents, log_scale(index) * SCALE_INPUT, embedded)
        )
        return picture

    def forward(
        self, x: Tensor, quality: Tensor, *, linear: bool = False, quantizer: Quantizer | None = None
    ) -> TrainingOutput:
        """Return rate and distortion of x (batch, 1, rows, cols; sides multiples of 64) at qualities (batch,).

        `quantizer` (noisy rounding if None) says what is coded and how many bits it takes. `linear` leaves the
        nonlinear branch out, as the first minutes of training do.
        """
        quantizer = quantizer or NoisyRounding()
        embedding = scale.embedding(quality)
        v = self.scaled(x, quality, linear=linear)
        z = self.h_a(v)
        z_bits = gaussian_bits(z + torch.rand_like(z) - 0.5, self._z_scales())
        features = self.entropy.features(round_half_up(z), embedding)
        means = self.entropy.first_means(features)
        half = first_half(v).to(v.dtype)
        contexts: list[Tensor] = []
        bits, values, indices = [], [], []
        for group, part in enumerate(torch.split(v, list(self.config.groups), dim=1)):
            mean = means if group == 0 else torch.zeros_like(part)
            residual = part - mean
            shared = self.entropy.shared(group, features, contexts)
            index = self.entropy.indices(group, shared) * half
            coded = quantizer.levels(residual, index)
            if group == 0:
                second_mean = self.entropy.second_means(mean, coded.levels * LEVEL_UNITS[quantizer.profile])
                mean = mean * half + second_mean * (1 - half)
                residual = part - mean
            near = self.entropy.context(coded.levels, quantizer.profile)
            second = self.entropy.indices(group, shared, near) * (1 - half)
            index, coded = index + second, coded + quantizer.levels(residual, second)
            bits.append(quantizer.bits(residual, index, coded))
            values.append(coded.levels * LEVEL_UNITS[quantizer.profile] + mean)
            indices.append(index)
            contexts.append(self.entropy.context(coded.levels, quantizer.profile))
        v_hat, index = torch.cat(values, 1), torch.cat(indices, 1)
        x_hat = self.reconstruct(v_hat, index, quality, linear=linear)
        pixels = x.shape[2] * x.shape[3]
        y_bits = sum((part.sum(dim=(1, 2, 3)) for part in bits), torch.zeros((), device=x.device)) / pixels
        mse = (x_hat - x).square().mean(dim=(1, 2, 3)) * 100
        return TrainingOutput(y_bits, z_bits.sum(dim=(1, 2, 3)) / pixels, mse, x_hat)

    def _z_scales(self) -> Tensor:
        return F.softplus(self.z_scale)[None, :, None, None] * Z_UNIT


class _LowerBound(torch.autograd.Function):
    """max(x, bound) whose gradient still lifts x from below the bound."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor, bound: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.bound = bound  # type: ignore[attr-defined]
        return x.clamp(min=bound)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, *grad_outputs: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors  # type: ignore[attr-defined]
        (gradient,) = grad_outputs
        return gradient * ((x >= ctx.bound) | (gradient < 0)), None  # type: ignore[attr-defined]


def noisy_bits(values: Tensor, index: Tensor) -> Tensor:
    """Return the bits of values (in steps) plus uniform noise of one step, for a Gaussian of the index's scale."""
    return gaussian_bits(values + torch.rand_like(values) - 0.5, torch.exp(log_scale(index)))


def gaussian_bits(value: Tensor, sigma: Tensor) -> Tensor:
    """Return −log2 of the probability that a zero-mean Gaussian lies within ½ of `value`; at most 23.3 bits."""
    magnitude = value.abs()
    inner = (magnitude - 0.5) / (sigma * math.sqrt(2))
    outer = (magnitude + 0.5) / (sigma * math.sqrt(2))
    probability = 0.5 * (torch.erfc(inner) - torch.erfc(outer))
    bounded: Tensor = _LowerBound.apply(probability, LEAST_PROBABILITY)  # type: ignore[no-untyped-call]
    return -torch.log2(bounded)
