"""Line profile and histogram below the panes, as a user opens, reads and closes them."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sargui.engine.readings import InspectRegion
from sargui.gui.marking import TOO_FAR
from sargui.gui.panels.plots import Subject
from sargui.gui.views.plot import Plot

from .hands import draw, marks, move, press

KEY = Qt.Key


def inspected(engine):
    return [request.region for request in engine.asked if isinstance(request, InspectRegion)]


def test_l_and_a_drag_show_the_profile_below_the_panes(looking, qtbot):
    assert not looking.plots.isVisible()
    draw(looking, KEY.Key_L, (300, 100), (300, 500))
    line = marks(looking).line
    assert abs(line.end[1] - 500) <= 4
    qtbot.waitUntil(lambda: looking.plots.profile.caption.text() != "")
    assert looking.plots.isVisible()
    assert looking.plots.currentWidget() is looking.plots.profile
    for curve, level in zip(looking.plots.profile.curves, (45.0, 47.0), strict=True):
        along, values = curve.getData()
        assert along[-1] == pytest.approx(line.end[1] - line.start[1])
        assert values == pytest.approx([level] * 50)
    assert looking.plots.y() >= looking.grid.geometry().bottom()


def test_a_long_line_is_counted_in_pixels(qtbot):
    plot = Plot("Line profile")
    qtbot.addWidget(plot)
    plot.show_curves(np.arange(30_000.0), (np.zeros(30_000), None), ("pixels", "dB"), "a long line")
    plot.resize(700, 200)
    plot.show()
    qtbot.waitExposed(plot)
    axis = plot.surface.getPlotItem().getAxis("bottom")
    assert axis.labelString().count("pixels") == 1
    assert "e+" not in axis.labelString()
    assert axis.tickStrings([20_000.0], axis.autoSIPrefixScale, 5_000.0) == ["20000"]


def test_before_there_is_anything_to_draw_there_are_no_axes(looking, engine, qtbot):
    engine.read_gate = threading.Event()
    press(looking, KEY.Key_H)
    qtbot.waitUntil(looking.plots.histogram.isVisible)
    assert not looking.plots.histogram.surface.isVisible()
    engine.read_gate.set()
    qtbot.waitUntil(looking.plots.histogram.surface.isVisible)


def test_the_title_at_the_left_keeps_off_the_numbers(qtbot):
    plot = Plot("Histogram", steps=True)
    qtbot.addWidget(plot)
    plot.show_curves(np.arange(11.0), (np.linspace(-50, -10, 10), None), ("dB", "% of pixels per dB"), "")
    plot.resize(2000, 250)
    plot.show()
    qtbot.waitExposed(plot)
    axis = plot.surface.getPlotItem().getAxis("left")
    title = axis.label.mapRectToParent(axis.label.boundingRect()).right()
    longest = plot.fontMetrics().horizontalAdvance("\N{MINUS SIGN}12.5")
    assert title + 2 <= axis.width() - longest - axis.style["tickTextOffset"][0]


def test_the_profile_follows_the_settings(looking, qtbot):
    draw(looking, KEY.Key_L, (300, 100), (300, 500))
    looking.settings.rates.spin.setValue(20.0)
    curve = looking.plots.profile.curves[1]
    qtbot.waitUntil(lambda: curve.getData()[1] is not None and curve.getData()[1][0] == pytest.approx(45.2))


def test_pointing_at_the_profile_shows_the_place_in_the_panes(looking, qtbot):
    draw(looking, KEY.Key_L, (300, 100), (300, 500))
    plot = looking.plots.profile
    qtbot.waitUntil(lambda: plot.caption.text() != "")
    line, shown = marks(looking).line, looking.plots._line
    box = plot._plot.getViewBox()
    qtbot.waitUntil(lambda: box.viewRect().width() >= shown.distance_px[-1])  # drawn
    place = box.mapViewToScene(box.viewRect().center())
    surface = plot.surface.viewport()
    move(surface, plot.surface.mapFromScene(place))
    assert looking.grid.at[0] == round(line.start[0])
    assert abs(looking.grid.at[1] - shown.cols[25]) < 20
    assert looking.grid.original._cross.isVisible()


@pytest.mark.parametrize("way", ["key", "tab", "Del"])
def test_the_profile_is_closed(looking, qtbot, way):
    draw(looking, KEY.Key_L, (300, 100), (300, 500))
    qtbot.waitUntil(looking.plots.isVisible)
    if way == "tab":
        looking.plots.tabCloseRequested.emit(Subject.PROFILE)
    else:
        press(looking, KEY.Key_L if way == "key" else KEY.Key_Delete)
    assert not looking.plots.isVisible()
    assert marks(looking).line is None
    assert not looking.commands.profile.isChecked()


def test_h_shows_the_histogram_of_what_is_visible_and_closes_it(looking, engine, qtbot):
    QTest.keyClick(looking, KEY.Key_0, Qt.KeyboardModifier.ControlModifier)
    press(looking, KEY.Key_H)
    qtbot.waitUntil(lambda: "visible part" in looking.plots.histogram.caption.text())
    qtbot.waitUntil(lambda: inspected(engine)[-1] == looking.grid.visible_window())  # the panes are smaller now
    qtbot.waitUntil(lambda: looking.session._errands.idle)
    for curve in looking.plots.histogram.curves:
        edges, density = curve.getData()
        assert len(edges) == len(density) + 1 <= 65
        assert (density * (edges[1:] - edges[:-1])).sum() == pytest.approx(100)
    looking.grid.viewport.pan(40, 0)
    qtbot.waitUntil(lambda: inspected(engine)[-1] == looking.grid.visible_window())
    press(looking, KEY.Key_H)
    assert not looking.plots.isVisible()
    assert not looking.commands.histogram.isChecked()


def test_the_histogram_is_of_the_chosen_region(looking, qtbot):
    draw(looking, KEY.Key_R, (100, 150), (250, 350))
    press(looking, KEY.Key_H)
    qtbot.waitUntil(lambda: "region A" in looking.plots.histogram.caption.text())
    marks(looking).choose(None)
    qtbot.waitUntil(lambda: "visible part" in looking.plots.histogram.caption.text())


def test_too_much_for_a_histogram_is_said(make_window, engine, scene, qtbot):
    engine.shape = (6000, 9000)
    window = make_window(engine)
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    QTest.keyClick(window, KEY.Key_H)
    assert window.plots.histogram.caption.text() == TOO_FAR
    window.grid.viewport.show_pixels()
    qtbot.waitUntil(lambda: "visible part" in window.plots.histogram.caption.text())


def test_plots_follow_the_theme(looking, qtbot):
    draw(looking, KEY.Key_L, (300, 100), (300, 500))
    qtbot.waitUntil(lambda: looking.plots.profile.caption.text() != "")
    seen = set()
    for choice in ("light", "dark"):
        looking.choose_theme(next(one for one in looking.commands.themes if one == choice))
        curve = looking.plots.profile.curves[0]
        seen.add((looking.plots.profile.surface.backgroundBrush().color().name(), curve.opts["pen"].color().name()))
    assert seen == {("#f3f4f6", "#0072b2"), ("#20242a", "#56b4e9")}
