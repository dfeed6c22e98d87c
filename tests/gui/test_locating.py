"""A .sarz opened alone: its original located, checked, shown and measured; a decoded file compressed again."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sargui.engine.report_request import WriteReport
from sargui.engine.requests import Compress, Evaluate, Look

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def alone(window, tmp_path, qtbot):
    """A window with a .sarz open."""
    path = tmp_path / "kept.sarz"
    path.write_bytes(b"sarz")
    with qtbot.waitSignal(window.session.described):
        window.open([path])
    qtbot.waitUntil(lambda: not window.session.busy)
    return window


def locate(window):
    QTest.keyClick(window, Qt.Key.Key_L, CTRL)


def test_panes_say_what_to_do_and_the_original_is_shown_and_measured(alone, answers, scene, engine, qtbot):
    for pane in (alone.grid.original, alone.grid.error):
        assert "Locate Original (Ctrl+L)" in pane.sentence.text()
    answers.open_path = scene
    with qtbot.waitSignals([alone.session.locating.found] * 2):
        locate(alone)
    qtbot.waitUntil(lambda: alone.grid.original.has_picture and alone.grid.error.has_picture)
    qtbot.waitUntil(lambda: not alone.session.busy)
    assert answers.questions == ["original of kept.sarz"]
    assert [one for one in engine.asked if isinstance(one, Evaluate)] == [Evaluate(scene, alone.session.scene.path)]
    assert alone.result_panel.facts.text("RMS error").replace("\N{NO-BREAK SPACE}", " ") == "0.71 dB"
    assert "Compared with scene.tif" in alone.result_panel.hint.text()
    assert "Measured against its original" in alone.progress.sentence.text()


def test_a_part_seen_later_has_its_original_too(alone, answers, scene, engine, qtbot):
    answers.open_path = scene
    with qtbot.waitSignals([alone.session.locating.found] * 2):
        locate(alone)
    qtbot.waitUntil(lambda: alone.session.pictures.overview.picture.original_db is not None)
    looks = [one for one in engine.asked if isinstance(one, Look)]
    assert (looks[-1].original, looks[-1].compressed) == (scene, alone.session.scene.path)


def test_a_report_can_be_written_once_it_is_measured(alone, answers, scene, engine, tmp_path, qtbot):
    assert not alone.commands.report.isEnabled()
    answers.open_path, answers.save_path = scene, tmp_path / "report.html"
    with qtbot.waitSignals([alone.session.locating.found] * 2):
        locate(alone)
    qtbot.waitUntil(alone.commands.report.isEnabled)
    with qtbot.waitSignal(alone.session.reported):
        alone.commands.report.trigger()
    asked = next(one for one in engine.asked if isinstance(one, WriteReport))
    assert (asked.original, asked.compressed) == (scene, alone.session.scene.path)


def test_a_raster_of_another_size_is_refused_with_a_reason(alone, answers, tmp_path, qtbot):
    answers.open_path = tmp_path / "other.tif"
    with qtbot.waitSignal(alone.session.failed):
        locate(alone)
    assert "other.tif is not the original" in alone.banner.sentence.text()
    assert alone.session.scene.original is None


@pytest.mark.parametrize("yes", [True, False])
def test_a_raster_that_differs_is_asked_about(alone, answers, scene, engine, qtbot, yes):
    engine.differing = ("type", "CRS")
    answers.open_path, answers.yes = scene, yes
    with qtbot.waitSignal(alone.session.locating.doubted):
        locate(alone)
    assert answers.questions[-1] == "scene.tif differs in type, CRS"
    assert alone.session.scene.original == (scene if yes else None)
    qtbot.waitUntil(lambda: not alone.session.busy)


def test_a_sarz_has_its_place_although_it_was_described_before_that_was_known(window, engine, tmp_path, qtbot):
    engine.place = SimpleNamespace(meters_per_pixel=(10.0, 10.0), close=lambda: None)
    path = tmp_path / "kept.sarz"
    path.write_bytes(b"sarz")
    with qtbot.waitSignals([window.session.described, window.session.located]):
        window.open([path])
    assert window.session.place is engine.place
    qtbot.waitUntil(lambda: not window.session.busy)


def test_only_a_sarz_needs_its_original(opened):
    assert not opened.commands.original.isEnabled()


def test_a_decoded_file_is_not_compressed_again_unasked(window, engine, answers, scene, qtbot):
    engine.tags = {"SARGUI": {"LOSSY": "yes"}}
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    qtbot.waitUntil(window.commands.compress.isEnabled)
    answers.yes = False
    QTest.keyClick(window, Qt.Key.Key_Return, CTRL)
    assert answers.questions == ["again"]
    assert not window.session.busy
    answers.yes = True
    with qtbot.waitSignal(window.session.evaluated):
        QTest.keyClick(window, Qt.Key.Key_Return, CTRL)
    assert sum(isinstance(one, Compress) for one in engine.asked) == 1
