"""Opening a scene as a user does: drop, dialog, command line, the sample; and what is refused, with its reason."""

import threading
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sargui.core import catalogue
from sargui.core.types import Kind
from sargui.engine.requests import Compress, Look


def test_an_empty_window_shows_where_to_drop_and_what_cannot_be_done(window):
    assert window.empty.isVisible()
    assert window.empty.sample.text() == "Open the sample scene"
    for command in (window.commands.compress, window.commands.save, window.commands.export, window.commands.cancel):
        assert not command.isEnabled()
    assert window.settings.reason.text() == "Open a scene first."


def test_drop_opens_and_shows_the_facts(window, scene, drop_files, qtbot):
    with qtbot.waitSignal(window.session.opened):
        drop_files(window, scene)
    assert window.grid.isVisible()
    assert window.windowTitle().startswith("scene.tif")
    facts = window.scene_panel.facts
    assert facts.text("Pixels") == "800 × 600"
    assert window.scene_panel.kind.currentText() == "amplitude"
    assert window.scene_panel.known_by.text() == "guessed"
    assert facts.text("Georeference") == "yes (affine)"
    assert window.grid.original.unit.text() == "VV, dB of DN"


def test_while_a_file_is_opened_the_window_says_so_and_invites_again_if_that_fails(window, tmp_path, qtbot):
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"")
    window.open([broken])
    assert window.empty.title.text() == "Opening broken.tif…"
    assert not window.empty.open.isEnabled()
    assert not window.settings.reason.isVisible()
    assert window.progress.bar.isVisible()
    qtbot.waitUntil(lambda: not window.session.busy)
    assert window.empty.title.text() == "Drop a SAR image here"
    assert window.empty.open.isEnabled()


def test_a_crash_in_the_engine_leaves_the_window_usable(window, scene, tmp_path, drop_files, qtbot):
    crash = tmp_path / "crash.tif"
    crash.write_bytes(b"")
    with qtbot.waitSignal(window.session.failed):
        drop_files(window, crash)
    assert "unexpected" in window.empty.sentence.text()
    with qtbot.waitSignal(window.session.opened):
        drop_files(window, scene)


def test_a_drop_during_a_job_is_refused_with_a_reason(opened, engine, scene, drop_files, qtbot):
    engine.gate = threading.Event()
    opened.compress()
    drop_files(opened, scene)
    qtbot.waitUntil(lambda: "cancel it with Esc" in opened.banner.sentence.text())
    engine.gate.set()
    qtbot.waitUntil(lambda: not opened.session.busy)


def test_several_files_are_queued_and_the_window_says_what_to_do(window, scene, tmp_path, drop_files, qtbot):
    other = tmp_path / "other.tif"
    other.write_bytes(b"")
    drop_files(window, scene, other)
    qtbot.waitUntil(window.queue_panel.isVisible)
    assert [entry.source for entry in window.session.queue.fresh] == [scene, other]
    assert "Press Start" in window.progress.sentence.text()
    assert window.session.scene is None
    QTest.mouseClick(window.queue_panel.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.session.queue.busy)
    assert "2 of 2 files done" in window.progress.sentence.text()
    assert sorted(path.name for path in tmp_path.glob("*.sarz")) == ["other.sarz", "scene.sarz"]


def test_an_opened_file_is_recent_and_a_finished_one_opens_from_the_queue(window, scene, qtbot):
    window.session.queue.add([scene])
    window.queue_dock.show()
    QTest.mouseClick(window.queue_panel.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.session.queue.busy)
    window.queue_panel.table.selectRow(0)
    with qtbot.waitSignal(window.session.opened):
        QTest.keyClick(window.queue_panel.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.session.busy)
    assert window.session.scene.path == scene.with_suffix(".sarz")
    assert window.state.recent.paths() == [scene.with_suffix(".sarz")]


def test_closing_with_a_queue_at_work_asks(window, engine, scene, answers, qtbot):
    engine.gate = threading.Event()
    window.session.queue.add([scene])
    window.session.queue.start(overwrite=False)
    answers.yes = False
    assert not window.close()
    assert answers.questions == ["cancel"]
    answers.yes = True
    assert window.close()
    assert not scene.with_suffix(".sarz").exists()


def test_a_safe_folder_is_a_scene(window, tmp_path, drop_files, qtbot):
    folder = tmp_path / "S1A.SAFE"
    folder.mkdir()
    (folder / "manifest.safe").write_bytes(b"")
    with qtbot.waitSignal(window.session.opened):
        drop_files(window, folder)
    assert window.session.scene.path == folder


def test_a_missing_file_on_the_command_line_is_said(window):
    window.open([Path("nowhere.tif")])
    assert "does not exist" in window.empty.sentence.text()


def test_open_by_key_and_dialog(window, answers, scene, qtbot):
    answers.open_path = scene
    with qtbot.waitSignal(window.session.opened):
        QTest.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert window.state.folder == scene.parent


def test_a_file_that_does_not_say_what_it_holds_is_asked_about(window, answers, tmp_path, qtbot):
    path = tmp_path / "ambiguous.tif"
    path.write_bytes(b"")
    with qtbot.waitSignal(window.session.kind_wanted):
        window.open([path])
    assert "does not say" in window.empty.sentence.text()
    answers.kind = Kind.POWER
    with qtbot.waitSignal(window.session.opened):
        window.open([path])
    assert answers.questions == ["kind", "kind"]


