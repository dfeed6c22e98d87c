"""What the stories share: a small scene, small checkpoints of all kinds, and an eye on the real engine."""

from __future__ import annotations

import threading
from functools import partialmethod
from weakref import WeakKeyDictionary

import numpy as np
import pytest
import rasterio
import torch
from PySide6.QtCore import QThread
from rasterio.transform import from_origin

from sargui.codec.tables import empty_counts, fit
from sargui.core import catalogue
from sargui.core.types import ModelCard
from sargui.engine.dispatch import Engine
from sargui.engine.encoding import Encoder
from sargui.engine.requests import Compress
from sargui.networks import Autoencoder, NetworkConfig, save

SMALL = {"stages": (4, 8, 8, 16), "hyper": 16, "side": 8}  # as that of tests/data/make_tiny_model.py
KINDS = {"none": {}, "se": {}, "spatial": {}, "multihead": {"heads": 4}, "gate": {"placement": "latents"}}


def write_scene(path, rows, cols, void=0):
    """Write a uint16 amplitude raster: two fields, four looks of speckle, `void` columns without data; return it."""
    rng = np.random.default_rng(1)
    power = np.where(np.arange(cols) < cols // 2, 4e4, 4e3) * rng.gamma(4, 1 / 4, (rows, cols))
    values = np.maximum(np.sqrt(power), 1).astype(np.uint16)
    values[:, :void] = 0
    profile = {"driver": "GTiff", "height": rows, "width": cols, "count": 1, "dtype": "uint16", "nodata": 0}
    with rasterio.open(path, "w", crs="EPSG:32633", transform=from_origin(5e5, 5e6, 10, 10), **profile) as file:
        file.write(values, 1)
        file.update_tags(1, POLARIZATION="VV")
    return path


@pytest.fixture
def scene(tmp_path):
    """A raster of one network window with a frame without data."""
    return write_scene(tmp_path / "field.tif", 300, 260, void=20)


@pytest.fixture
def wide(tmp_path):
    """A raster of two network windows and three tiles."""
    return write_scene(tmp_path / "wide.tif", 64, 1100)


@pytest.fixture(scope="session")
def small_models(tmp_path_factory):
    """Save a small network of each kind, KIND-1, its random weights far from rest; return the folder."""
    folder = tmp_path_factory.mktemp("small")
    for seed, (attention, options) in enumerate(KINDS.items()):
        torch.manual_seed(seed)
        config = NetworkConfig(**SMALL, attention=attention, **options)
        network = Autoencoder(config).eval()
        with torch.no_grad():
            for name, value in network.named_parameters():
                if "attention" in name:
                    value += 0.5 * torch.randn_like(value)
                elif not name.endswith("quadrant") and not name.startswith("entropy"):
                    value += 0.02 * torch.randn_like(value)
        other = attention != "none"
        card = ModelCard(f"{attention}-1", "", attention, config.placement, config.to_card(), experimental=other)
        save(network, fit(empty_counts(config.side)).to_tensors(), card, folder)
    return folder


@pytest.fixture
def checkpoints(small_models, monkeypatch):
    """Let the small checkpoints be those that are installed; the default is the one without attention."""
    monkeypatch.setattr(catalogue, "model_folders", lambda: [small_models])


class Watched:
    """What the real engine was asked for, in which threads, and what came of it; held where a story wants it."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, str]] = []  # requests, with the names of their threads
        self.done: list[tuple[object, object]] = []  # requests with their results
        self.coded: list[str] = []  # the checkpoint of each network window that was coded
        self._hold_at = 0  # that many windows; 0: hold nothing
        self._held, self._may_go_on = threading.Event(), threading.Event()
        self._job = threading.local()
        self._makers = WeakKeyDictionary()  # of encoders: who codes ahead is in a thread of its own

    def results(self, kind):
        """Return requests of a type with their results, in the order in which they were done."""
        return [(request, result) for request, result in self.done if isinstance(request, kind)]

    def hold_after(self, windows):
        """Let the worker stand still when it has coded so many more windows, until `go_on` or until it is cancelled."""
        self._hold_at = len(self.coded) + windows
        self._held.clear()
        self._may_go_on.clear()

    @property
    def held(self):
        """Whether the worker stands still, or has."""
        return self._held.is_set()

    def go_on(self):
        """Hold nothing any more."""
        self._hold_at = 0
        self._may_go_on.set()

    def execute(self, real, engine, request, report, cancel):
        """Run a request as ever, and take note of it."""
        self.asked.append((request, QThread.currentThread().objectName()))
        outer = getattr(self._job, "of", None)  # an urgent job is done inside of another
        self._job.of = request, cancel
        try:
            result = real(engine, request, report, cancel)
        finally:
            self._job.of = outer
        self.done.append((request, result))
        return result

    def make(self, real, encoder, *args):
        """Make an encoder as ever, and take note for whom."""
        real(encoder, *args)
        self._makers[encoder] = self._job.of

    def code(self, real, encoder, *args):
        """Code a network window as ever, and stand still if a story wants that."""
        found = real(encoder, *args)
        request, cancel = getattr(self._job, "of", None) or self._makers[encoder]
        self.coded.append(request.model if isinstance(request, Compress) else request.trial.model)
        if len(self.coded) == self._hold_at:
            self._held.set()
            while not (self._may_go_on.wait(0.01) or cancel.is_set()):
                pass
        return found


@pytest.fixture
def engine(monkeypatch):
    """The real engine, watched."""
    watched = Watched()
    for owner, name, seen in (
        (Engine, "execute", watched.execute),
        (Encoder, "__init__", watched.make),
        (Encoder, "quantize", watched.code),
    ):
        monkeypatch.setattr(owner, name, partialmethod(_watched, seen, getattr(owner, name)))
    yield watched
    watched.go_on()


def _watched(self, seen, real, *args):
    return seen(real, self, *args)
