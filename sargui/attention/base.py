"""What every attention variant is: features in, features of the same shape out, and what it attended to.

Two families: `Gating` multiplies each value by a gate that starts at 1; `Mixing` adds, γ times, an average of values
of other positions, and γ starts at 0. So every variant starts as the identity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Attended:
    """What a variant attended to in one forward pass; None where it does not look at that.

    `channel_gates` (batch, channels) and `position_map` (batch, rows, cols) are gates, 0..2, 1 being neutral.
    `query(row, col)` computes what the position attended to in the first picture of the batch: weights
    (heads, rows, cols) that sum to 1 for each head.
    """

    channel_gates: Tensor | None = None
    position_map: Tensor | None = None
    heads: int = 0
    query: Callable[[int, int], Tensor] | None = None


class Attention(nn.Module):
    """Base of all variants.

    `reach` is how many positions beyond a position it looks; None: at the whole map, which must then be a window of
    the size it was trained on (`Windowed`) and at most `largest_side` positions high and wide, if that is not None.
    `step` is the distance of the positions to which a crop may be shifted without changing the result. `heads` is how
    many query rows a position has.
    """

    reach: int | None = None
    largest_side: int | None = None
    step = 1
    heads = 0

    def forward(self, x: Tensor) -> Tensor:
        """Return features of the shape of x (batch, channels, rows, cols)."""
        raise NotImplementedError

    def attended(self, x: Tensor) -> Attended:
        """Return what `forward` attends to, given the same arguments."""
        raise NotImplementedError

    def needed(self, margin: int) -> int:
        """Return how many positions beyond an edge it must see, for its output to be right `margin` beyond the edge."""
        assert self.reach is not None, "a variant that looks at its whole map needs windows"
        return margin + self.reach


class Gating(Attention):
    """A variant that multiplies features by gates, which it computes of them or of a `source` beside them."""

    def gates(self, source: Tensor) -> Tensor:
        """Return gates, 0..2, that broadcast to the features; source is (batch, features, rows, cols)."""
        raise NotImplementedError

    def forward(self, x: Tensor, source: Tensor | None = None) -> Tensor:
        """Return x (batch, channels, rows, cols) times the gates of `source`, or of x itself."""
        return x * self.gates(x if source is None else source)

    def attended(self, x: Tensor, source: Tensor | None = None) -> Attended:
        """Return the gates; a gate for each channel and position is averaged to one per channel, one per position."""
        gates = self.gates(x if source is None else source)
        return Attended(
            channel_gates=gates.mean((2, 3)) if gates.shape[1] > 1 else None,
            position_map=gates.mean(1) if gates.shape[2:].numel() > 1 else None,
        )


class Mixing(Attention):
    """A variant that adds, γ times, what other positions hold."""

    heads = 1

    def __init__(self) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(()))

    def mixed(self, x: Tensor) -> Tensor:
        """Return the weighted average of values at each position, shape of x (batch, channels, rows, cols)."""
        raise NotImplementedError

    def query_row(self, x: Tensor, row: int, col: int) -> Tensor:
        """Return the weights (heads, rows, cols) of that average at one position of x (1, channels, rows, cols)."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Return x + γ · mixed(x)."""
        return x + self.gamma * self.mixed(x)

    def attended(self, x: Tensor) -> Attended:
        """Return the query rows, computed when asked for."""
        return Attended(heads=self.heads, query=partial(self.query_row, x[:1]))


@contextmanager
def bypassed(network: nn.Module) -> Iterator[None]:
    """Run a network as if every attention in it were the identity, as long as the context lasts."""
    handles = [
        module.register_forward_hook(lambda module, inputs, output: inputs[0])
        for module in network.modules()
        if isinstance(module, Attention)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
