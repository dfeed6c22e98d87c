"""The session without a window: verbs in, signals out."""

import threading

import numpy as np
import pytest

from sargui.core.types import Kind, Window
from sargui.engine.requests import Compress, Evaluate, Look, Rate
from sargui.gui.pictures import MAX_SIDE
from sargui.gui.scene import Settings
from sargui.gui.session import Session

from .fake_engine import RefusedError


def looks(engine):
    return [request for request in engine.asked if isinstance(request, Look)]


def test_open_shows_the_whole_scene(with_scene, engine, scene):
    assert with_scene.scene.path == scene
    assert looks(engine) == [Look(scene, None, max_side=MAX_SIDE, rough=True)]
    assert with_scene.pictures.overview.picture.decoded_db is None


def test_a_sarz_is_a_scene_too(session, engine, tmp_path, qtbot):
    path = tmp_path / "a.SARZ"
    path.write_bytes(b"")
    with qtbot.waitSignal(session.described):
        session.open(path)
    assert looks(engine)[0].original is None
    assert session.scene.container["model"] == "none"
    assert session.container == path
    session.compress(Settings("none-1"))  # nothing to compress
    assert not session.busy


def test_compress_then_look_then_measure(with_scene, engine, scene, qtbot):
    with qtbot.waitSignals([with_scene.compressed, with_scene.picture_changed, with_scene.evaluated]):
        with_scene.compress(Settings("none-1", Rate(value=70.0)))
    written = with_scene.result.compressed.target
    compress, look, evaluate = [one for one in engine.asked[1:] if isinstance(one, Compress | Look | Evaluate)]
    assert compress == Compress(scene, written, model="none-1", rate=Rate(value=70.0))
    assert look == Look(scene, written, max_side=MAX_SIDE)
    assert evaluate == Evaluate(scene, written)
    assert with_scene.result.quality.rmse_db == pytest.approx(0.71)
    assert with_scene.unsaved


def test_the_engine_never_runs_in_the_thread_of_the_window(with_scene, engine, qtbot):
    with qtbot.waitSignal(with_scene.evaluated):
        with_scene.compress(Settings("none-1"))
    assert threading.get_ident() not in engine.threads
    assert len(engine.threads) == 2  # one reads, the other has the network


def test_busy_has_no_gap_between_compressing_and_measuring(with_scene, qtbot):
    seen = []
    with_scene.busy_changed.connect(seen.append)
    with_scene.compress(Settings("none-1"))
    qtbot.waitUntil(lambda: seen[-1:] == [False])
    assert seen == [True, False]


def test_cancel_keeps_what_was_there(with_scene, engine, qtbot):
    with qtbot.waitSignal(with_scene.evaluated):
        with_scene.compress(Settings("none-1"))
    qtbot.waitUntil(lambda: not with_scene.busy)
    before = with_scene.result
    engine.gate = threading.Event()
    with qtbot.waitSignal(with_scene.progressed):
        with_scene.compress(Settings("none-1", Rate(value=10.0)))
    with qtbot.waitSignal(with_scene.cancelled):
        with_scene.cancel()
    assert with_scene.result is before
    assert before.compressed.target.exists()
    assert len(list(before.compressed.target.parent.iterdir())) == 1
    assert not with_scene.busy


def test_cancel_after_the_last_tile_counts_too(qtbot, engine, scene):
    reached = threading.Event()

    def too_late(request, report, cancel):
        result = engine(request, report, threading.Event())
        if isinstance(request, Compress):
            reached.set()
            assert cancel.wait(10)
        return result

    session = Session(too_late)
    with qtbot.waitSignal(session.opened):
        session.open(scene)
    session.compress(Settings("none-1"))
    qtbot.waitUntil(reached.is_set)
    with qtbot.waitSignal(session.cancelled):
        session.cancel()
    assert not session.busy
    assert session.result is None
    (request,) = [one for one in engine.asked if isinstance(one, Compress)]
    assert not request.target.exists()
    session.shutdown()


def test_a_failure_is_one_sentence_and_leaves_the_scene(with_scene, engine, qtbot):
    engine.error = RefusedError("The disk is full.")
    with qtbot.waitSignal(with_scene.failed) as failed:
        with_scene.compress(Settings("none-1"))
    assert failed.args == ["The disk is full."]
    assert with_scene.result is None
    assert not with_scene.busy


