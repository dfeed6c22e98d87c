"""Local self-attention: Ramachandran et al., Stand-Alone Self-Attention in Vision Models, NeurIPS 2019,
arXiv:1906.05909."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sargui.attention.base import Mixing
from sargui.attention.registry import register

REACH = 3
SIDE = 2 * REACH + 1


@register("local")
class LocalAttention(Mixing):
    """Let each position read the 7×7 around it: softmax over q·(k + r), r a learned vector for each of the 49 places.

    Places beyond the map are not read. (The paper makes r of one vector for the row and one for the column.)
    """

    reach = REACH

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = max(1, channels // 8)
        self.query = nn.Conv2d(channels, inner, 1)
        self.key = nn.Conv2d(channels, inner, 1, bias=False)  # a bias would cancel in the softmax
        self.value = nn.Conv2d(channels, channels, 1)
        self.place = nn.Parameter(torch.zeros(SIDE**2, inner))

    def mixed(self, x: Tensor) -> Tensor:
        """Return the attended values, shape of x."""
        value = self.value(x)
        weights = self._weights(x).to(value.dtype).unbind(1)
        mixed = torch.zeros_like(value)
        for weight, shifted in zip(weights, _shifts(value), strict=True):  # 49 copies at once would not fit
            mixed = torch.addcmul(mixed, weight[:, None], shifted)
        return mixed

    def query_row(self, x: Tensor, row: int, col: int) -> Tensor:
        """Return the weights (1, rows, cols) with which a position reads the others: 0 beyond the 7×7."""
        around = self._weights(x)[0, :, row, col].reshape(SIDE, SIDE)
        rows, cols = x.shape[2:]
        padded = around.new_zeros(rows + 2 * REACH, cols + 2 * REACH)
        padded[row : row + SIDE, col : col + SIDE] = around
        return padded[None, REACH:-REACH, REACH:-REACH]

    def _weights(self, x: Tensor) -> Tensor:
        query, key = self.query(x), self.key(x)
        by_content = torch.stack([(query * shifted).sum(1) for shifted in _shifts(key)], 1)
        by_place = F.conv2d(query, self.place[:, :, None, None])
        inside = torch.stack(list(_shifts(torch.ones_like(x[:1, :1]))), 1)[:, :, 0] > 0  # (1, 49, rows, cols)
        logits = (by_content + by_place).float().masked_fill(~inside, -torch.inf)
        return torch.softmax(logits, 1)  # (batch, 49, rows, cols)


def _shifts(x: Tensor) -> Iterator[Tensor]:
    """Yield what each position sees in each of the 49 places around it, as views of x with a margin of zeros."""
    rows, cols = x.shape[2:]
    padded = F.pad(x, (REACH,) * 4)
    for down in range(SIDE):
        for across in range(SIDE):
            yield padded[:, :, down : down + rows, across : across + cols]
