"""What the network can run on here, as the user sees it, and how much of it."""

from __future__ import annotations

import platform

import torch

from sargui.codec.devices import threads
from sargui.engine.views import Device

GIB = 1 << 30


def devices() -> tuple[Device, ...]:
    """Return "auto" first, then each GPU with its memory, then the CPU."""
    found = [_gpu(number) for number in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        found.append(Device("mps", f"{platform.processor() or 'Apple'} GPU"))
    count = threads()
    cpu = Device("cpu", f"CPU, {count} thread{'s' * (count != 1)}")
    best = found[0] if found else cpu
    return (Device("auto", f"auto: {best.description}"), *found, cpu)


def use_threads(count: int) -> None:
    """Let what this thread computes on the CPU take so many threads."""
    torch.set_num_threads(count)


def _gpu(number: int) -> Device:
    properties = torch.cuda.get_device_properties(number)
    return Device(f"cuda:{number}", f"{properties.name}, {properties.total_memory / GIB:.0f} GiB")
