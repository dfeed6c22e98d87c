"""Tests of what is coded where one looks: exactly what the file will hold, of no more than what was asked for."""

from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from sargui.codec.payload import Payload
from sargui.container import Reader, TileKey
from sargui.core.errors import CheckpointError, JobCancelled, RequestError
from sargui.core.types import Effort, Window
from sargui.engine import live as live_module
from sargui.engine.bench import Bench
from sargui.engine.decoded import DecodedSource
from sargui.engine.look import look
from sargui.engine.requests import Look, Trial

ROWS, COLS = 1100, 2300  # 2 × 3 network windows
QUALITY = 55
EFFORTS = [Effort.FAST, Effort.BEST]
GAIN_STEP = 10 ** (1 / 16 / 20) - 1  # of amplitude: gains are rounded in a file, but not in what is only looked at


@pytest.fixture(scope="module")
def scene(write, power_of, tmp_path_factory):
    values = np.rint(np.sqrt(power_of(ROWS, COLS))).astype(np.uint16)
    values[:700, :90] = 0
    values[:, 2100:] = 0
    return write(tmp_path_factory.mktemp("live") / "scene.tif", np.stack([values, values[::-1]]), nodata=0)


@pytest.fixture(scope="module", params=EFFORTS)
def compressed(request, scene, pack):
    return request.param, pack(scene, scene.with_name(f"{request.param}.sarz"), QUALITY, effort=request.param).target


@pytest.fixture
def bench():
    with Bench() as bench:
        yield bench


def open_live(bench, scene, cancel=None, **trial):
    return bench.live(scene, None, Trial(quality=QUALITY, **trial), "cpu", cancel or Event())


@pytest.mark.parametrize("band", [0, 1])
def test_the_symbols_are_those_of_the_file(bench, scene, compressed, band):
    effort, box = compressed
    live = open_live(bench, scene, effort=effort)
    with Reader(box) as reader:
        for window in [(0, 0), (0, 2), (1, 1)]:
            coded = live._coded.get((band, *window), Event())
            written = live._coded.encoder.write(coded, live._coded.quality)
            for tile, part in zip(coded.tiles, written, strict=True):
                assert part.payload == reader.payload(TileKey(0, band, tile.row, tile.col))


@pytest.mark.parametrize(
    "window", [Window(0, 0, 300, 200), Window(1000, 980, 100, 90), Window(640, 1000, 460, 500), Window(0, 2250, 9, 50)]
)
def test_the_pixels_are_those_of_the_file(bench, scene, compressed, window):
    effort, box = compressed
    live = open_live(bench, scene, effort=effort)
    with DecodedSource(box, "cpu") as decoded:
        for band in (0, 1):
            found, expected = live.read(band, window), decoded.read(band, window)
            np.testing.assert_array_equal(found.void, expected.void)
            off = np.abs(found.values - expected.values.astype(float))
            assert (off <= 1 + GAIN_STEP * expected.values).all()  # one, because both are rounded to whole numbers
            assert (off != 0).mean() < 0.1
            assert live.radiometry(band) == decoded.radiometry(band)


def test_only_what_is_looked_at_and_its_neighbors_are_coded(bench, scene, monkeypatch):
    live = open_live(bench, scene)
    coded = []
    code = live._coded.encoder.code
    monkeypatch.setattr(
        live._coded.encoder, "code", lambda plane, window, q: coded.append(window) or code(plane, window, q)
    )
    live.read(0, Window(300, 300, 100, 100))
    assert [(window.row, window.col) for window in coded] == [(0, 0)]
    live.read(0, Window(300, 310, 150, 150))
    assert len(coded) == 1
    live.read(0, Window(300, 980, 100, 100))
    assert [(window.row, window.col) for window in coded] == [(0, 0), (0, 1024)]


def test_old_windows_make_room(bench, scene, monkeypatch):
    monkeypatch.setattr(live_module, "KEPT_WINDOWS", 2)
    live = open_live(bench, scene, effort=Effort.FAST)
    first = live.read(0, Window(0, 100, 50, 50)).values
    live.read(0, Window(0, 1000, 1100, 1000))
    assert len(live._coded._kept) == 2
    np.testing.assert_array_equal(live.read(0, Window(0, 100, 50, 50)).values, first)


def test_a_cancelled_look_codes_no_further_window(bench, scene):
    cancel = Event()
    live = open_live(bench, scene, cancel)
    cancel.set()
    with pytest.raises(JobCancelled):
        live.read(0, Window(0, 0, 10, 10))


def test_a_picture_of_a_trial_has_both_and_the_bits_of_its_cells(bench, scene, compressed):
    effort, box = compressed
    window = Window(500, 1000, 200, 210)
    trial = Look(scene, None, window=window, device="cpu", trial=Trial(quality=QUALITY, effort=effort))
    seen = look(trial, lambda progress: None, Event(), bench)
    saved = look(replace(trial, compressed=box, trial=None), lambda progress: None, Event(), bench)
    np.testing.assert_allclose(seen.original_db, saved.original_db)
    off_db = np.abs(seen.decoded_db - saved.decoded_db)
    assert off_db.max() < 1  # where a number around ten was rounded the other way
    assert off_db.mean() < 0.03
    assert seen.bits.shape == (13, 14)
    assert saved.bits is None
    rows, cols = slice(0, 512), slice(512, 1024)
    tile = look(replace(trial, window=Window(0, 512, 512, 512)), lambda progress: None, Event(), bench)
    with Reader(box) as reader:
        payload = Payload.unpack(reader.payload(TileKey(0, 0, 0, 1)))
    streams = 8 * (payload.words.nbytes + len(payload.escapes))
    assert tile.bits.sum() == pytest.approx(streams, rel=0.02)
    assert tile.original_db.shape == (rows.stop - rows.start, cols.stop - cols.start)


def test_no_bits_go_where_nothing_was_measured(bench, scene):
    bits = open_live(bench, scene).bits(0, Window(0, 2000, ROWS, COLS - 2000))
    assert (bits[:, (2112 + 32 - 2000) // 16 :] == 0).all()
    assert bits[:, :5].min() > 0


def test_zoomed_far_out_nothing_is_coded(bench, scene):
    seen = look(Look(scene, None, max_side=400, device="cpu", trial=Trial()), lambda progress: None, Event(), bench)
    assert np.isnan(seen.decoded_db).all()
    assert seen.original_db.shape == seen.decoded_db.shape
    assert seen.bits is None


def test_a_trial_of_an_unknown_checkpoint_or_quality_is_refused(bench, scene):
    with pytest.raises(CheckpointError):
        open_live(bench, scene, model="nobody")
    with pytest.raises(RequestError, match="between 0 and 100"):
        bench.live(scene, None, Trial(quality=101), "cpu", Event())


def test_a_file_that_has_changed_is_opened_anew(bench, write, power_of, tmp_path):
    path = write(tmp_path / "scene.tif", power_of(40, 50).astype(np.float32))
    first = bench.source(path, None, "cpu")
    assert bench.source(path, None, "cpu") is first
    write(path, power_of(60, 70).astype(np.float32))
    assert bench.source(path, None, "cpu").info.shape == (60, 70)


def test_a_picture_of_a_trial_says_what_the_device_could_not_do(bench, scene):
    trial = Look(scene, None, window=Window(0, 0, 64, 64), device="cpu", trial=Trial(quality=QUALITY))
    assert look(trial, lambda progress: None, Event(), bench).notice == ""
    open_live(bench, scene).codec.notice = "Its memory does not suffice."
    assert look(trial, lambda progress: None, Event(), bench).notice == "Its memory does not suffice."