def test_a_newer_result_replaces_the_file_of_the_older(with_scene, qtbot):
    for _ in range(2):
        with qtbot.waitSignal(with_scene.evaluated):
            with_scene.compress(Settings("none-1"))
        qtbot.waitUntil(lambda: not with_scene.busy)
    written = with_scene.result.compressed.target
    assert list(written.parent.iterdir()) == [written]


def test_save_copies_the_result(with_scene, tmp_path, qtbot):
    with qtbot.waitSignal(with_scene.evaluated):
        with_scene.compress(Settings("none-1"))
    with qtbot.waitSignal(with_scene.saved):
        with_scene.outputs.save(tmp_path / "kept.sarz")
    assert (tmp_path / "kept.sarz").read_bytes() == with_scene.result.compressed.target.read_bytes()
    assert not with_scene.unsaved


def test_nothing_is_written_over_the_open_scene(with_scene, scene, qtbot):
    with qtbot.waitSignal(with_scene.evaluated):
        with_scene.compress(Settings("none-1"))
    with qtbot.waitSignal(with_scene.failed) as failed:
        with_scene.outputs.save(scene)
    assert "another name" in failed.args[0]
    assert scene.read_bytes() == b"II*\0"


def test_a_file_without_kind_is_asked_about(session, engine, tmp_path, qtbot):
    path = tmp_path / "ambiguous.tif"
    path.write_bytes(b"")
    with qtbot.waitSignal(session.kind_wanted) as wanted:
        session.open(path)
    assert wanted.args[0] == path
    assert wanted.args[1].min() < 0
    with qtbot.waitSignal(session.opened):
        session.open(path, Kind.POWER)
    assert session.scene.kind is Kind.POWER


def test_the_stretch_of_a_window_is_that_of_the_scene(session, engine, scene, qtbot):
    engine.shape = (5000, 4000)
    with qtbot.waitSignal(session.opened):
        session.open(scene)
    assert session.pictures.overview.picture.step == 3
    with qtbot.waitSignal(session.picture_changed):
        session.look_at(Window(1000, 1000, 400, 600))
    assert session.pictures.detail.picture.step == 1
    assert session.pictures.detail.picture.window == Window(900, 850, 600, 900)
    assert session.pictures.detail.stretches == session.pictures.overview.stretches
    assert session.pictures.values_at(1000, 1000).step == 1
    assert session.pictures.values_at(0, 3999).step == 3
    assert session.pictures.values_at(5000, 0) is None
    asked = len(engine.asked)
    session.look_at(Window(1010, 1010, 300, 300))  # is there already
    assert session._errands.idle
    assert len(engine.asked) == asked


def test_a_small_scene_is_looked_at_once(with_scene, engine):
    with_scene.look_at(Window(0, 0, 10, 10))
    assert len(looks(engine)) == 1
    assert with_scene.busy is False


def test_another_band_is_fetched(session, engine, scene, qtbot):
    engine.bands = 2
    with qtbot.waitSignal(session.opened):
        session.open(scene)
    first = session.pictures.overview.picture.original_db
    with qtbot.waitSignal(session.picture_changed):
        session.set_bands((1,))
    assert looks(engine)[-1].band == 1
    assert np.nanmean(session.pictures.overview.picture.original_db) < np.nanmean(first) - 2


def test_shutdown_removes_the_sessions_files(engine, scene, qtbot):
    session = Session(engine)
    with qtbot.waitSignal(session.opened):
        session.open(scene)
    with qtbot.waitSignal(session.evaluated):
        session.compress(Settings("none-1"))
    folder = session.result.compressed.target.parent
    session.shutdown()
    assert not folder.exists()


def test_the_error_has_the_range_of_single_pixels_once_measured(session, engine, scene, qtbot):
    engine.shape = (3000, 2500)
    engine.rmse_db = 1.6
    with qtbot.waitSignal(session.opened):
        session.open(scene)
    with qtbot.waitSignal(session.evaluated):
        session.compress(Settings("none-1"))
    qtbot.waitUntil(lambda: session.pictures.overview.error_limit_db == 5.0)
    assert len(looks(engine)) == 2  # colored anew without looking again
