"""Linear attention: Katharopoulos et al., Transformers are RNNs, ICML 2020, arXiv:2006.16236."""

from torch import Tensor, nn
from torch.nn import functional as F

from sargui.attention.base import Mixing
from sargui.attention.registry import register


@register("linear")
class LinearAttention(Mixing):
    """Let each position read all others, weighted by φ(q)·φ(k), φ = elu + 1: O(N), for φ(k)·v is summed once."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = max(1, channels // 8)
        self.query = nn.Conv2d(channels, inner, 1)
        self.key = nn.Conv2d(channels, inner, 1)
        self.value = nn.Conv2d(channels, channels, 1)

    def mixed(self, x: Tensor) -> Tensor:
        """Return the attended values, shape of x (equation 6 of the paper)."""
        query, key = _feature(self.query(x)), _feature(self.key(x))  # (batch, channels / 8, positions)
        summed = self.value(x).flatten(2) @ key.transpose(1, 2)  # (batch, channels, channels / 8)
        weight = (query * key.sum(2, keepdim=True)).sum(1, keepdim=True)  # (batch, 1, positions)
        mixed: Tensor = (summed @ query / weight).reshape(x.shape)
        return mixed

    def query_row(self, x: Tensor, row: int, col: int) -> Tensor:
        """Return the weights (1, rows, cols) with which a position reads the others."""
        query = _feature(self.query(x[:, :, row : row + 1, col : col + 1]))
        products = (query * _feature(self.key(x))).sum(1).float()  # (1, positions)
        return (products / products.sum()).reshape(1, *x.shape[2:])


def _feature(x: Tensor) -> Tensor:
    return F.elu(x.flatten(2)) + 1
