"""Going on when a device's memory is full: with half of a batch, and at last on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Protocol, TypeVar

import torch

from sargui.core.errors import is_memory_full

Result = TypeVar("Result")


class LeavesDevice(Protocol):
    """A codec that can go on elsewhere than on its `device`."""

    device: torch.device
    moving: Lock  # held while it leaves

    def leave_device(self) -> None:
        """Go on on the CPU.

        Raises:
            MemoryError: it is there already.
        """


def in_halves(
    codec: LeavesDevice, count: int, run: Callable[[slice], Result], join: Callable[[Result, Result], Result]
) -> Result:
    """Return what `run` makes of `count` items at once; where memory is full, of halves, joined.

    If one item is too much, the codec leaves its device.

    Raises:
        MemoryError: one item is too much for the CPU.
    """
    return _part(codec, slice(0, count), run, join)


def _part(
    codec: LeavesDevice, items: slice, run: Callable[[slice], Result], join: Callable[[Result, Result], Result]
) -> Result:
    device = codec.device
    try:
        return run(items)
    except RuntimeError as error:
        with codec.moving:  # another thread may be leaving it, or have left it
            left = codec.device != device
        if left:
            return run(items)
        if not is_memory_full(error):
            raise
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if items.stop - items.start > 1:
        middle = (items.start + items.stop) // 2
        first, second = slice(items.start, middle), slice(middle, items.stop)
        return join(_part(codec, first, run, join), _part(codec, second, run, join))
    with codec.moving:
        if codec.device == device:
            codec.leave_device()
    return run(items)


def alone(codec: LeavesDevice, run: Callable[[], Result]) -> Result:
    """Return what `run` makes of a single item; see `in_halves`."""
    return in_halves(codec, 1, lambda _: run(), lambda first, _: first)
