"""The shared viewport."""

import pytest

from sargui.core.types import Window
from sargui.gui.views.viewport import Viewport


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
