"""Tests that pixels and latents go when nobody holds them: no cycle waits with them for the garbage collector."""

import gc
from contextlib import suppress
from threading import Event

import numpy as np
import pytest
import torch

from sargui.core.errors import JobCancelled
from sargui.core.types import Window
from sargui.engine.dispatch import Engine
from sargui.engine.requests import (
    Attend,
    Compress,
    Decompress,
    Evaluate,
    Look,
    Rate,
    RateKind,
    Trial,
    Verify,
)
from sargui.engine.views import Estimate
from sargui.networks import NetworkConfig

LARGE = 4096  # values
WHOLE = Window(0, 0, 700, 1100)
TRIAL = Trial(quality=60)


def values_of(thing):
    """Return how many values something holds on to."""
    if isinstance(thing, torch.Tensor):
        return thing.untyped_storage().nbytes() // thing.element_size()
    if not isinstance(thing, np.ndarray):
        return 0
    return max(thing.size, values_of(thing.base))


@pytest.fixture
def scene(write, power_of, tmp_path):
    return write(tmp_path / "scene.tif", np.rint(np.sqrt(power_of(WHOLE.rows, WHOLE.cols))).astype(np.uint16))


@pytest.fixture
def kept_in_cycles():
    """Run something with the collector off; return the shapes of large arrays and tensors that only it would free."""
    gc.collect()
    gc.disable()
    try:

        def run(*requests, stopped=False):
            engine = Engine()
            for request in requests:
                cancel = Event()
                with suppress(JobCancelled):
                    engine.execute(request, lambda progress, cancel=cancel: stopped and cancel.set(), cancel)
            engine.close()
            del engine
            gc.set_debug(gc.DEBUG_SAVEALL)
            gc.collect()
            held = [thing for found in gc.garbage for thing in (found, *gc.get_referents(found))]
            return list({id(thing): tuple(thing.shape) for thing in held if values_of(thing) >= LARGE}.values())

        yield run
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def test_large_arrays_in_a_cycle_are_found(kept_in_cycles, monkeypatch):
    def execute(engine, *_):
        cycle = [np.zeros(LARGE)]
        cycle.append(cycle)

    monkeypatch.setattr(Engine, "execute", execute)
    assert kept_in_cycles(None) == [(LARGE,)]


def test_no_job_on_files_leaves_any(scene, tmp_path, kept_in_cycles):
    packed = tmp_path / "scene.sarz"
    assert not kept_in_cycles(
        Compress(scene, packed, device="cpu"),
        Compress(scene, tmp_path / "small.sarz", rate=Rate(RateKind.BITS_PER_PIXEL, 0.4), device="cpu"),
        Decompress(packed, tmp_path / "back.tif", device="cpu"),
        Verify(packed, against=scene, device="cpu"),
        Evaluate(scene, packed, device="cpu"),
    )


def test_no_look_leaves_any(scene, tmp_path, kept_in_cycles, install):
    install(NetworkConfig(stages=(4, 8, 8, 16), hyper=16, side=8, attention="cbam"))
    packed = tmp_path / "scene.sarz"
    assert not kept_in_cycles(
        Compress(scene, packed, device="cpu"),
        Look(scene, packed, device="cpu"),
        Look(scene, None, trial=TRIAL, window=WHOLE, device="cpu"),
        Estimate(scene, TRIAL, device="cpu", errors=True),
        Attend(scene, None, trial=TRIAL, window=WHOLE, device="cpu"),
    )


def test_no_job_that_is_stopped_leaves_any(scene, tmp_path, kept_in_cycles):
    packed = tmp_path / "scene.sarz"
    assert not kept_in_cycles(Compress(scene, packed, device="cpu"))
    assert not kept_in_cycles(
        Compress(scene, tmp_path / "again.sarz", device="cpu"),
        Decompress(packed, tmp_path / "back.tif", device="cpu"),
        Verify(packed, against=scene, device="cpu"),
        Evaluate(scene, packed, device="cpu"),
        stopped=True,
    )
    assert {path.name for path in tmp_path.iterdir()} == {"scene.tif", "scene.sarz"}
