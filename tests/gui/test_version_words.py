"""Which version of the scene the panes show, which one is saved, and what is on its way; as a user sees it."""

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sargui.engine.requests import Compress
from sargui.gui.version_words import COMING, REFUSED
from sargui.gui.views.content import UNDECODED
from sargui.gui.views.modes import Mode

from .fake_engine import FakeEngine, RefusedError

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def changed(compressed, qtbot):
    """A window with a file of quality 50 and a preview of quality 11."""
    compressed.settings.rates.spin.setValue(11.0)
    qtbot.waitUntil(lambda: said(compressed).startswith("preview, quality 11 "))
    return compressed


def said(window):
    return window.grid.decoded.unit.text()


def save(window):
    QTest.keyClick(window, Qt.Key.Key_S, CTRL)


def compressions(engine):
    return [request.rate.value for request in engine.asked if isinstance(request, Compress)]


def test_until_the_first_preview_has_come_the_panes_say_that_it_is_computed(window, engine, scene, qtbot):
    engine.look_gate = threading.Event()
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    for pane in (window.grid.decoded, window.grid.error):
        qtbot.waitUntil(lambda pane=pane: pane.sentence.text() == COMING)
    engine.look_gate.set()
    qtbot.waitUntil(lambda: said(window) == "preview, quality 50   VV, dB of DN")


def test_what_is_shown_says_that_another_is_computed(compressed, engine, qtbot):
    qtbot.waitUntil(lambda: said(compressed) == "the file, quality 50   VV, dB of DN")
    engine.look_gate = threading.Event()
    compressed.settings.rates.spin.setValue(11.0)
    for pane in (compressed.grid.decoded, compressed.grid.error):
        qtbot.waitUntil(lambda pane=pane: "Computing quality 11…   shown: the file, quality 50 " in pane.unit.text())
    compressed.settings.picker.checkpoint.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "Computing eca-1, quality 11…   shown: the file, none-1, quality 50 " in said(compressed))
    engine.look_gate.set()
    qtbot.waitUntil(lambda: said(compressed) == "preview, quality 11   VV, dB of DN")


def test_the_split_says_which_reconstruction_it_shows(changed):
    changed.commands.modes[Mode.SPLIT].trigger()
    assert changed.grid.pair.unit.text() == "VV, dB of DN"
    assert changed.grid.pair.right_caption.text() == "Reconstruction   preview, quality 11"


def test_a_view_that_is_too_large_to_be_coded_asks_to_zoom_in(make_window, scene, qtbot):
    window = make_window(FakeEngine(shape=(6000, 9000)))
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    qtbot.waitUntil(lambda: window.grid.decoded.sentence.text() == UNDECODED)


def test_a_preview_that_cannot_be_made_is_not_waited_for(window, engine, scene, monkeypatch, qtbot):
    look = engine.look

    def refuse(request, report, cancel):
        if request.trial is not None:
            raise RefusedError("The checkpoint is gone.")
        return look(request, report, cancel)

    monkeypatch.setattr(engine, "look", refuse)
    window.open([scene])
    qtbot.waitUntil(lambda: window.grid.decoded.sentence.text() == REFUSED)
    assert window.banner.sentence.text() == "The checkpoint is gone."


def test_a_result_says_by_which_settings_it_was_made_once_others_are_chosen(changed, qtbot):
    hint = changed.result_panel.hint
    assert hint.text() == "Made with none-1, quality 50; the settings have changed since."
    changed.settings.rates.spin.setValue(50.0)
    assert hint.text() == ""
    changed.settings.keep_power.click()
    assert hint.text().startswith("Made with none-1, quality 50; the settings")


@pytest.mark.parametrize("keys", [(Qt.Key.Key_S, CTRL), (Qt.Key.Key_E, CTRL)])
def test_a_file_of_other_settings_is_not_written_without_a_question(changed, engine, answers, tmp_path, qtbot, keys):
    answers.save_path = tmp_path / "out.sarz"
    answers.outdated = None
    QTest.keyClick(changed, *keys)
    assert answers.questions == ["made with none-1, quality 50"]
    assert list(tmp_path.glob("out*")) == []
    assert compressions(engine) == [50.0]


def test_a_file_of_other_settings_is_saved_if_that_is_wanted(changed, answers, tmp_path, qtbot):
    answers.save_path = tmp_path / "out.sarz"
    with qtbot.waitSignal(changed.session.saved):
        save(changed)
    assert answers.questions == ["made with none-1, quality 50", "save scene.sarz"]


def test_or_the_scene_is_compressed_anew(changed, engine, answers, tmp_path, qtbot):
    answers.outdated = False
    with qtbot.waitSignal(changed.session.evaluated):
        save(changed)
    assert compressions(engine) == [50.0, 11.0]
    qtbot.waitUntil(lambda: not changed.session.busy)
    answers.save_path = tmp_path / "out.sarz"
    with qtbot.waitSignal(changed.session.saved):
        save(changed)
    assert answers.questions == ["made with none-1, quality 50", "save scene.sarz"]


def test_what_a_device_could_not_do_for_a_look_is_said_once(window, engine, scene, monkeypatch, qtbot):
    look, said = engine.look, "The memory of the device 'cuda' does not suffice; the CPU goes on in its place."

    def on_the_cpu(request, report, cancel):
        found = look(request, report, cancel)
        return found if request.trial is None else replace(found, notice=said)

    monkeypatch.setattr(engine, "look", on_the_cpu)
    with qtbot.waitSignal(window.session.pictures.looked):
        window.open([scene])
    assert window.banner.sentence.text() == said
    window.banner.hide()
    with qtbot.waitSignal(window.session.pictures.looked):
        window.settings.rates.spin.setValue(33)
    assert not window.banner.isVisible()
