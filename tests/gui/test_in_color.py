"""A scene of two bands seen in color: by whom it is chosen, in which panes, and what the window says of it."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from sargui.core.types import TileError
from sargui.engine.requests import Look, Trial
from sargui.gui import pictures, shading
from sargui.gui.views.modes import Mode

from .fake_engine import FakeEngine

SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def engine():
    return FakeEngine(shape=(600, 2500), bands=2)  # its overview has a step of 2


@pytest.fixture
def colored(compressed, qtbot):
    """A compressed scene, seen as a composite; all has come."""
    choose(compressed, 2, qtbot)
    return compressed


def choose(window, choice, qtbot):
    """Choose from the list of bands by keyboard."""
    window.bands.setFocus()
    QTest.keyClick(window.bands, Qt.Key.Key_Home)
    for _ in range(choice):
        QTest.keyClick(window.bands, Qt.Key.Key_Down)
    settle(window, qtbot)


def settle(window, qtbot):
    qtbot.waitUntil(lambda: not window.grid._settle.isActive() and window.session._errands.idle, timeout=20_000)


def in_color(window, pane):
    """Return whether all that a pane shows is in color."""
    tops = [levels[0] for _, _, levels in window.grid._contents[pane].layers]
    return bool(tops) and all((top[..., 0] != top[..., 2]).any() for top in tops)


def test_the_list_offers_a_composite_by_key_and_says_what_it_means(compressed, qtbot):
    compressed.activateWindow()
    QTest.keyClick(compressed, Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(compressed.bands.hasFocus)
    choose(compressed, 2, qtbot)
    assert compressed.bands.currentText() == "VV / VH color"
    assert compressed.session.pictures.bands == (0, 1)
    grid = compressed.grid
    for pane in (grid.original, grid.decoded):
        assert pane.unit.text().endswith("red VV, green VH, blue VV/VH, dB of DN")
        assert [line.split(":")[0] for line in pane.bar.toolTip().splitlines()] == ["VV", "VH", "VV/VH"]
        assert pane.bar.accessibleDescription() == pane.bar.toolTip()
    assert "pins" in compressed.progress.sentence.text()
    choose(compressed, 1, qtbot)
    assert grid.original.unit.text() == "VH, dB of DN"
    assert compressed.progress.sentence.text() == "VH is shown."


def test_original_and_reconstruction_are_in_color_and_share_the_stretches_of_the_original(colored):
    grid, shown = colored.grid, colored.session.pictures.overview
    assert in_color(colored, grid.original)
    assert in_color(colored, grid.decoded)
    expected = [shown.pictures[0].original_db, shown.pictures[1].original_db]
    expected.append(expected[0] - expected[1])
    for stretch, values in zip(shown.stretches, expected, strict=True):
        assert stretch == pytest.approx(np.nanpercentile(values[::2, ::2], [2, 98]), abs=0.05)
    assert grid.original.bar.legend.sentence() == grid.decoded.bar.legend.sentence()


def test_error_and_attention_say_which_band_they_are_of(make_window, engine, scene, qtbot):
    engine.attention = ("g_a.attention.3",)
    window = make_window(engine)
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    QTest.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    grid = window.grid
    qtbot.waitUntil(lambda: grid.attention.has_picture and grid.error.has_picture)
    assert grid.attention.unit.text() == "gate, at rest 1"
    choose(window, 2, qtbot)
    assert grid.error.unit.text() == "preview, quality 50   VV: reconstruction − original"
    assert grid.attention.unit.text() == "VV: gate, at rest 1"
    assert np.array_equal(grid._contents[grid.attention].layers[0][2][0], window.session.pictures.overview.original[0])
    shown = window.session.pictures.detail
    assert np.array_equal(shown.picture.error_db, shown.picture.decoded_db - shown.picture.original_db, equal_nan=True)


def test_the_cursor_reads_both_bands(colored, qtbot):
    surface = colored.grid.decoded.surface.viewport()
    qtbot.mouseMove(surface, surface.rect().center() + QPoint(17, 5))
    words = colored.cursor_label.text().replace(SPACE, " ").split("     ")
    assert [word.split(" ")[0] for word in words[1:5]] == ["VV", "VH", "VV/VH", "VV"]
    assert [word.count("|") for word in words[1:5]] == [1, 1, 1, 0]
    assert words[5] == "mean of 2 × 2 pixels"


def test_pins_are_of_the_band_that_their_list_names(opened, engine, qtbot):
    opened.session.measuring.marks.pin(5, 6)
    choose(opened, 2, qtbot)
    qtbot.waitUntil(lambda: opened.marks_panel.unit.text() == "VV, DN dB")
    assert opened.marks_panel.list.topLevelItem(0).text(1) == "45.00"
    choose(opened, 1, qtbot)
    qtbot.waitUntil(lambda: opened.marks_panel.unit.text() == "VH, DN dB")
    assert opened.marks_panel.list.topLevelItem(0).text(1) == "44.00"


def test_settings_are_tried_on_both_bands_where_one_looks(opened, engine, qtbot):
    choose(opened, 2, qtbot)
    asked = len(engine.asked)
    QTest.keyClick(opened, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    opened.settings.rates.spin.setValue(20.0)
    qtbot.waitUntil(lambda: opened.session.pictures.version == Trial("none-1", 20.0))
    settle(opened, qtbot)
    trials = [one for one in engine.asked[asked:] if isinstance(one, Look) and one.trial and one.trial.quality == 20]
    assert [one.band for one in trials] == [0, 1]
    assert trials[0].window == trials[1].window
    detail = opened.session.pictures.detail
    assert detail.bands == (0, 1)
    assert in_color(opened, opened.grid.decoded)
    assert detail.stretches == opened.session.pictures.overview.stretches


def test_a_sarz_alone_is_in_color(make_window, engine, tmp_path, qtbot):
    path = tmp_path / "scene.sarz"
    path.write_bytes(b"x")
    window = make_window(engine)
    with qtbot.waitSignal(window.session.opened):
        window.open([path])
    choose(window, 2, qtbot)
    assert in_color(window, window.grid.decoded)
    assert not window.grid.original.has_picture


def test_every_way_to_compare_has_the_colors(colored, qtbot):
    for mode in (Mode.TWO, Mode.SPLIT, Mode.BLINK, Mode.RECONSTRUCTION):
        colored.grid.set_mode(mode)
        pane = next(iter(colored.grid._places()))
        assert len(pane.bar.legend.more) == 2, mode
        assert "red VV" in pane.unit.text(), mode
    colored.grid.set_mode(Mode.DIFFERENCE)
    assert colored.grid.error.unit.text().startswith("the file, quality 50   VV:")


def test_n_stretches_every_color_to_what_is_visible_and_another_band_forgets_that(colored, qtbot):
    grid, seen = colored.grid, colored.session.pictures
    before = seen.overview.stretches
    grid.viewport.x, grid.viewport.y = 10.0, 300.0  # at the dark river
    grid.viewport.show_pixels(8.0)
    settle(colored, qtbot)
    QTest.keyClick(colored, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: seen.overview.stretches == seen.detail.stretches != before)
    assert len(seen.overview.stretches) == 3
    assert seen.overview.stretches[0][1] < before[0][1]
    choose(colored, 0, qtbot)
    assert len(seen.overview.stretches) == len(seen.detail.stretches) == 1
    choose(colored, 2, qtbot)
    assert seen.overview.stretches == seen.detail.stretches == before


def test_choosing_fast_ends_with_the_last(colored, qtbot):
    QTest.keyClick(colored, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    settle(colored, qtbot)
    for choice in (0, 2, 1, 2, 0, 2, 0):
        colored.bands.setCurrentIndex(choice)
        colored.on_band(choice)
        colored.grid.stretch_to_visible(True)
    settle(colored, qtbot)
    seen = colored.session.pictures
    assert {shaded.bands for shaded in (seen.overview, seen.detail)} == {(0,)}
    assert seen.overview.stretches == seen.detail.stretches
    assert not in_color(colored, colored.grid.original)


def test_two_settings_are_compared_in_color(opened, qtbot):
    QTest.keyClick(opened, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    settle(opened, qtbot)
    opened.compare()
    opened.settings.rates.spin.setValue(20.0)
    choose(opened, 2, qtbot)
    rival = opened.session.comparing.rival
    assert {shaded.bands for shaded in rival.pictures} == {(0, 1)}
    assert in_color(opened, opened.grid.rival)
    assert opened.grid.rival.bar.legend.sentence() == opened.grid.decoded.bar.legend.sentence()


def test_the_worst_tile_of_the_other_band_is_shown_in_that_band(make_window, engine, scene, qtbot):
    engine.worst = (TileError(0, 0, 512, 1.4), TileError(1, 0, 1024, 1.3))
    window = make_window(engine)
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    with qtbot.waitSignal(window.session.evaluated):
        window.compress()
    choose(window, 2, qtbot)
    window.next_worst()
    assert window.session.pictures.bands == (0, 1)  # its error is that of the first band
    window.next_worst()
    assert window.session.pictures.bands == (1,)
    assert window.bands.currentText() == "VH"


def test_the_window_does_not_color(compressed, monkeypatch, qtbot):
    threads = set()

    def watched(*given, **tones):
        threads.add(threading.get_ident())
        return shading.shade_picture(*given, **tones)

    monkeypatch.setattr(pictures, "shade_picture", watched)
    choose(compressed, 2, qtbot)
    assert threads
    assert threading.get_ident() not in threads
