"""Two checkpoints or settings on one view: K keeps A, the next settings are B, K again ends it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sargui.engine.requests import Look, Trial
from sargui.gui.views.modes import Mode


@pytest.fixture
def tried(opened, qtbot):
    """A window in which the first trial is seen."""
    qtbot.waitUntil(lambda: opened.grid.decoded.has_picture and opened.session._errands.idle)
    return opened


@pytest.fixture
def two(tried, engine, qtbot):
    """A window that compares two checkpoints."""
    press_k(tried)
    tried.settings.picker.checkpoint.setCurrentIndex(1)
    qtbot.waitUntil(lambda: tried.grid.decoded.caption.text() == "B: eca-1, quality 50")
    qtbot.waitUntil(lambda: tried.session.pictures.version_shown and tried.session._errands.idle)
    return tried


def press_k(window):
    QTest.keyClick(window, Qt.Key.Key_K)


def trials(engine):
    return [(one.trial.model, one.window) for one in engine.asked if isinstance(one, Look) and one.trial]


def test_a_and_b_stand_side_by_side_with_their_names(two):
    grid = two.grid
    assert grid.mode is Mode.TWO
    assert [pane.isVisible() for pane in (grid.original, grid.rival, grid.decoded)] == [False, True, True]
    assert grid.rival.caption.text() == "A: none-1, quality 50"
    assert grid.rival.has_picture
    assert grid.decoded.has_picture


def test_other_modes_show_both_too_and_four_panes_keep_the_original(two, qtbot):
    two.commands.modes[Mode.SPLIT].trigger()
    assert two.grid.pair.caption.text() == "A: none-1, quality 50"
    assert two.grid.pair.right_caption.text() == "B: eca-1, quality 50   preview, quality 50"
    two.commands.modes[Mode.FOUR].trigger()
    grid = two.grid
    assert [pane.isVisible() for pane in (grid.original, grid.rival, grid.decoded, grid.error)] == [
        True,
        False,
        True,
        True,
    ]
    assert grid.original.caption.text() == "Original"
    assert grid.decoded.caption.text() == "B: eca-1, quality 50"


def test_both_follow_the_view(window, engine, scene, qtbot):
    engine.shape = (2400, 3000)
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    window.grid.viewport.zoom_by(6)
    qtbot.waitUntil(lambda: window.grid.decoded.has_picture and window.session._errands.idle)
    press_k(window)
    window.settings.picker.checkpoint.setCurrentIndex(1)
    qtbot.waitUntil(lambda: window.grid.decoded.caption.text().startswith("B: eca-1"))
    before = len(trials(engine))
    window.grid.viewport.pan(900, 900)
    qtbot.waitUntil(lambda: len(trials(engine)) >= before + 2)
    seen = trials(engine)[before:]
    assert {model for model, _ in seen} == {"none-1", "eca-1"}
    assert len({place for _, place in seen}) == 1
    qtbot.waitUntil(lambda: window.session._errands.idle)


def test_swapping_and_holding_the_original_work_as_ever(two, qtbot):
    QTest.keyClick(two, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: two.grid.decoded.x() < two.grid.rival.x())
    two.grid.hold_original(True)
    assert two.grid.rival.caption.text() == "Original"
    two.grid.hold_original(False)
    assert two.grid.rival.caption.text() == "A: none-1, quality 50"


def test_k_again_ends_it_and_brings_the_panes_back(two):
    assert two.commands.keep.isChecked()
    press_k(two)
    assert not two.commands.keep.isChecked()
    assert two.grid.mode is Mode.FOUR
    assert two.grid.original.isVisible()
    assert two.grid.decoded.caption.text() == "Reconstruction"
    two.commands.modes[Mode.TWO].trigger()
    assert not two.grid.rival.isVisible()


def test_another_scene_ends_it(two, tmp_path, qtbot):
    other = tmp_path / "next.tif"
    other.write_bytes(b"")
    with qtbot.waitSignal(two.session.opened):
        two.open([other])
    qtbot.waitUntil(lambda: not two.commands.keep.isChecked())
    assert not two.grid.rival.isVisible()


def test_a_result_can_be_kept_and_goes_with_its_file(compressed, qtbot):
    press_k(compressed)
    assert compressed.session.comparing.name == "none-1, quality 50"
    compressed.settings.rates.slider.setValue(60)
    qtbot.waitUntil(lambda: isinstance(compressed.session.pictures.version, Trial))
    qtbot.waitUntil(lambda: compressed.grid.decoded.caption.text() == "B: none-1, quality 30")
    assert compressed.grid.rival.has_picture
    with qtbot.waitSignal(compressed.session.evaluated):
        compressed.compress()
    assert not compressed.session.comparing.name
    qtbot.waitUntil(lambda: not compressed.session.busy)


def test_there_is_nothing_to_keep_without_settings_to_try(window, tmp_path, qtbot):
    assert not window.commands.keep.isEnabled()
    path = tmp_path / "kept.sarz"
    path.write_bytes(b"sarz")
    with qtbot.waitSignal(window.session.described):
        window.open([path])
    qtbot.waitUntil(lambda: not window.session.busy)
    assert not window.commands.keep.isEnabled()
