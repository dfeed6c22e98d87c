"""The plot of rate and error: what was tried or compressed is in it, a click goes back to it, undo undoes that."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from sargui.core import catalogue
from sargui.engine.requests import Rate
from sargui.gui.curves import curves_of
from sargui.gui.points import Point, curve_through
from sargui.gui.scene import Settings

from .conftest import CARDS
from .test_trying_targets import VALIDATION


@pytest.fixture(autouse=True)
def _validated(monkeypatch):
    monkeypatch.setattr(catalogue, "found", lambda: ([replace(CARDS[0], validation=VALIDATION), CARDS[1]], {}))


@pytest.fixture
def tried(opened, engine, qtbot):
    """A window in which qualities 50 and 80 have been tried."""
    engine.noise_of = lambda quality: 2 ** ((50 - quality) / 30)
    qtbot.waitUntil(lambda: len(opened.points.all) == 1)
    opened.settings.rates.slider.setValue(160)
    qtbot.waitUntil(lambda: len(opened.points.all) == 2)
    return opened


def at(plot, x, y):
    """Return where a value is on the plot's surface."""
    surface = plot.surface
    return surface.mapFromScene(surface.getPlotItem().getViewBox().mapViewToScene(QPointF(x, y)))


def test_what_is_tried_becomes_a_point_at_its_rate_and_error(tried):
    first, second = tried.points.all
    assert (first.quality, second.quality) == (50.0, 80.0)
    assert first.bits_per_pixel == second.bits_per_pixel == 0.5
    assert second.rmse_db == pytest.approx(0.5, rel=0.05)
    assert tried.result_panel.plot.isVisibleTo(tried)
    drawn = [(dot.pos().x(), dot.pos().y()) for dot in tried.result_panel.plot.dots.points()]
    assert drawn == [(one.bits_per_pixel, one.rmse_db) for one in tried.points.all]


def ringed(window):
    ring = window.result_panel.plot.ring
    return [(spot.pos().x(), spot.pos().y()) for spot in ring.points()]


def test_a_ring_is_about_the_point_of_what_is_shown(tried, qtbot):
    first, second = tried.points.all
    assert ringed(tried) == [(second.bits_per_pixel, second.rmse_db)]
    with qtbot.waitSignal(tried.session.evaluated):
        tried.compress()
    qtbot.waitUntil(lambda: ringed(tried) == [(0.6, 0.71)])
    tried.go_back_to(first.settings)
    qtbot.waitUntil(lambda: ringed(tried) == [(first.bits_per_pixel, first.rmse_db)])
    tried.commands.undo.trigger()
    qtbot.waitUntil(lambda: ringed(tried) == [(0.6, 0.71)])
    qtbot.waitUntil(lambda: tried.session._errands.idle)


def test_a_result_is_a_point_of_the_whole_scene_beside_its_trial(tried, qtbot):
    with qtbot.waitSignal(tried.session.evaluated):
        tried.compress()
    qtbot.waitUntil(lambda: not tried.session.busy)
    last = tried.points.all[-1]
    assert (last.part, last.bits_per_pixel, last.rmse_db) == (None, 0.6, 0.71)
    assert len(tried.points.all) == 3


def test_a_click_goes_back_to_the_settings_and_undo_returns(tried, qtbot):
    first, plot = tried.points.all[0], tried.result_panel.plot
    dock = plot.parentWidget()
    while not hasattr(dock, "ensureWidgetVisible"):
        dock = dock.parentWidget()
    dock.ensureWidgetVisible(plot)
    place = at(plot, first.bits_per_pixel, first.rmse_db)
    QTest.mouseClick(plot.surface.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert tried.settings.rates.rate == Rate(value=50.0)
    tried.commands.undo.trigger()
    assert tried.settings.rates.rate == Rate(value=80.0)


def test_a_point_says_what_it_is_of(tried):
    plot = tried.result_panel.plot
    dot = plot.dots.points()[1]
    said = plot.dots.opts["tip"](x=dot.pos().x(), y=dot.pos().y(), data=dot.data())
    assert said.startswith("none-1, quality 80\n0.500 bits per pixel, 0.5")
    assert "the part that was seen" in said


def test_the_curve_of_the_checkpoint_meets_the_newest_point(tried):
    x, y = tried.result_panel.plot.line.getData()
    last = tried.points.all[-1]
    near = np.hypot(x - last.bits_per_pixel, y - last.rmse_db).min()
    assert near < 0.02
    assert np.all(np.diff(x) > 0)
    assert np.all(np.diff(y) < 0)


def test_another_scene_has_points_of_its_own(tried, tmp_path, qtbot):
    path = tmp_path / "next.tif"
    path.write_bytes(b"")
    with qtbot.waitSignal(tried.session.opened):
        tried.open([path])
    qtbot.waitUntil(lambda: len(tried.points.all) == 1)
    assert tried.points.all[0].quality == 80.0


def test_a_curve_through_a_point_keeps_its_shape():
    curves = curves_of(replace(CARDS[0], validation=VALIDATION))
    line = curve_through(Point(Settings("none-1"), 50.0, 1.0, 3.0), curves)
    assert line[25] == pytest.approx([1.0, 3.0])  # quality 50 of 0, 2, …, 100
    assert line[40] / line[25] == pytest.approx([2.0, 0.5])  # 30 more: twice the bits, half the error
