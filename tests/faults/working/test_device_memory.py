"""Memory that is full, a device's or the machine's, wherever it is used: the CPU goes on, or a sentence ends it."""

from __future__ import annotations

from threading import Event

import numpy as np
import pytest
import torch

from sargui.cli.jobs import outcome
from sargui.core.errors import SarguiError, is_memory_full
from sargui.engine import synthesis
from sargui.engine.dispatch import execute
from sargui.engine.requests import Compress, Decompress, Evaluate, Verify
from sargui.io.gdal_raster import GdalSource

from .jobs import content, silent

MOVED = "The CPU goes on."
FULL = {
    "CUDA": torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
    "MPS": RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"),
    "CPU": RuntimeError("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory"),
}


@pytest.fixture
def fill(codec, monkeypatch):
    """Fill the memory: from its `nth` use on, `what` fails for as long as the codec is where it is.

    It can leave its device if it `may_leave`; what that does is tested in tests/codec/test_memory.py.
    """
    owners = {"scaled": codec.network, "reconstruct": codec.network, "_quantize": codec, "_read": codec}

    def do(what, error=FULL["CUDA"], nth=1, *, may_leave=True):
        owner, uses, left = owners.get(what, synthesis), [], []
        real = getattr(owner, what)

        def full(*args):
            uses.append(args)
            if len(uses) >= nth and not left:
                raise error
            return real(*args)

        def leave():
            if not may_leave:
                raise MemoryError
            left.append(True)
            codec.notice = MOVED

        monkeypatch.setattr(owner, what, full)
        monkeypatch.setattr(codec, "notice", "")
        monkeypatch.setattr(codec, "leave_device", leave)

    return do


def compressing(scenes, folder):
    return Compress(scenes.raster, folder / "t.sarz", device="cpu", overwrite=True)


def decompressing(scenes, folder):
    return Decompress(scenes.packed, folder / "t.tif", device="cpu", overwrite=True)


@pytest.mark.parametrize(
    ("what", "nth", "error"),
    [
        ("scaled", 1, "CUDA"),
        ("scaled", 2, "MPS"),
        ("_quantize", 1, "CPU"),
        ("_quantize", 2, "CUDA"),
        ("reconstruct", 2, "CUDA"),
    ],
)
def test_when_a_device_is_full_the_cpu_compresses_on_and_that_is_said(what, nth, error, fill, scenes, tmp_path):
    fill(what, FULL[error], nth)
    done = execute(compressing(scenes, tmp_path), silent, Event())
    assert done.notice == MOVED
    assert content(tmp_path) == {"t.sarz": scenes.packed.read_bytes()}


@pytest.mark.parametrize(
    ("what", "nth"), [("_read", 1), ("_read", 2), ("reconstruct", 1), ("join_tiles", 1), ("join_tiles", 3)]
)
def test_when_a_device_is_full_the_cpu_decompresses_on(what, nth, fill, scenes, tmp_path):
    execute(decompressing(scenes, tmp_path), silent, Event())
    expected = content(tmp_path)
    fill(what, nth=nth)
    execute(decompressing(scenes, tmp_path), silent, Event())
    assert content(tmp_path) == expected


@pytest.mark.parametrize(
    ("what", "request_of"),
    [(what, compressing) for what in ("scaled", "_quantize", "reconstruct")]
    + [(what, decompressing) for what in ("_read", "reconstruct", "join_tiles")]
    + [("_read", lambda scenes, folder: Verify(scenes.packed, device="cpu"))],
)
def test_when_the_cpu_is_full_too_a_sentence_ends_it(what, request_of, fill, scenes, tmp_path):
    for name in ("t.sarz", "t.tif"):
        (tmp_path / name).write_bytes(b"old")
    fill(what, FULL["CPU"], nth=2, may_leave=False)
    ended(request_of(scenes, tmp_path), tmp_path)


@pytest.mark.parametrize(
    "request_of", [compressing, lambda scenes, folder: Evaluate(scenes.raster, scenes.packed, device="cpu")]
)
def test_where_a_window_does_not_fit_a_sentence_ends_it(request_of, scenes, tmp_path, monkeypatch):
    for name in ("t.sarz", "t.tif"):
        (tmp_path / name).write_bytes(b"old")
    reads, real = [], GdalSource.read

    def read(source, *args):
        reads.append(args)
        return np.empty((1 << 50,)) if len(reads) > 2 else real(source, *args)

    monkeypatch.setattr(GdalSource, "read", read)
    ended(request_of(scenes, tmp_path), tmp_path)


def ended(request, folder):
    """See that a job says that memory is full, and leaves what was there."""
    found = outcome(request, silent, Event())
    assert isinstance(found, SarguiError)
    assert str(found) == "There is not enough memory for this; close other programs and try again."
    assert content(folder) == {"t.sarz": b"old", "t.tif": b"old"}


@pytest.mark.parametrize("ask", [lambda: torch.empty(1 << 50), lambda: np.empty(1 << 50)])
def test_what_torch_and_numpy_say_is_understood(ask):
    with pytest.raises((RuntimeError, MemoryError)) as said:
        ask()
    assert is_memory_full(said.value)


def test_other_errors_are_not():
    assert all(map(is_memory_full, FULL.values()))
    assert not any(map(is_memory_full, (RuntimeError("expected float"), OSError("out of memory"), ZeroDivisionError())))
