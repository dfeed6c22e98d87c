"""The fourth pane: what the network attends to, live, by view, checkpoint, place in the network, click and key."""

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from sargui.core.types import Window
from sargui.engine.requests import Attend
from sargui.gui.attending import CHANNELS, LOOKING, NO_BITS, TOO_FAR

from .fake_engine import FakeEngine

MODULES = ("g_a.attention.3", "g_s.attention.0")


@pytest.fixture
def engine():
    engine = FakeEngine()
    engine.attention = MODULES
    return engine


@pytest.fixture
def attending(opened, qtbot):
    """A window that shows attention over a scene of which nothing is compressed."""
    qtbot.waitUntil(lambda: opened.grid.attention.has_picture)
    return opened


def attends(engine):
    return [request for request in engine.asked if isinstance(request, Attend)]


def layers(window):
    return window.grid._contents[window.grid.attention].layers


def test_attention_lies_over_the_original_with_its_legend_in_true_units(attending, engine):
    asked = attends(engine)[-1]
    assert asked.trial.model == "none-1"
    assert (asked.original, asked.module, asked.band) == (attending.session.scene.path, "", 0)
    *below, (window, step, _) = layers(attending)
    assert len(below) == len(attending.grid._contents[attending.grid.original].layers)
    assert (window, step) == (asked.window, 16)
    assert attending.grid.attention.bar.range == (0, 2)
    assert "gates" in attending.attention_panel.facts.text()
    assert attending.attention_panel.bars.isVisible()


def test_it_follows_the_view_and_the_settings(attending, engine, qtbot):
    before = attends(engine)[-1]
    QTest.keyClick(attending, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: attends(engine)[-1].window != before.window)
    attending.settings.rates.spin.setValue(20.0)
    qtbot.waitUntil(lambda: attends(engine)[-1].trial.quality == 20.0)
    attending.settings.picker.checkpoint.setCurrentIndex(1)
    qtbot.waitUntil(lambda: attends(engine)[-1].trial.model == "eca-1")


def test_places_in_the_network_are_chosen_by_key_and_in_the_panel(attending, engine, qtbot):
    for key, module in ((Qt.Key.Key_Period, MODULES[1]), (Qt.Key.Key_Comma, MODULES[0])):
        QTest.keyClick(attending, key)
        qtbot.waitUntil(lambda wanted=module: attends(engine)[-1].module == wanted)
    attending.attention_panel.module.setFocus()
    QTest.keyClick(attending.attention_panel.module, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: attends(engine)[-1].module == MODULES[1])


def test_a_bar_shows_its_channel(attending, engine, qtbot):
    bars = attending.attention_panel.bars
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(2, bars.height() - 2))
    qtbot.waitUntil(lambda: attends(engine)[-1].channel == 23)  # the largest gate
    qtbot.waitUntil(
        lambda: attending.grid.attention.bar.range is not None and attending.grid.attention.bar.range[0] < 0
    )


def test_a_click_asks_what_its_pixel_attends_to(attending, engine, qtbot):
    engine.heads = 2
    surface = attending.grid.attention.surface.viewport()
    at = surface.rect().center() + QPoint(30, 20)
    view = attending.grid.viewport
    expected = (int(view.y + 20 / view.zoom), int(view.x + 30 / view.zoom))
    qtbot.mousePress(surface, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: attends(engine)[-1].query is not None)
    row, col = attends(engine)[-1].query
    assert abs(row - expected[0]) <= 2
    assert abs(col - expected[1]) <= 2
    QTest.keyClick(attending, Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: attends(engine)[-1].query is None)


def test_a_drag_is_no_click(attending, engine, qtbot):
    clicked = []
    attending.grid.clicked.connect(clicked.append)
    surface = attending.grid.original.surface.viewport()
    center = surface.rect().center()
    qtbot.mousePress(surface, Qt.MouseButton.LeftButton, pos=center)
    qtbot.mouseMove(surface, center + QPoint(25, 0))
    qtbot.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=center + QPoint(25, 0))
    assert clicked == []


def test_hidden_it_computes_nothing(attending, engine, qtbot):
    QTest.keyClick(attending, Qt.Key.Key_A)
    count = len(attends(engine))
    attending.settings.rates.spin.setValue(20.0)
    pictures = attending.session.pictures
    qtbot.waitUntil(lambda: pictures.version_shown and pictures.version.quality == 20.0)
    assert len(attends(engine)) == count
    QTest.keyClick(attending, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: attends(engine)[-1].trial.quality == 20.0)


