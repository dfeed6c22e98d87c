"""An engine that makes up pictures: the window's tests need its shapes and its timing, not its numbers."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from sargui.core.errors import AmbiguousKindError, JobCancelled, SarguiError, UnreadableRasterError
from sargui.core.types import BandInfo, Georeference, Kind, ProductInfo, Progress, Window
from sargui.engine import requests
from sargui.engine.report_request import WrittenReport
from sargui.engine.views import Device, Estimated

TILES = 20


class FakeEngine:
    """Callable like `dispatch.execute`. What it does can be bent by name of the file or by its attributes."""

    def __init__(self, shape=(600, 800), bands=1):
        self.shape = shape
        self.bands = bands
        self.error: Exception | None = None  # raised by the next compression
        self.gate: threading.Event | None = None  # a compression waits for it (or cancel) after half of its tiles
        self.look_gate: threading.Event | None = None  # a trial's look waits for it
        self.windows = 1  # network windows of a scene
        self.attention: tuple[str, ...] | None = None  # names of the modules of the checkpoint
        self.heads = 0
        self.place = None  # where scenes lie on the Earth
        self.rmse_db = 0.71  # what an evaluation finds
        self.tile_s = 0.0  # a compression takes this long for a tile
        self.threads: set[int] = set()
        self.asked: list[requests.Request] = []

    def __call__(self, request, report, cancel):
        self.threads.add(threading.get_ident())
        self.asked.append(request)
        return getattr(self, type(request).__name__.lower())(request, report, cancel)

    def info(self, path: Path) -> ProductInfo:
        bands = tuple(
            BandInfo("uint16", Kind.AMPLITUDE, nodata=0.0, description=name)
            for name in ("VV", "VH", "HV", "HH")[: self.bands]
        )
        place = Georeference(crs_wkt="EPSG:32633", affine=(10.0, 0.0, 0.0, 0.0, -10.0, 0.0))
        return ProductInfo(path.name, *self.shape, bands, place, driver="GTiff", source_bytes=1_920_000)

    def look(self, request, report, cancel):
        path = request.original or request.compressed
        if "broken" in path.name:
            raise UnreadableRasterError(f"{path.name} cannot be read: it is not a raster.")
        if "ambiguous" in path.name and request.kind is None:
            raise AmbiguousKindError(f"{path.name} does not say what it holds.", np.linspace(-30, 5, 1000))
        if "crash" in path.name:
            raise ZeroDivisionError
        info = self.info(path)
        window = request.window or Window(0, 0, *self.shape)
        step = -(-max(window.shape) // request.max_side)
        scene = scene_db(window, step, request.band)
        decoded = None
        bits = None
        if request.trial is not None:
            if self.look_gate is not None:
                assert self.look_gate.wait(10)
            bits = np.full([-(-side // 16) for side in window.shape], 128.0)
        if request.compressed is not None or request.trial is not None:
            rng = np.random.default_rng(7)
            decoded = scene + rng.normal(0, 0.7, scene.shape).astype(np.float32)
        original = scene if request.original is not None else None
        error = decoded - original if decoded is not None and original is not None else None
        return requests.Picture(info, info.bands[request.band], window, step, original, decoded, error, bits)

    def attend(self, request, report, cancel):
        if self.attention is None:
            return requests.AttentionPicture((), "", request.window)
        modules = tuple(requests.AttentionModule(name, self.heads) for name in self.attention)
        shape = [-(-side // 16) for side in request.window.shape]
        y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
        if self.heads:
            shown, shows = np.exp(-((y - 5) ** 2 + (x - 7) ** 2)), requests.Shows.WEIGHT
            query = request.query or (0, 0)
            return requests.AttentionPicture(
                modules,
                request.module or self.attention[0],
                request.window,
                16,
                shows,
                shown / shown.sum(),
                None,
                query,
            )
        shows = requests.Shows.GATE if request.channel is None else requests.Shows.FEATURE
        gates = np.linspace(0.5, 1.5, 24, dtype=np.float32)
        return requests.AttentionPicture(
            modules, request.module or self.attention[0], request.window, 16, shows, 1 + 0.4 * np.sin(x + y), gates
        )

    def listdevices(self, request, report, cancel):
        return (Device("auto", "auto: CPU"), Device("cpu", "CPU"))

    def locate(self, request, report, cancel):
        return self.place

    def writereport(self, request, report, cancel):
        request.target.write_text("<p>report")
        return WrittenReport(request.target, request.target.with_suffix(".json"))

    def estimate(self, request, report, cancel):
        count = min(request.windows, self.windows)
        half = 0.0 if count == self.windows else 4_000.0 / count
        return Estimated(40_000 + 100 * count, half, 0.6, 960_000, count, self.windows)

    def compress(self, request, report, cancel):
        for done in range(1, TILES + 1):
            if cancel.wait(self.tile_s):
                raise JobCancelled("cancelled")
            if done == TILES // 2:
                if self.error is not None:
                    raise self.error
                while self.gate is not None and not self.gate.wait(0.01):
                    if cancel.is_set():
                        raise JobCancelled("cancelled")
            report(Progress(done, TILES, "compressing", done * 2000, done * 1000))
        request.target.write_bytes(b"sarz" * 10_000)
        info = self.info(request.source)
        return requests.Compressed(
            request.target, 40_000, 36_000, info.raw_bytes, 0.6, 35_900, 36_000,
            request.rate.value, request.model or "none", info, {"coding": 1.5},
        )  # fmt: skip

    def evaluate(self, request, report, cancel):
        report(Progress(TILES, TILES, "measuring"))
        return requests.QualityReport((requests.BandQuality(self.rmse_db, -0.02, 4.0, 38.0, 480_000, 0),))

    def decompress(self, request, report, cancel):
        request.target.write_bytes(b"II*\0")
        return requests.Decompressed(request.target, 4, self.info(request.source))

    def describe(self, request, report, cancel):
        return requests.Described(self.info(request.source), {"quality": 50.0, "model": "none"})


def scene_db(window: Window, step: int, band: int = 0) -> np.ndarray:
    """Return speckle over fields, a river and some ships, with a corner without data."""
    rows, cols = (-(-side // step) for side in window.shape)
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32) * step
    y, x = y + window.row, x + window.col
    db = -11 - 3 * band + 3 * np.sin(x / 90) * np.cos(y / 70) + 2.5 * np.sign(np.sin(x / 45 + y / 140))
    db[np.abs(y - 300 - 80 * np.sin(x / 130)) < 28] = -22
    rng = np.random.default_rng(window.row * 31 + window.col)
    db = db + 10 * np.log10(rng.gamma(4.4, 1 / 4.4, db.shape) + 1e-3)
    for at in ((310, 100), (240, 420), (330, 640)):
        db[(np.abs(y - at[0]) < 4) & (np.abs(x - at[1]) < 7)] = 6
    db[x + y < 120] = np.nan
    return db.astype(np.float32)


class RefusedError(SarguiError):
    """An error of the user's."""
