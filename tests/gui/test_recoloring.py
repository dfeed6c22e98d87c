"""Kinds of error, tolerance and stretch in the window: asked for by key, computed in the worker, seen in the panes."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sargui.gui import pictures, shading
from sargui.gui.shading import BEYOND, ErrorKind

from .fake_engine import FakeEngine


@pytest.fixture
def engine():
    return FakeEngine(shape=(3000, 4000))  # its overview has a step of 2


def colors(window):
    return {
        shaded.error_style for shaded in (window.session.pictures.overview, window.session.pictures.detail) if shaded
    }


@pytest.fixture
def close_up(compressed, qtbot):
    """A large scene, compressed, with a detail over its overview."""
    QTest.keyClick(compressed, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    pictures = compressed.session.pictures
    qtbot.waitUntil(lambda: pictures.detail is not None and pictures.detail.picture.error_db is not None)
    settle(compressed, qtbot)
    return compressed


def settle(window, qtbot):
    """Wait until the view rests and all pictures have come."""
    runners = window.session._errands._runners.values()
    qtbot.waitUntil(lambda: not window.grid._settle.isActive() and all(runner.idle for runner in runners))


def test_y_shows_other_kinds_in_overview_and_detail_with_their_unit(close_up, qtbot):
    pane, limit = close_up.grid.error, close_up.session.pictures.overview.error_limit_db
    for kind, unit, low_high in (
        (ErrorKind.ABSOLUTE, "dB", (0, limit)),
        (ErrorKind.RATIO, "ratio", (-limit, limit)),
        (ErrorKind.SQUARED, "dB²", (0, limit**2)),
        (ErrorKind.SIGNED, "dB", (-limit, limit)),
    ):
        QTest.keyClick(close_up, Qt.Key.Key_Y)
        qtbot.waitUntil(lambda wanted=kind: {style.kind for style in colors(close_up)} == {wanted})
        assert pane.bar.range == low_high
        assert pane.bar.legend.unit == unit
    assert close_up.session.pictures.overview.error_limit_db == close_up.session.pictures.detail.error_limit_db == limit


def test_kinds_that_change_fast_end_with_the_last(close_up, qtbot):
    close_up.grid.viewport.pan(900, 500)  # a new detail is on its way as well
    for _ in range(6):
        QTest.keyClick(close_up, Qt.Key.Key_Y)
    settle(close_up, qtbot)
    assert {style.kind for style in colors(close_up)} == {ErrorKind.RATIO}
    assert close_up.grid.error_style.kind is ErrorKind.RATIO


def test_the_tolerance_marks_pixels(close_up, qtbot):
    close_up.grid.error.tolerance.setValue(1.0)
    qtbot.waitUntil(lambda: {style.tolerance_db for style in colors(close_up)} == {1.0})
    detail = close_up.session.pictures.detail
    marked = (detail.error[0] == BEYOND).all(axis=2)
    assert np.array_equal(marked, np.abs(detail.picture.error_db) > 1)
    assert close_up.grid.error.bar.legend.beyond == "> 1"


def test_a_kind_chosen_before_there_is_an_error_holds_for_the_next(opened, qtbot):
    QTest.keyClick(opened, Qt.Key.Key_Y)
    with qtbot.waitSignal(opened.session.evaluated, timeout=30_000):
        opened.compress()
    qtbot.waitUntil(lambda: opened.grid.error.bar.range is not None)
    assert opened.grid.error.bar.range[0] == 0
    assert "|" in opened.grid.error.unit.text()


def test_n_stretches_to_what_is_visible_and_back(close_up, qtbot):
    grid, pictures = close_up.grid, close_up.session.pictures
    before = pictures.overview.stretches
    grid.viewport.x, grid.viewport.y = 10.0, 300.0  # at the dark river
    grid.viewport.show_pixels(8.0)
    settle(close_up, qtbot)
    QTest.keyClick(close_up, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: pictures.overview.stretches != before)
    assert pictures.overview.stretches == pictures.detail.stretches == (grid.original.bar.range,)
    assert grid.decoded.bar.range == grid.original.bar.range
    assert pictures.overview.stretches[0][1] < before[0][1]
    grid.viewport.fit()
    assert pictures.overview.stretches != before
    QTest.keyClick(close_up, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: pictures.overview.stretches == pictures.detail.stretches == before)


def test_another_band_has_its_own_stretch_again(make_window, scene, qtbot):
    window = make_window(FakeEngine(bands=2))
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    qtbot.waitUntil(window.bands.isVisible)
    of_first = window.session.pictures.overview.stretches
    QTest.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: window.session.pictures.overview.stretches != of_first)
    window.bands.setFocus()
    QTest.keyClick(window.bands, Qt.Key.Key_Down)
    assert not window.commands.stretch.isChecked()
    settle(window, qtbot)
    QTest.keyClick(window.bands, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: window.session.pictures.overview.stretches == of_first)


def test_the_window_does_not_color(close_up, monkeypatch, qtbot):
    threads = set()

    def watched(shaded, tones):
        threads.add(threading.get_ident())
        return shading.recolor(shaded, tones)

    monkeypatch.setattr(pictures, "recolor", watched)
    QTest.keyClick(close_up, Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: {style.kind for style in colors(close_up)} == {ErrorKind.ABSOLUTE})
    assert threads
    assert threading.get_ident() not in threads


def test_a_locked_error_scale_stays_whatever_the_settings_make_and_follows_again_when_it_is_free(
    make_window, scene, qtbot
):
    engine = FakeEngine()
    engine.noise_of = lambda quality: 2 ** ((50 - quality) / 10)
    window = make_window(engine)
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    bar, lock, slider = window.grid.error.bar, window.commands.lock_error, window.settings.rates.slider
    qtbot.waitUntil(lambda: bar.range is not None and window.session._errands.idle)
    before = bar.range

    def seen_at(value):
        slider.setValue(value)
        qtbot.waitUntil(lambda: window.session.pictures.version.quality == value / 2)
        qtbot.waitUntil(lambda: window.session.pictures.version_shown)
        settle(window, qtbot)
        return bar.range

    lock.trigger()
    assert lock.isChecked()
    assert seen_at(20) == before
    assert seen_at(160) == before
    lock.trigger()
    qtbot.waitUntil(lambda: bar.range[1] < before[1] / 2)  # errors are an eighth of what they were
    assert seen_at(20)[1] > before[1]


def test_without_an_error_there_is_no_scale_to_lock(make_window, scene, qtbot):
    engine = FakeEngine()
    engine.look_gate = threading.Event()
    window = make_window(engine)
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    window.commands.lock_error.trigger()
    assert not window.commands.lock_error.isChecked()
    engine.look_gate.set()
    settle(window, qtbot)
