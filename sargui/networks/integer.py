"""Integer arithmetic in float tensors: what selects a coding table must not depend on device, layout or threads.

Integers held in float32 are exact in any order of summation while every partial sum stays below 2^24, so the
layers here are 1×1 and depthwise 3×3 convolutions of 8-bit weights and activations, requantized by a power of
two. Training sees the same integers with straight-through gradients (Bengio 2013, arXiv:1308.3432), so nothing
changes at export. Activations count in units of 1/16, weights in units of 1/64.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WEIGHT_UNIT = 64
ACTIVATION_UNIT = 16
WEIGHT_LIMIT = 127
ACTIVATION_LIMIT = 255
SIGNED_LIMIT = 127
SUM_LIMIT = 2**23  # half of what float32 holds exactly


class _Round(torch.autograd.Function):
    """Round half up; the gradient passes."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return (x + 0.5).floor_()

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        return grad_outputs[0]


class _Clamp(torch.autograd.Function):
    """Clamp; the gradient passes inside, and outside where it leads back in."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, low: float, high: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.limits = low, high
        return x.clamp(low, high)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        (x,) = ctx.saved_tensors
        (gradient,) = grad_outputs
        low, high = ctx.limits
        passes = ((x >= low) | (gradient < 0)) & ((x <= high) | (gradient > 0))
        return gradient * passes, None, None


def round_half_up(x: Tensor) -> Tensor:
    """Return floor(x + ½); straight-through gradient."""
    result: Tensor = _Round.apply(x)  # type: ignore[no-untyped-call]
    return result


def clamp(x: Tensor, low: float, high: float) -> Tensor:
    """Return x clamped; the gradient is stopped only where it would push further out."""
    result: Tensor = _Clamp.apply(x, low, high)  # type: ignore[no-untyped-call]
    return result


class IntegerConv(nn.Conv2d):
    """A 1×1 or depthwise 3×3 convolution of integers by integers; same size out.

    Weights are kept as real numbers for training; `integer_weight` and `integer_bias` are what computes.
    """

    def __init__(self, inputs: int, outputs: int, *, depthwise: bool = False) -> None:
        if depthwise:
            super().__init__(inputs, outputs, 3, padding=1, groups=inputs)
        else:
            super().__init__(inputs, outputs, 1)

    def integer_weight(self) -> Tensor:
        """Return the weights in units of 1/64, −127..127."""
        return round_half_up(clamp(self.weight * WEIGHT_UNIT, -WEIGHT_LIMIT, WEIGHT_LIMIT))

    def integer_bias(self) -> Tensor:
        """Return the biases in units of 1/1024."""
        assert self.bias is not None
        return round_half_up(self.bias * (WEIGHT_UNIT * ACTIVATION_UNIT))

    def forward(self, x: Tensor) -> Tensor:
        """Return integers (units of 1/16) of integers (units of 1/16), not clamped."""
        weight, bias = self.integer_weight(), self.integer_bias()
        if self.groups == 1:
            total = F.linear(x.movedim(1, 3), weight[:, :, 0, 0], bias).movedim(3, 1)
        else:
            # Without oneDNN torch gives batches of 16 to NNPACK, whose fast convolutions are not exact.
            with torch.backends.nnpack.flags(enabled=False):
                total = F.conv2d(x, weight, bias, padding=self.padding, groups=self.groups)
        return round_half_up(total / WEIGHT_UNIT)

    def largest_sum(self, input_limit: float) -> float:
        """Return the largest absolute partial sum that inputs of at most `input_limit` can cause."""
        weight = self.integer_weight().abs().sum(dim=(1, 2, 3))
        return float((weight * input_limit + self.integer_bias().abs()).max().detach())


def rectify(x: Tensor) -> Tensor:
    """Return x clamped to 0..255."""
    return clamp(x, 0, ACTIVATION_LIMIT)
