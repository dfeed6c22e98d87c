"""Settings tried on what is seen: coded where one looks, replaced by the next, foretold, beside a result."""

import threading

from sargui.core.types import Window
from sargui.engine.requests import Look, Trial
from sargui.engine.views import Estimate
from sargui.gui.pictures import MAX_SIDE
from sargui.gui.scene import Settings

TRIAL = Trial("none-1", 70.0)


def looks(engine):
    return [request for request in engine.asked if isinstance(request, Look)]


def test_a_trial_shows_the_visible_part_and_foretells_the_size(with_scene, engine, qtbot):
    engine.windows = 40
    with_scene.look_at(Window(100, 100, 300, 400))
    told = []
    with_scene.foretelling.changed.connect(told.append)
    with_scene.try_out(TRIAL)
    qtbot.waitUntil(lambda: with_scene.pictures.version_shown)
    pictures = with_scene.pictures
    assert looks(engine)[-1] == Look(
        with_scene.scene.path, None, window=Window(100, 100, 300, 400), max_side=MAX_SIDE, trial=TRIAL
    )
    assert pictures.detail.picture.decoded_db is not None
    assert pictures.overview.picture.decoded_db is None
    qtbot.waitUntil(lambda: bool(told) and told[-1].estimated.windows == 40)
    windows = [request.windows for request in engine.asked if isinstance(request, Estimate)]
    assert windows == [8, 16, 32, 64]
    assert told[-1].file_bytes == 44_000
    assert told[-1].estimated.half_width_bytes == 0
    assert not with_scene.busy


def test_a_newer_trial_replaces_an_older_and_the_old_picture_stays_until_then(with_scene, engine, qtbot):
    with_scene.look_at(Window(0, 0, 200, 200))
    with_scene.try_out(TRIAL)
    qtbot.waitUntil(lambda: with_scene.pictures.version_shown)
    before = with_scene.pictures.detail
    engine.look_gate = threading.Event()
    for quality in (10.0, 20.0, 30.0):
        with_scene.try_out(Trial("none-1", quality))
    assert with_scene.pictures.detail is before
    engine.look_gate.set()
    qtbot.waitUntil(lambda: with_scene.pictures.detail is not before)
    tried = [request.trial.quality for request in looks(engine) if request.trial is not None]
    assert tried[-1] == 30.0
    assert 20.0 not in tried
    assert with_scene.pictures.version_shown


def test_a_view_too_large_to_be_coded_is_not_tried(session, engine, scene, qtbot):
    engine.shape = (5000, 4000)
    with qtbot.waitSignal(session.opened):
        session.open(scene)
    session.try_out(TRIAL)
    session.look_at(Window(0, 0, 5000, 4000))
    assert not any(request.trial for request in looks(engine))
    session.look_at(Window(0, 0, 2000, 2048))
    qtbot.waitUntil(lambda: any(request.trial == TRIAL for request in looks(engine)))


def test_a_result_takes_the_place_of_the_trial_and_a_trial_that_of_the_result(with_scene, engine, qtbot):
    with_scene.look_at(Window(0, 0, 200, 200))
    with_scene.try_out(TRIAL)
    qtbot.waitUntil(lambda: with_scene.pictures.version_shown)
    with qtbot.waitSignal(with_scene.evaluated):
        with_scene.compress(Settings("none-1"))
    qtbot.waitUntil(lambda: with_scene.pictures.overview.picture.decoded_db is not None)
    assert with_scene.pictures.version == with_scene.result.compressed.target
    assert with_scene.pictures.detail is None
    assert with_scene.pictures.version_shown
    with_scene.try_out(Trial("none-1", 20.0))
    qtbot.waitUntil(lambda: with_scene.pictures.version_shown)
    assert with_scene.pictures.detail.picture.decoded_db is not None
    assert with_scene.pictures.overview.picture.decoded_db is None
    assert with_scene.unsaved


def test_looking_goes_on_while_a_scene_is_compressed(with_scene, engine, qtbot):
    engine.gate = threading.Event()
    with qtbot.waitSignal(with_scene.progressed):
        with_scene.compress(Settings("none-1"))
    engine.tile_s = 0.0
    with_scene.look_at(Window(0, 0, 100, 100))
    with_scene.try_out(TRIAL)
    engine.gate.set()
    qtbot.waitUntil(lambda: any(request.trial for request in looks(engine)))
    qtbot.waitUntil(lambda: not with_scene.busy)
    order = [type(request).__name__ for request in engine.asked]
    assert order.index("Evaluate") > order.index("Look", 1)
