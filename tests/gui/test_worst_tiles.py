"""W goes to the tile that errs most, again to the next, as a user does."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from sargui.core.types import TileError, Window
from sargui.gui.scene import covers

from .hands import at_pixel, colors_near, press

TIMEOUT_MS = 20_000  # its pictures are large
WORST = (TileError(1, 512, 1024, 1.4), TileError(0, 0, 512, 1.2), TileError(1, 1536, 512, 1.1))


@pytest.fixture
def engine(engine):
    engine.shape, engine.bands, engine.worst = (1800, 2000), 2, WORST
    return engine


def press_w(window):
    QTest.keyClick(window, Qt.Key.Key_W)


def test_w_goes_from_the_worst_tile_to_the_next_and_around(compressed, qtbot):
    said = []
    for tile in (*WORST, WORST[0]):
        press_w(compressed)
        rows = min(512, 1800 - tile.row)
        view = compressed.grid.viewport.window()
        assert covers(view, Window(tile.row, tile.col, rows, 512))
        assert view.rows * view.cols < 4 * 512**2
        assert compressed.session.pictures.band == tile.band == compressed.bands.currentIndex()
        said.append(compressed.progress.sentence.text().replace("\N{NO-BREAK SPACE}", " "))
    assert said[0] == said[3] == "Worst tile: VH, row 512, column 1,024, RMS error 1.40 dB (W: the next)"
    assert said[1].startswith("Tile 2 from the worst: VV, row 0, column 512")
    qtbot.waitUntil(lambda: compressed.session._errands.idle, timeout=TIMEOUT_MS)


def test_the_tile_is_framed_in_every_pane_until_esc_or_another_result(compressed, engine, qtbot):
    grid, edge = compressed.grid, (512 + 256, 1024)
    panes = (grid.original, grid.decoded)  # which are gray

    def framed():
        found = [map(QColor, colors_near(pane, at_pixel(pane, *edge), reach=3)) for pane in panes]
        return [any(color.red() - color.blue() > 100 for color in colors) for colors in found]  # its yellow, blended

    qtbot.waitUntil(lambda: compressed.session._errands.idle, timeout=TIMEOUT_MS)
    assert framed() == [False] * 2
    press_w(compressed)
    qtbot.waitUntil(lambda: compressed.session._errands.idle, timeout=TIMEOUT_MS)
    assert framed() == [True] * 2
    assert not grid.error.marks.empty
    press(compressed, Qt.Key.Key_Escape)
    assert framed() == [False] * 2
    press_w(compressed)
    compressed.settings.rates.slider.setValue(40)
    with qtbot.waitSignal(compressed.session.evaluated, timeout=TIMEOUT_MS):
        compressed.compress()
    qtbot.waitUntil(lambda: compressed.session._errands.idle, timeout=TIMEOUT_MS)
    assert grid.original.marks.empty


def test_the_panel_says_how_bad_it_is(compressed):
    assert compressed.result_panel.facts.text("Worst tile").replace("\N{NO-BREAK SPACE}", " ") == "1.40 dB"


def test_a_new_result_begins_with_its_worst(compressed, engine, qtbot):
    press_w(compressed)
    engine.worst = WORST[1:]
    compressed.settings.rates.slider.setValue(40)
    with qtbot.waitSignal(compressed.session.evaluated, timeout=TIMEOUT_MS):
        compressed.compress()
    press_w(compressed)
    assert compressed.progress.sentence.text().startswith("Worst tile: VV, row 0, column 512")
    qtbot.waitUntil(lambda: not compressed.session.busy)


def test_before_anything_is_measured_there_is_no_worst_tile(opened):
    assert not opened.commands.worst.isEnabled()
    before = opened.grid.viewport.window()
    press_w(opened)
    assert opened.grid.viewport.window() == before
