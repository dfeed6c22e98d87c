"""Finding the device that a name means, and sharing the processor's cores."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import torch

from sargui.core.errors import RequestError

log = logging.getLogger(__name__)

DEVICES = ("cpu", "cuda", "mps")


def computes_halves(device: torch.device) -> bool:
    """Return whether a device is the faster for half precision: CUDA, and CPUs with instructions for bfloat16."""
    if device.type == "cpu":
        able = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
        return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
    return device.type == "cuda"


class _Cores:
    """How many threads torch computes with, and how many jobs have taken half of them."""

    def __init__(self) -> None:
        self.lock, self.jobs, self.all = Lock(), 0, 0


_cores = _Cores()


def threads() -> int:
    """Return how many threads torch computes with, whether cores are being shared or not."""
    with _cores.lock:
        return _cores.all if _cores.jobs else torch.get_num_threads()


@contextmanager
def sharing_cores() -> Iterator[None]:
    """Compute with half as many threads in the `with` block, and in threads begun there: two do so at a time.

    Any number of jobs may do that at once.
    """
    with _cores.lock:
        if not _cores.jobs:
            _cores.all = torch.get_num_threads()
        _cores.jobs += 1
        torch.set_num_threads(max(1, _cores.all // 2))
    try:
        yield
    finally:
        with _cores.lock:
            _cores.jobs -= 1
            torch.set_num_threads(_cores.all)


def pick_device(name: str) -> torch.device:
    """Return the device of a name; "auto" is the GPU if there is one that works.

    Raises:
        RequestError: there is no such device.
    """
    if name == "auto":
        gpus = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
        for gpu in (gpu for gpu, there in gpus.items() if there):
            try:
                return pick_device(gpu)
            except RequestError as error:
                log.warning("The GPU cannot be used (%s); the CPU is.", error.__cause__)
        return torch.device("cpu")
    try:
        device = torch.device(name)
        if device.type not in DEVICES:
            raise RuntimeError(f"'{name}' does not compute")
        torch.zeros(1, device=device).add_(1)
    except (RuntimeError, AssertionError) as error:
        raise RequestError(f"There is no device '{name}' on this machine; try 'cpu'.") from error
    return device
