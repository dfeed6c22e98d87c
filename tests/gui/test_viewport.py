"""The shared viewport, and the eye of one pane."""

import pytest

from sargui.core.types import Window
from sargui.gui.views.viewport import Eye, Viewport


@pytest.fixture
def viewport(qapp):
    viewport = Viewport()
    viewport.resize(400, 300)
    viewport.show_scene(600, 800)
    return viewport


def test_fit_shows_all_of_the_scene(viewport):
    assert viewport.window() == Window(0, 0, 600, 800)
    assert (viewport.x, viewport.y) == (400, 300)


def test_zoom_keeps_the_point_under_the_cursor(viewport):
    before = viewport.pixel(120, -40)
    for factor in (1.25, 2, 3):
        viewport.zoom_by(factor, 120, -40)
        assert viewport.pixel(120, -40) == before


def test_pan_moves_by_screen_pixels(viewport):
    viewport.show_pixels()
    viewport.pan(30, -20)
    assert (viewport.x, viewport.y) == (370, 320)
    assert viewport.window() == Window(170, 170, 300, 400)


def test_a_fitted_scene_stays_fitted_and_a_zoomed_one_keeps_its_zoom(viewport):
    viewport.resize(800, 600)
    assert viewport.window() == Window(0, 0, 600, 800)
    viewport.show_pixels(2)
    viewport.resize(400, 300)
    assert viewport.zoom == 2


def test_outside_of_the_scene_there_is_no_pixel(viewport):
    assert viewport.pixel(0, 0) == (300, 400)
    assert viewport.pixel(-199.9, 0) is None
    assert viewport.pixel(0, 149.9) is None


def test_the_scene_is_never_lost(viewport):
    viewport.zoom_by(1e9)
    viewport.pan(1e9, 1e9)
    assert min(viewport.window().shape) >= 1
    viewport.zoom_by(1e-9)
    assert viewport.window() == Window(0, 0, 600, 800)


def test_an_eye_looks_where_all_look_until_it_is_moved_and_again_after_a_fit(viewport):
    viewport.show_pixels(2)
    eye = Eye(viewport)
    assert (eye.x, eye.y, eye.moved) == (400, 300, False)
    eye.move(30, -20)
    assert (eye.x, eye.y, eye.moved) == (385, 310, True)
    viewport.pan(10, 0)
    assert (eye.x, viewport.x) == (380, 395)
    viewport.fit()
    assert (eye.x, eye.y, eye.moved) == (400, 300, False)


def test_a_moved_eye_stays_moved_when_a_fitted_pane_changes_its_size(viewport):
    eye = Eye(viewport)
    eye.move(10, 0)
    viewport.resize(800, 600)
    assert viewport.fitted
    assert eye.moved


def test_zooming_keeps_the_point_under_the_cursor_of_a_moved_eye(viewport):
    eye = Eye(viewport)
    eye.move(-37, 11)
    before = eye.pixel(50, -20)
    viewport.zoom_by(2, 50, -20)
    assert eye.pixel(50, -20) == before


def test_an_eye_sees_its_own_part_of_the_scene_and_nothing_beyond(viewport):
    viewport.show_pixels()
    eye = Eye(viewport)
    eye.move(-100, 0)
    assert eye.window(200, 100) == Window(250, 400, 100, 200)
    eye.move(-5000, 0)
    assert min(eye.window(200, 100).shape) == 0


@pytest.mark.parametrize(
    ("zoom", "device_ratio", "step"), [(1 / 6, 1.0, 6), (1 / 6, 2.0, 3), (0.7, 1.0, 1), (8.0, 1.0, 1), (0.3, 1.0, 3)]
)
def test_no_more_scene_pixels_are_wanted_than_the_screen_has(viewport, zoom, device_ratio, step):
    viewport.show_pixels(zoom)
    assert viewport.step(device_ratio) == step
