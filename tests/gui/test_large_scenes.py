"""Scenes much larger than the screen: seen roughly at once, the original first, foretold from afar."""

import threading

import numpy as np
import pytest

from sargui.core.types import Window
from sargui.engine.requests import Look, Trial
from sargui.engine.views import Estimate
from sargui.gui.scene import with_surroundings
from sargui.gui.shading import stretch_of

TRIAL = Trial("none-1", 70.0)
SHAPE = (3000, 12000)
VIEW = Window(1500, 4000, 400, 600)


@pytest.fixture
def large(session, engine, scene, qtbot):
    """A session with a large scene, all of it read."""
    engine.shape = SHAPE
    with qtbot.waitSignal(session.opened):
        session.open(scene)
    qtbot.waitUntil(lambda: session._errands.idle)
    return session


def looks(engine):
    return [request for request in engine.asked if isinstance(request, Look)]


def settle(session, qtbot):
    qtbot.waitUntil(lambda: session._errands.idle)


def test_a_large_scene_is_seen_roughly_first_and_then_as_it_is(session, engine, scene, qtbot):
    engine.shape, engine.bands = SHAPE, 2
    seen = []
    session.picture_changed.connect(lambda: seen.append(session.pictures.overview))
    with qtbot.waitSignal(session.opened):
        session.open(scene)
    settle(session, qtbot)
    first, last = seen[0], session.pictures.overview
    assert (first.picture.rough, last.picture.rough) == (True, False)
    assert last.stretches[0] == pytest.approx(stretch_of(last.picture.original_db))
    assert last.stretches != first.stretches
    session.set_bands((1,))
    settle(session, qtbot)
    assert [request.rough for request in looks(engine)] == [True, False, True, False]
    assert not session.pictures.overview.picture.rough


def test_a_large_compressed_scene_is_seen_by_its_overview_first_and_so_is_its_other_band(
    session, engine, tmp_path, qtbot
):
    engine.shape, engine.bands = (3000, 4000), 2
    with qtbot.waitSignal(session.opened):
        session.open(tmp_path / "scene.sarz")
    assert session.pictures.overview.picture.rough
    settle(session, qtbot)
    assert not session.pictures.overview.picture.rough
    session.set_bands((1,))
    settle(session, qtbot)
    assert [request.rough for request in looks(engine)] == [True, False, True, False]
    assert not session.pictures.overview.picture.rough


def test_a_large_scene_is_seen_as_it_is_also_when_settings_are_tried_meanwhile(session, engine, scene, qtbot):
    engine.shape = SHAPE
    session.opened.connect(lambda: session.try_out(TRIAL))
    session.open(scene)
    qtbot.waitUntil(lambda: session.pictures.version == TRIAL)
    settle(session, qtbot)
    assert not session.pictures.overview.picture.rough


def test_a_scene_that_fits_is_seen_as_it_is_at_once(with_scene, engine):
    assert len(looks(engine)) == 1
    assert not with_scene.pictures.overview.picture.rough


def test_the_original_does_not_wait_for_the_reconstruction(large, engine, qtbot):
    engine.look_gate = threading.Event()
    large.try_out(TRIAL)
    large.look_at(VIEW)
    qtbot.waitUntil(lambda: large.pictures.near is not None)
    near = large.pictures.near.picture
    assert (near.step, near.decoded_db) == (1, None)
    assert near.window == with_surroundings(VIEW, SHAPE, 2048)
    assert large.pictures.values_at(VIEW.row, VIEW.col).original_db is not None
    assert large.pictures.near.stretches == large.pictures.overview.stretches
    engine.look_gate.set()
    qtbot.waitUntil(lambda: large.pictures.detail is not None)
    assert large.pictures.values_at(VIEW.row, VIEW.col).decoded_db is not None


def test_the_original_is_sharp_where_too_much_is_seen_to_be_coded(large, engine, qtbot):
    large.try_out(TRIAL)
    large.look_at(Window(0, 1000, 3000, 6000), 3)
    qtbot.waitUntil(lambda: large.pictures.near is not None)
    assert large.pictures.near.picture.step == 3
    assert not any(request.trial for request in looks(engine))


def test_no_finer_picture_is_fetched_than_the_screen_shows(large, engine, qtbot):
    asked = len(looks(engine))
    large.look_at(Window(0, 0, 3000, 6000), 6)  # the overview has 6 pixels in one too
    settle(large, qtbot)
    assert len(looks(engine)) == asked
    with qtbot.waitSignal(large.picture_changed):
        large.look_at(Window(0, 0, 3000, 6000), 5)
    assert large.pictures.detail.picture.step == 5
    large.look_at(Window(100, 100, 2900, 6000), 5)  # a part of it that was read as well
    settle(large, qtbot)
    assert len(looks(engine)) == asked + 1


def test_a_view_grows_by_a_quarter_as_long_as_it_stays_one_picture():
    assert with_surroundings(VIEW, SHAPE, 2048) == Window(1400, 3850, 600, 900)
    assert with_surroundings(Window(900, 4000, 1600, 2000), SHAPE, 2048) == Window(676, 3976, 2048, 2048)
    assert with_surroundings(Window(900, 4000, 2000, 3000), SHAPE, 2048).cols == 3000
    assert with_surroundings(Window(0, 11900, 100, 100), SHAPE, 2048) == Window(0, 11875, 125, 125)


def test_seen_from_afar_size_and_error_are_foretold_of_the_whole_scene(large, engine, qtbot):
    told = []
    large.foretelling.changed.connect(told.append)
    large.look_at(Window(0, 0, *SHAPE), 12)
    large.try_out(TRIAL)
    qtbot.waitUntil(lambda: any(told))
    assert told[-1].estimated.rmse_db == pytest.approx(engine.noise_of(70.0))
    assert told[-1].part_bits is None
    large.look_at(Window(0, 0, 2900, 12000), 11)
    settle(large, qtbot)
    estimates = [request for request in engine.asked if isinstance(request, Estimate)]
    assert [request.errors for request in estimates] == [True]


def test_what_is_seen_is_tried_first_and_foretold_after(large, engine, qtbot):
    told = []
    large.foretelling.changed.connect(told.append)
    large.look_at(VIEW)
    settle(large, qtbot)
    large.try_out(TRIAL)
    qtbot.waitUntil(lambda: any(told))
    settle(large, qtbot)
    order = [type(request) for request in engine.asked if isinstance(request, Estimate) or request in looks(engine)[2:]]
    assert order == [Look, Look, Estimate]  # the original, the reconstruction, the scene
    assert told[-1].estimated.rmse_db is None
    assert np.isclose(told[-1].part_rmse_db, engine.noise_of(70.0), rtol=0.05)
