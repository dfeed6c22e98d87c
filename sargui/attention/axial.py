"""Axial attention: Ho et al., Axial Attention in Multidimensional Transformers, 2019, arXiv:1912.12180.

The paper stacks a layer along the rows and one along the columns. Here the queries and keys of both axes are computed
of x, and values once: then both together are one average over the whole map, whose weights can be shown.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sargui.attention.base import Mixing
from sargui.attention.registry import register


class _Axis(nn.Module):
    """Queries and keys for attention along one axis; keys without bias, which softmax cancels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = max(1, channels // 8)
        self.query = nn.Conv2d(channels, inner, 1)
        self.key = nn.Conv2d(channels, inner, 1, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return queries and keys, both (batch, rows, cols, channels / 8)."""
        return self.query(x).permute(0, 2, 3, 1), self.key(x).permute(0, 2, 3, 1)


@register("axial")
class AxialAttention(Mixing):
    """Let each position read its row, then its column of what these have read: O(N·√N) for N positions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.rows = _Axis(channels)
        self.cols = _Axis(channels)
        self.value = nn.Conv2d(channels, channels, 1)

    def mixed(self, x: Tensor) -> Tensor:
        """Return the attended values, shape of x."""
        value = self.value(x).permute(0, 2, 3, 1)  # (batch, rows, cols, channels)
        query, key = self.rows(x)
        along_rows = F.scaled_dot_product_attention(query, key, value)
        query, key = (part.transpose(1, 2) for part in self.cols(x))  # (batch, cols, rows, channels / 8)
        along_cols = F.scaled_dot_product_attention(query, key, along_rows.transpose(1, 2))
        return along_cols.permute(0, 3, 2, 1)

    def query_row(self, x: Tensor, row: int, col: int) -> Tensor:
        """Return the weights (1, rows, cols): of the rows, down the column, times of the columns, along each row."""
        query, key = self.cols(x)
        down = _weights(query[0, row, col], key[0, :, col])  # (rows,)
        query, key = self.rows(x)
        across = _weights(query[0, :, col, None], key[0])  # (rows, cols)
        return (down[:, None] * across)[None]


def _weights(query: Tensor, key: Tensor) -> Tensor:
    return torch.softmax((query * key).sum(-1).float() * query.shape[-1] ** -0.5, -1)
