"""Self-attention over the whole map: Zhang et al., Self-Attention Generative Adversarial Networks, ICML 2019,
arXiv:1805.08318."""

from torch import Tensor, nn

from sargui.attention.base import Mixing
from sargui.attention.dot_product import LARGEST_SIDE, attend, row_weights
from sargui.attention.registry import register


@register("self")
class SelfAttention(Mixing):
    """Let each position read all others, weighted by a softmax, without scaling, over queries times keys.

    Keys have no bias: it would add the same to all logits of a query, which softmax cancels.
    """

    largest_side = LARGEST_SIDE

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = max(1, channels // 8)
        self.query = nn.Conv2d(channels, inner, 1)
        self.key = nn.Conv2d(channels, inner, 1, bias=False)
        self.value = nn.Conv2d(channels, channels, 1)

    def mixed(self, x: Tensor) -> Tensor:
        """Return the attended values, shape of x."""
        return attend(self.query(x), self.key(x), self.value(x), heads=1, scale=1)

    def query_row(self, x: Tensor, row: int, col: int) -> Tensor:
        """Return the weights (1, rows, cols) with which a position reads the others."""
        query = self.query(x[:, :, row : row + 1, col : col + 1])
        return row_weights(query, self.key(x), heads=1, scale=1)
