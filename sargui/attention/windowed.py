"""Windows for variants that look at all of their map, so that they see at any size what they saw in training.

Windows of a fixed size overlap by half; each is attended on its own, and they are crossfaded. So a value does not
depend on the size of the map, only on the places of the windows, and no seam shows where one ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from sargui.attention.base import Attended, Attention


@dataclass(frozen=True, slots=True)
class _Strip:
    """Windows beside each other: `area` is theirs in the map, `weight` (rows, cols) that of each position in them."""

    area: tuple[slice, slice]
    wide: int
    weight: Tensor

    def cut(self, x: Tensor) -> Tensor:
        """Return the windows of the map x (batch, channels, ...) as (batch · windows, channels, rows, cols)."""
        strip = x[:, :, *self.area]
        windows = strip.reshape(*strip.shape[:3], -1, self.wide)  # (batch, channels, rows, windows, cols)
        return windows.permute(0, 3, 1, 2, 4).flatten(0, 1)

    def join(self, windows: Tensor, batch: int) -> Tensor:
        """Return what `cut` has cut, weighted, as a strip (batch, channels, rows, windows · cols)."""
        apart = windows.reshape(batch, -1, *windows.shape[1:])
        return apart.permute(0, 2, 3, 1, 4).flatten(3) * self.weight


class Windowed(Attention):
    """A variant on windows of `side` positions (even), every side / 2 from the map's first position on.

    The weights of the windows are sin² across each, and sum to 1 everywhere; so half a window at the map's borders
    belongs to one window alone. A map no larger than a window is one window. Beyond the end the map is mirrored.
    """

    def __init__(self, attention: Attention, side: int) -> None:
        super().__init__()
        self.attention = attention
        self.side = side
        self.step = side // 2
        self.heads = attention.heads

    def forward(self, x: Tensor) -> Tensor:
        """Return the crossfaded results of all windows, shape of x (batch, channels, rows, cols)."""
        if self._is_one_window(x):
            whole: Tensor = self.attention(x)
            return whole
        extended = self._extend(x)
        faded = torch.zeros_like(extended, dtype=torch.promote_types(x.dtype, torch.float32))
        for strip in self._strips(extended):
            faded[:, :, *strip.area] += strip.join(self.attention(strip.cut(extended)), len(x))
        return faded[:, :, : x.shape[2], : x.shape[3]].to(x.dtype)

    def attended(self, x: Tensor) -> Attended:
        """Return crossfaded maps, channel gates averaged over the windows, and crossfaded query rows."""
        if self._is_one_window(x):
            return self.attention.attended(x)
        extended = self._extend(x)
        gates: Tensor | None = None
        places: Tensor | None = None
        for strip in self._strips(extended):
            found = self.attention.attended(strip.cut(extended))
            if found.channel_gates is not None:
                whole = found.channel_gates[:, :, None, None].expand(-1, -1, strip.weight.shape[0], strip.wide)
                gates = (0 if gates is None else gates) + strip.join(whole, len(x)).sum((2, 3))
            if found.position_map is not None:
                places = extended.new_zeros(len(x), 1, *extended.shape[2:]) if places is None else places
                places[:, :, *strip.area] += strip.join(found.position_map[:, None], len(x))

        def query(row: int, col: int) -> Tensor:
            return self._query(extended, row, col)[:, : x.shape[2], : x.shape[3]]

        return Attended(
            None if gates is None else gates / extended.shape[2:].numel(),
            None if places is None else places[:, 0, : x.shape[2], : x.shape[3]],
            self.heads,
            query if self.heads else None,
        )

    def needed(self, margin: int) -> int:
        """Return how far beyond an edge that lies at a multiple of `step` the windows reach that touch `margin`."""
        return (math.ceil(margin / self.step) + 1) * self.step

    def _query(self, extended: Tensor, row: int, col: int) -> Tensor:
        """Return the weights (heads, rows, cols) of the up to four windows that hold a position, crossfaded."""
        weights = extended.new_zeros(self.heads, *extended.shape[2:])
        for top, down, tall in _tilings(extended.shape[2], self.side, extended):
            for left, across, wide in _tilings(extended.shape[3], self.side, extended):
                if not (0 <= row - top < len(down) and 0 <= col - left < len(across)):
                    continue
                first, start = row - (row - top) % tall, col - (col - left) % wide
                area = slice(first, first + tall), slice(start, start + wide)
                found = self.attention.attended(extended[:1, :, *area]).query
                assert found is not None
                weights[:, *area] += down[row - top] * across[col - left] * found(row - first, col - start)
        return weights

    def _is_one_window(self, x: Tensor) -> bool:
        return max(x.shape[2:]) <= self.side

    def _strips(self, extended: Tensor) -> Iterator[_Strip]:
        """Yield the windows of all four tilings, a strip at a time, so that memory does not grow with the map."""
        for top, down, tall in _tilings(extended.shape[2], self.side, extended):
            for left, across, wide in _tilings(extended.shape[3], self.side, extended):
                for first in range(0, len(down), tall):
                    area = slice(top + first, top + first + tall), slice(left, left + len(across))
                    yield _Strip(area, wide, down[first : first + tall, None] * across)

    def _extend(self, x: Tensor) -> Tensor:
        for axis in (2, 3):
            length = x.shape[axis]
            excess = -(length - self.side) % self.step if length > self.side else 0
            places = torch.arange(length + excess, device=x.device)
            x = x.index_select(axis, places.minimum(2 * length - 1 - places)) if excess else x
        return x


def _tilings(length: int, side: int, like: Tensor) -> list[tuple[int, Tensor, int]]:
    """Return, for each tiling of an axis, its start, the weight of each position in it, and the size of its windows."""
    dtype = torch.promote_types(like.dtype, torch.float32)
    if length <= side:
        return [(0, torch.ones(length, device=like.device, dtype=dtype), length)]
    half = side // 2
    place = torch.arange(length, device=like.device, dtype=dtype)
    first = torch.sin((place + 0.5) * (math.pi / side)).square()
    first[:half] = 1  # no window of the other tiling starts before the map, nor ends after it
    odd = (length - side) // half % 2
    first[length - half :] = 1 - odd
    end = length - half * odd
    return [(0, first[:end], side), (half, (1 - first)[half : length - half * (1 - odd)], side)]
