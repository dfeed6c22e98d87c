"""Work on a GPU in a stream of its own for each thread, so that none waits for what another one has asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_own = threading.local()


@contextmanager
def own_stream(device: torch.device) -> Iterator[None]:
    """Compute in this thread's stream of a GPU in the `with` block: after what the stream outside has been asked for.

    At its end all of it is done, so that other streams may use what came of it, and the memory of what it was given
    may be used again. On other devices there is nothing to it.
    """
    if not _is_gpu(device):
        yield
        return
    streams: dict[torch.device, torch.cuda.Stream] = _own.__dict__.setdefault("streams", {})
    stream = streams.get(device)
    if stream is None:
        stream = streams[device] = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream(device))
    try:
        with torch.cuda.stream(stream):
            yield
    finally:
        stream.synchronize()


def _is_gpu(device: torch.device) -> bool:
    return device.type == "cuda" and torch.cuda.is_available()


def to_device(values: NDArray[np.float32], device: torch.device) -> Tensor:
    """Return values on a device; to a GPU through pinned memory."""
    there = torch.from_numpy(values)
    return there.pin_memory().to(device, non_blocking=True) if _is_gpu(device) else there.to(device)


def to_host(values: Tensor) -> NDArray[np.float32]:
    """Return what is on a device; from a GPU through pinned memory."""
    if not _is_gpu(values.device):
        return values.numpy()
    here = torch.empty(values.shape, dtype=values.dtype, pin_memory=True)
    here.copy_(values)  # waits for it
    return here.numpy()
