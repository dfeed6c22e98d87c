"""Compressing in the window as a user does: settings, progress, result, saving, closing; real events in."""

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from sargui.core import catalogue
from sargui.core.errors import CheckpointError
from sargui.core.types import ModelCard
from sargui.engine.requests import Compress, Look
from sargui.gui.main_window import MainWindow

from .conftest import CARDS
from .fake_engine import RefusedError


def test_compress_by_key_shows_progress_and_result(opened, engine, qtbot):
    engine.gate = threading.Event()
    opened.settings.rates.slider.setValue(125)
    QTest.keyClick(opened, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: opened.progress.bar.maximum() == 20)
    assert opened.progress.sentence.text() == "Compressing…"
    assert opened.progress.cancel.isVisible()
    assert not opened.settings.button.isEnabled()
    with qtbot.waitSignal(opened.session.evaluated):
        engine.gate.set()
    qtbot.waitUntil(lambda: not opened.session.busy)
    facts = opened.result_panel.facts
    assert facts.text("Quality") == "62.5"
    assert facts.text("Size").replace("\N{NO-BREAK SPACE}", " ") == "960 kB → 40.0 kB"
    assert facts.text("Ratio") == "24.0 ×"
    assert facts.text("Bits per pixel") == "0.600"
    assert facts.text("RMS error").replace("\N{NO-BREAK SPACE}", " ") == "0.71 dB"
    assert facts.text("Checkpoint") == "none-1"
    assert opened.isWindowModified()
    assert not opened.progress.cancel.isVisible()


def test_escape_cancels_and_leaves_nothing(opened, engine, qtbot):
    engine.gate = threading.Event()
    opened.compress()
    qtbot.waitUntil(lambda: opened.progress.bar.maximum() == 20)
    with qtbot.waitSignal(opened.session.cancelled):
        QTest.keyClick(opened, Qt.Key.Key_Escape)
    assert opened.progress.sentence.text() == "Cancelled; nothing was left behind."
    assert opened.session.result is None
    assert opened.commands.compress.isEnabled()
    assert not opened.commands.cancel.isEnabled()


@pytest.fixture
def measuring(opened, engine, qtbot):
    """A window with a result whose error is being measured."""
    engine.measure_gate = threading.Event()
    with qtbot.waitSignal(opened.session.compressed):
        opened.compress()
    return opened