def test_bits_are_shown_in_its_place(attending, qtbot):
    subject = attending.attention_panel.subject
    subject.setFocus()
    QTest.keyClick(subject, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: attending.grid.attention.unit.text() == "bits per pixel")
    assert attending.grid.attention.bar.range == pytest.approx((0, 0.5))
    assert not attending.attention_panel.bars.isVisible()


def test_a_result_shows_its_own_attention(attending, engine, qtbot):
    with qtbot.waitSignal(attending.session.evaluated):
        attending.compress()
    qtbot.waitUntil(lambda: attends(engine)[-1].compressed == attending.session.container)
    assert attends(engine)[-1].trial is None
    attending.attention_panel.subject.setCurrentIndex(1)
    qtbot.waitUntil(lambda: attending.grid.attention.sentence.text() == NO_BITS)


def test_too_large_a_view_asks_to_zoom_in(make_window, scene, qtbot):
    engine = FakeEngine(shape=(6000, 9000))
    engine.attention = MODULES
    window = make_window(engine)
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    qtbot.waitUntil(lambda: window.grid.attention.sentence.text() == TOO_FAR)
    window.session.look_at(Window(0, 0, 500, 500))
    window.attending.look_at(Window(0, 0, 500, 500))
    qtbot.waitUntil(lambda: window.grid.attention.has_picture)


def test_gates_of_channels_alone_say_where_to_look(opened, engine, qtbot, monkeypatch):
    whole = engine.attend

    def channels(request, report, cancel):
        return replace(whole(request, report, cancel), map=None, shows=None)

    monkeypatch.setattr(engine, "attend", channels)
    opened.attending.ask((1, 1))
    qtbot.waitUntil(lambda: opened.grid.attention.sentence.text() == CHANNELS)


def test_attention_is_computed_in_the_thread_of_the_network(attending, engine):
    assert threading.get_ident() not in engine.threads


def choose_checkpoint(window, index):
    window.settings.picker.checkpoint.setCurrentIndex(index)


def places(window):
    box = window.attention_panel.module
    return [box.itemText(index) for index in range(box.count())]


def test_another_checkpoints_places_go_at_once_and_its_own_come(attending, engine, qtbot):
    engine.attention_of = {"eca-1": ("g_a.attention.0", "g_s.attention.3", "g_a.latent_attention.attention")}
    said = []
    attending.attending.overlaid.connect(said.append)
    engine.look_gate = threading.Event()  # the worker is held up
    choose_checkpoint(attending, 1)
    qtbot.waitUntil(lambda: attending.grid.attention.sentence.text() == LOOKING)
    assert places(attending) == []
    assert not attending.attention_panel.bars.isVisible()
    assert attending.attention_panel.facts.text() == ""
    engine.look_gate.set()
    qtbot.waitUntil(lambda: attending.grid.attention.has_picture)
    assert places(attending) == ["Encoder, 1/2", "Decoder, 1/2", "Encoder, latents"]
    assert attending.attention_panel.bars.isVisible()
    assert not any("g_" in one for one in said if isinstance(one, str))


def test_the_place_that_was_chosen_is_kept_by_a_checkpoint_that_has_it_too(attending, engine, qtbot):
    engine.attention_of = {"eca-1": ("g_a.attention.0", MODULES[1])}
    QTest.keyClick(attending, Qt.Key.Key_Period)
    qtbot.waitUntil(lambda: attends(engine)[-1].module == MODULES[1])
    for index, others in ((1, "Encoder, 1/2"), (0, "Encoder, 1/16")):
        choose_checkpoint(attending, index)
        qtbot.waitUntil(lambda others=others: places(attending) == [others, "Decoder, 1/16"])
        qtbot.waitUntil(lambda: attends(engine)[-1].module == MODULES[1])
        assert attending.attention_panel.module.currentText() == "Decoder, 1/16"
        qtbot.waitUntil(lambda: attending.grid.attention.has_picture)


def test_what_is_shown_already_is_not_asked_for_again_by_its_name(attending, engine, qtbot):
    count = len(attends(engine))
    attending.session.pictures.changed.emit()
    qtbot.waitUntil(lambda: not attending.attending._rest.isActive())
    assert len(attends(engine)) == count