def test_the_sample_scene_or_why_not(window, monkeypatch, tmp_path, qtbot):
    def missing(name):
        raise FileNotFoundError

    monkeypatch.setattr(catalogue, "resource", missing)
    qtbot.mouseClick(window.empty.sample, Qt.MouseButton.LeftButton)
    assert "missing from this installation" in window.empty.sentence.text()
    sample = tmp_path / "sample.tif"
    sample.write_bytes(b"")
    monkeypatch.setattr(catalogue, "resource", lambda name: sample)
    with qtbot.waitSignal(window.session.opened):
        qtbot.mouseClick(window.empty.sample, Qt.MouseButton.LeftButton)


def test_a_sarz_says_what_it_cannot_show(window, tmp_path, drop_files, qtbot):
    path = tmp_path / "old.sarz"
    path.write_bytes(b"")
    with qtbot.waitSignal(window.session.described):
        drop_files(window, path)
    assert "no original" in window.grid.original.sentence.text()
    assert "needs the original" in window.grid.error.sentence.text()
    assert window.grid.decoded.bar.range is not None
    assert window.commands.export.isEnabled()
    assert not window.commands.compress.isEnabled()
    assert window.result_panel.facts.text("Checkpoint") == "none"
    assert window.windowTitle().startswith("old.sarz (of old.sarz)")


def test_a_sarz_is_called_by_its_own_name_and_settings_that_do_nothing_are_off(
    window, engine, tmp_path, drop_files, monkeypatch, qtbot
):
    inside = engine.info
    monkeypatch.setattr(engine, "info", lambda path: replace(inside(path), name="sample.tif"))
    path = tmp_path / "lonely.sarz"
    path.write_bytes(b"")
    with qtbot.waitSignal(window.session.opened):
        drop_files(window, path)
    assert window.windowTitle().startswith("lonely.sarz (of sample.tif)")
    assert window.progress.sentence.text() == "Opened lonely.sarz (of sample.tif)."
    assert window.scene_panel.facts.text("Name") == "lonely.sarz"
    assert window.scene_panel.facts.text("Made of") == "sample.tif"
    settings = window.settings
    for control in (settings.picker.checkpoint, settings.rates.slider, settings.effort, settings.keep_power):
        assert not control.isEnabled()
    assert "compressed already" in settings.toolTip()
    window.queue_dock.show()  # whose files they are for
    assert settings.rates.slider.isEnabled()


def test_a_kind_that_was_guessed_is_said_and_can_be_corrected(opened, engine, answers, qtbot):
    box = opened.scene_panel.kind
    assert box.isVisible()
    assert (box.currentText(), opened.scene_panel.known_by.text()) == ("amplitude", "guessed")
    assert opened.progress.sentence.text() == "Opened scene.tif; its values are taken for amplitude."
    assert "does not say" in box.toolTip()
    box.setFocus()
    with qtbot.waitSignal(opened.session.opened):
        QTest.keyClick(box, Qt.Key.Key_End)
    assert opened.session.scene.kind is Kind.DB
    looks = [request for request in engine.asked if isinstance(request, Look)]
    assert any(request.kind is Kind.DB and request.trial is None for request in looks)
    assert answers.questions == []


def test_a_kind_is_not_corrected_over_an_unsaved_result_without_a_question(compressed, answers):
    box, answers.yes = compressed.scene_panel.kind, False
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_End)
    assert answers.questions == ["discard"]
    assert compressed.session.scene.kind is None
    assert box.currentText() == "amplitude"


def test_complex_pixels_are_shown_and_their_amplitude_is_compressed_only_after_a_question(
    window, engine, answers, scene, drop_files, qtbot
):
    engine.tags = {"SARGUI": {"DETECTED_FROM": "complex64"}}
    with qtbot.waitSignal(window.session.opened):
        drop_files(window, scene)
    qtbot.waitUntil(lambda: not window.session.busy)
    assert window.scene_panel.facts.text("Values") == "amplitude of complex64"
    assert not window.scene_panel.kind.isVisible()
    qtbot.waitUntil(lambda: any(isinstance(request, Look) and request.trial for request in engine.asked))
    assert all(request.trial.detect for request in engine.asked if isinstance(request, Look) and request.trial)
    answers.yes = False
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert answers.questions == ["phase"]
    assert not window.session.busy
    answers.yes = True
    with qtbot.waitSignal(window.session.compressed):
        QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert next(request for request in engine.asked if isinstance(request, Compress)).detect


def test_what_was_refused_stands_over_the_panes_until_the_next_action(opened, tmp_path, drop_files, qtbot):
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"")
    heights = [pane.height() for pane in opened.grid.panes]
    for done in (
        lambda: opened.banner.close_button.click(),
        lambda: opened.settings.rates.spin.setValue(31.0),
        lambda: QTest.keyClick(opened, Qt.Key.Key_D),
    ):
        with qtbot.waitSignal(opened.session.failed):
            drop_files(opened, broken)
        assert opened.banner.isVisible()
        assert opened.banner.sentence.text() == "broken.tif cannot be read: it is not a raster."
        assert opened.progress.sentence.text() == ""
        assert [pane.height() for pane in opened.grid.panes] == heights
        done()
        assert not opened.banner.isVisible()
