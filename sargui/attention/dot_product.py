"""Attention by dot products of queries and keys, over maps small enough for it."""

import torch
from torch import Tensor
from torch.nn import functional as F

LARGEST_SIDE = 32
MOST_POSITIONS = LARGEST_SIDE**2


def attend(query: Tensor, key: Tensor, value: Tensor, heads: int, scale: float) -> Tensor:
    """Return softmax(scale · query · keyᵀ) · value, a map like `value`.

    All are maps (batch, channels, rows, cols), their channels divided among the heads in order. torch picks the
    algorithm; one that keeps the matrix of all pairs of positions is bounded by MOST_POSITIONS².

    Raises:
        ValueError: the map has more positions than that.
    """
    if value.shape[2:].numel() > MOST_POSITIONS:
        raise ValueError(f"self-attention sees at most {MOST_POSITIONS} positions; put it into windows")
    mixed = F.scaled_dot_product_attention(
        _tokens(query, heads), _tokens(key, heads), _tokens(value, heads), scale=scale
    )
    return mixed.transpose(2, 3).reshape(value.shape)


def row_weights(query: Tensor, key: Tensor, heads: int, scale: float) -> Tensor:
    """Return the softmax weights (heads, rows, cols) of one query (1, channels, 1, 1) over a map of keys."""
    logits = _tokens(key, heads) @ _tokens(query, heads).transpose(2, 3) * scale  # (1, heads, positions, 1)
    return torch.softmax(logits[0, :, :, 0].float(), 1).reshape(heads, *key.shape[2:])


def _tokens(x: Tensor, heads: int) -> Tensor:
    """Return a map as (batch, heads, positions, channels), laid out so that torch's fused algorithms take it."""
    return x.reshape(x.shape[0], heads, x.shape[1] // heads, -1).transpose(2, 3).contiguous()