def test_a_result_can_be_saved_while_its_error_is_measured(measuring, engine, answers, tmp_path, qtbot):
    sentence = measuring.progress.sentence
    expected = "Compressed to 40.0 kB, 24.0 times smaller. Measuring the error…"
    qtbot.waitUntil(lambda: measuring.progress.bar.maximum() == 20)
    assert sentence.text().replace("\N{NO-BREAK SPACE}", " ") == expected
    commands = measuring.commands
    for command in (commands.save, commands.save_as, commands.export, commands.open, commands.compress):
        assert command.isEnabled()
    answers.save_path = tmp_path / "out.sarz"
    with qtbot.waitSignal(measuring.session.saved):
        QTest.keyClick(measuring, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert answers.save_path.exists()
    assert sentence.text() == f"Saved as {answers.save_path}. Measuring the error…"
    assert measuring.result_panel.facts.text("RMS error") == "measuring…"
    engine.measure_gate.set()
    qtbot.waitUntil(lambda: "0.71" in measuring.result_panel.facts.text("RMS error"))


def test_escape_while_the_error_is_measured_keeps_the_file(measuring, qtbot):
    QTest.keyClick(measuring, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not measuring.session.busy)
    assert measuring.progress.sentence.text() == "The error was not measured; the file is kept."
    assert measuring.result_panel.facts.text("RMS error") == "not measured"
    assert measuring.session.result is not None
    assert measuring.commands.save.isEnabled()


def test_another_scene_does_not_wait_for_the_error_of_this_one(measuring, scene, qtbot):
    with qtbot.waitSignal(measuring.session.opened):
        measuring.open([scene])
    qtbot.waitUntil(lambda: not measuring.session.busy)
    assert "Opened scene.tif" in measuring.progress.sentence.text()


def test_a_failed_job_shows_its_sentence(opened, engine, qtbot):
    engine.error = RefusedError("The disk is full.")
    with qtbot.waitSignal(opened.session.failed):
        opened.compress()
    assert opened.banner.isVisible()
    assert opened.banner.sentence.text() == "The disk is full."
    assert opened.commands.compress.isEnabled()


def test_save_by_key(compressed, answers, tmp_path, qtbot):
    answers.save_path = tmp_path / "out.sarz"
    with qtbot.waitSignal(compressed.session.saved):
        QTest.keyClick(compressed, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert answers.save_path.exists()
    assert answers.questions == ["save scene.sarz"]
    assert compressed.result_panel.facts.text("Saved as") == "out.sarz"
    assert not compressed.isWindowModified()


def test_mean_power_is_kept_unless_that_is_unchecked(opened, engine, qtbot):
    assert opened.settings.keep_power.isChecked()
    assert "64 × 64" in opened.settings.keep_power.toolTip()
    qtbot.mouseClick(opened.settings.keep_power, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    trials = [request.trial for request in engine.asked if isinstance(request, Look) and request.trial]
    assert all(trial.keep_power for trial in trials)
    qtbot.waitUntil(lambda: getattr(opened.session.pictures.version, "keep_power", True) is False)
    with qtbot.waitSignal(opened.session.compressed):
        opened.compress()
    assert not next(request for request in engine.asked if isinstance(request, Compress)).keep_power


def test_export_by_key(compressed, answers, tmp_path, engine, qtbot):
    answers.save_path = tmp_path / "out.tif"
    with qtbot.waitSignal(compressed.session.exported):
        QTest.keyClick(compressed, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert answers.questions == ["save scene_decoded.tif"]
    assert engine.asked[-1].overwrite
    assert "Exported" in compressed.progress.sentence.text()


def test_checkpoints_have_tooltips_from_their_cards(window):
    box = window.settings.picker.checkpoint
    assert [box.itemText(index) for index in range(box.count())] == ["none-1", "eca-1 (experimental)"]
    tip = box.itemData(1, Qt.ItemDataRole.ToolTipRole)
    assert "Efficient channel attention." in tip
    assert "steps 20000" in box.toolTip()


def test_slider_and_field_show_one_quality(window):
    window.settings.rates.slider.setValue(81)
    assert window.settings.rates.rate.value == 40.5
    window.settings.rates.spin.setValue(33.3)
    assert window.settings.rates.slider.value() == 67
    assert window.settings.rates.rate.value == pytest.approx(33.3)


def test_a_checkpoint_of_one_quality_fixes_it(window):
    settings = window.settings
    settings.rates.spin.setValue(70.0)
    settings.show_cards(
        [*CARDS, ModelCard("classic-1", "c" * 64, "cbam", "bottleneck", {"quality": 5000})], "classic-1"
    )
    assert settings.rates.rate.value == 50.0
    assert not settings.rates.spin.isEnabled()
    assert not settings.rates.slider.isEnabled()
    settings.picker.checkpoint.setCurrentIndex(0)
    assert settings.rates.spin.isEnabled()
    assert settings.rates.slider.isEnabled()


BROKEN = "The model card a.json cannot be used: too large."


def test_no_checkpoint_is_said_and_compress_stays_off(monkeypatch, make_window, engine, scene, qtbot):
    def none():
        raise CheckpointError("No checkpoint is installed.")

    monkeypatch.setattr(catalogue, "found", lambda: ([], {"a": BROKEN}))
    monkeypatch.setattr(catalogue, "default_card", none)
    window = make_window(engine)
    assert window.empty.sentence.text() == f"No checkpoint is installed. {BROKEN}"
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    assert not window.commands.compress.isEnabled()


def test_a_broken_checkpoint_is_said_and_the_others_can_be_chosen(monkeypatch, make_window, engine, scene, qtbot):
    monkeypatch.setattr(catalogue, "found", lambda: (list(CARDS), {"a": BROKEN}))
    window = make_window(engine)
    assert window.empty.sentence.text() == BROKEN
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    assert window.commands.compress.isEnabled()


def test_keys_are_shown(window, answers):
    QTest.keyClick(window, Qt.Key.Key_Question)
    assert answers.questions == ["keys"]
    assert ("Ctrl+Return or Ctrl+Enter", "Compress") in answers.keys


def test_closing_during_a_job_asks_then_cancels_and_joins(opened, engine, answers, qtbot):
    engine.gate = threading.Event()
    opened.compress()
    answers.yes = False
    assert not opened.close()
    assert opened.session.busy
    answers.yes = True
    assert opened.close()
    assert answers.questions == ["cancel", "cancel"]
    assert not opened.session.busy
    assert not any(runner._thread.isRunning() for runner in opened.session._errands._runners.values())


def test_an_unsaved_result_is_not_lost_silently(compressed, answers, scene):
    answers.yes = False
    compressed.open([scene])
    assert not compressed.close()
    assert answers.questions == ["discard", "discard"]
    assert compressed.session.result is not None
    answers.yes = True
    assert compressed.close()


def test_the_window_has_names_for_those_who_cannot_see_it(window):
    assert isinstance(window, MainWindow)
    for widget in (
        window.settings.picker.checkpoint,
        window.settings.rates.slider,
        window.settings.rates.spin,
        *window.grid.panes,
    ):
        assert widget.accessibleName()
