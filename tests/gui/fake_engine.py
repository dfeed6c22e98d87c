"""An engine that makes up pictures: the window's tests need its shapes and its timing, not its numbers."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from sargui.core.errors import (
    AmbiguousKindError,
    JobCancelled,
    MismatchError,
    RequestError,
    SarguiError,
    UnreadableRasterError,
)
from sargui.core.types import BandInfo, Georeference, Kind, ProductInfo, Progress, TileError, Window
from sargui.engine import readings, requests
from sargui.engine.report_request import WrittenReport
from sargui.engine.views import Device, Estimated
from sargui.quality.regions import RegionComparison, RegionStatistics

TILES = 20


class FakeEngine:
    """Callable like `dispatch.execute`. What it does can be bent by name of the file or by its attributes."""

    def __init__(self, shape=(600, 800), bands=1):
        self.shape = shape
        self.bands = bands
        self.error: Exception | None = None  # raised by the next compression
        self.gate: threading.Event | None = None  # a compression waits for it (or cancel) after half of its tiles
        self.look_gate: threading.Event | None = None  # a trial's look waits for it
        self.read_gate: threading.Event | None = None  # what is read of a pixel, a region, a line waits for it
        self.calibrated = False  # whether pixels have σ⁰, 60 dB below their digital numbers
        self.windows = 1  # network windows of a scene
        self.measure_gate: threading.Event | None = None  # an evaluation waits for it (or cancel) before it ends
        self.estimate_gate: threading.Event | None = None  # an estimate waits for it
        self.attention: tuple[str, ...] | None = None  # names of the modules of the checkpoint
        self.attention_of: dict[str, tuple[str, ...]] = {}  # by its name, where that matters
        self.heads = 0
        self.place = None  # where scenes lie on the Earth
        self.rmse_db = 0.71  # what an evaluation finds
        self.bytes_of = lambda quality: 40_000  # what an estimate finds
        self.noise_of = lambda quality: 0.7  # dB, of a reconstruction
        self.worst: tuple[TileError, ...] = ()  # what it finds of tiles
        self.differing: tuple[str, ...] = ()  # in what an original differs from what its container says
        self.product = ""  # what scenes are products of
        self.tags: dict[str, dict[str, str]] = {}  # of scenes
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
        return ProductInfo(
            path.name, *self.shape, bands, place, self.tags, "GTiff", source_bytes=1_920_000, product=self.product
        )

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
            noise_db = self.noise_of(50.0 if request.trial is None else request.trial.quality)
            decoded = scene + rng.normal(0, noise_db, scene.shape).astype(np.float32)
        original = scene if request.original is not None else None
        error = decoded - original if decoded is not None and original is not None else None
        band = info.bands[request.band]
        rmse_db = None if error is None else float(np.sqrt(np.nanmean(np.square(error))))
        many = window.rows * window.cols > 1 << 22
        rough = request.rough and (step > 4 if original is not None else step <= 4 and many)
        if rough and original is not None:
            original = original + 3 * np.sign(np.sin(np.arange(original.size).reshape(original.shape)))
        return requests.Picture(info, band, window, step, original, decoded, error, bits, request.band, rmse_db, rough)

    def attend(self, request, report, cancel):
        names = self.attention_of.get(request.trial.model if request.trial else "", self.attention)
        if not names:
            return requests.AttentionPicture((), "", request.window)
        if request.module not in ("", *names):
            raise RequestError(f"This checkpoint has no attention '{request.module}' that can be shown here.")
        modules = tuple(requests.AttentionModule(name, self.heads) for name in names)
        shape = [-(-side // 16) for side in request.window.shape]
        y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
        if self.heads:
            shown, shows = np.exp(-((y - 5) ** 2 + (x - 7) ** 2)), requests.Shows.WEIGHT
            query = request.query or (0, 0)
            return requests.AttentionPicture(
                modules,
                request.module or names[0],
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
            modules, request.module or names[0], request.window, 16, shows, 1 + 0.4 * np.sin(x + y), gates
        )

    def listdevices(self, request, report, cancel):
        return (Device("auto", "auto: CPU"), Device("cpu", "CPU"))

    def match(self, request, report, cancel):
        if "other" in request.original.name:
            raise MismatchError(f"{request.original.name} is not the original of {request.compressed.name}.")
        return self.differing

    def locate(self, request, report, cancel):
        return self.place

    def readpixel(self, request, report, cancel):
        original, decoded = self.pair_db(request.pair, cancel)
        values = [
            None if db is None else readings.PixelValues(200.0, db, db - 60 if self.calibrated else None)
            for db in (original, decoded)
        ]
        error = None if None in (original, decoded) else decoded - original
        unit = readings.Unit.DIGITAL
        return readings.PixelReading(request.row, request.col, unit, *values, error, 12.5, 41.9)

    def inspectregion(self, request, report, cancel):
        dbs = self.pair_db(request.pair, cancel)
        pixels = request.region.rows * request.region.cols
        original, decoded = (None if db is None else RegionStatistics(pixels, db, 4.4, 2.3) for db in dbs)
        comparison = None if None in dbs else RegionComparison(dbs[1] - dbs[0], 1.02, 0.03)
        edges = np.linspace(30, 60, 257)
        counts = [None if db is None else np.histogram(np.linspace(db - 9, db + 9, 1000), edges)[0] for db in dbs]
        return readings.RegionReading(self.unit, original, decoded, comparison, edges, *counts)

    def profile(self, request, report, cancel):
        dbs = self.pair_db(request.pair, cancel)
        rows, cols = (np.linspace(*ends, 50) for ends in zip(request.start, request.end, strict=True))
        along = np.hypot(rows - rows[0], cols - cols[0])
        values = [None if db is None else np.full(50, db) for db in dbs]
        return readings.ProfileReading(self.unit, 1, rows, cols, along, *values)

    @property
    def unit(self):
        return readings.Unit.SIGMA0 if self.calibrated else readings.Unit.DIGITAL

    def pair_db(self, pair, cancel):
        """Return what is read everywhere: 45 dB less the band; the trial of quality q has q / 100 dB more, a file 2."""
        while self.read_gate is not None and not self.read_gate.wait(0.01):
            if cancel.is_set():
                raise JobCancelled("cancelled")
        base = 45.0 - pair.band
        more = pair.trial.quality / 100 if pair.trial else 2.0 if pair.compressed else None
        return None if pair.original is None else base, None if more is None else base + more

    def writereport(self, request, report, cancel):
        request.target.write_text("<p>report")
        return WrittenReport(request.target, request.target.with_suffix(".json"))

    def estimate(self, request, report, cancel):
        while self.estimate_gate is not None and not self.estimate_gate.wait(0.01):
            if cancel.is_set():
                raise JobCancelled("cancelled")
        count = min(request.windows, self.windows)
        half = 0.0 if count == self.windows else 4_000.0 / count
        found = self.bytes_of(request.trial.quality)
        rmse_db = self.noise_of(request.trial.quality) if request.errors else None
        return Estimated(found + 100 * count, half, 0.6 * found / 40_000, 960_000, count, self.windows, rmse_db)

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
        quality = request.rate.value if request.rate.kind is requests.RateKind.QUALITY else 50.0
        return requests.Compressed(
            request.target, 40_000, 36_000, info.raw_bytes, 0.6, 35_900, 36_000,
            quality, request.model or "none", info, {"coding": 1.5},
        )  # fmt: skip

    def evaluate(self, request, report, cancel):
        report(Progress(1, TILES, "measuring"))
        while self.measure_gate is not None and not self.measure_gate.wait(0.01):
            if cancel.is_set():
                raise JobCancelled("cancelled")
        report(Progress(TILES, TILES, "measuring"))
        return requests.QualityReport((requests.BandQuality(self.rmse_db, -0.02, 4.0, 38.0, 480_000, 0),), self.worst)

    def decompress(self, request, report, cancel):
        if request.safe:
            request.target.mkdir(exist_ok=True)
        else:
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
