"""Multi-head attention: Vaswani et al., Attention Is All You Need, NeurIPS 2017, arXiv:1706.03762."""

from torch import Tensor, nn

from sargui.attention.base import Mixing
from sargui.attention.dot_product import LARGEST_SIDE, attend, row_weights
from sargui.attention.registry import register
from sargui.core.errors import CheckpointError


@register("multihead")
class MultiHeadAttention(Mixing):
    """Let each position read all others in several ways at once, each on its share of the channels; then project."""

    largest_side = LARGEST_SIDE

    def __init__(self, channels: int, heads: int = 8) -> None:
        super().__init__()
        if channels % heads:
            raise CheckpointError(f"{channels} channels cannot be divided among {heads} attention heads.")
        self.heads = heads
        self.scale = (channels // heads) ** -0.5
        self.query = nn.Conv2d(channels, channels, 1)
        self.key = nn.Conv2d(channels, channels, 1, bias=False)  # a bias would cancel in the softmax
        self.value = nn.Conv2d(channels, channels, 1)
        self.project = nn.Conv2d(channels, channels, 1)

    def mixed(self, x: Tensor) -> Tensor:
        """Return the attended values, projected, shape of x."""
        mixed: Tensor = self.project(attend(self.query(x), self.key(x), self.value(x), self.heads, self.scale))
        return mixed

    def query_row(self, x: Tensor, row: int, col: int) -> Tensor:
        """Return the weights (heads, rows, cols) with which a position reads the others."""
        query = self.query(x[:, :, row : row + 1, col : col + 1])
        return row_weights(query, self.key(x), self.heads, self.scale)
