"""Looking at a scene: panes that pan and zoom as one, their stretch, the read-out, the bands, the attention pane."""

import threading

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from sargui.gui.attending import NOTHING
from sargui.gui.theme import colors_of

from .hands import at_pixel


def wheel(surface, notches, at):
    position = QPointF(at)
    event = QWheelEvent(
        position, surface.mapToGlobal(position), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(surface, event)


def ranges(window):
    return [[tuple(axis) for axis in pane._box.viewRange()] for pane in window.grid.panes]


def test_panes_pan_and_zoom_as_one(compressed, qtbot):
    surface = compressed.grid.decoded.surface.viewport()
    center = surface.rect().center()
    wheel(surface, 4, center + QPoint(20, 10))
    qtbot.mousePress(surface, Qt.MouseButton.LeftButton, pos=center)
    qtbot.mouseMove(surface, center + QPoint(33, -12))
    qtbot.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=center + QPoint(33, -12))
    sizes = {(pane.surface.width(), pane.surface.height()) for pane in compressed.grid.panes}
    first, *others = ranges(compressed)
    for other in others:
        for one, same in zip(first, other, strict=True):
            assert one == pytest.approx(same, abs=2 / compressed.grid.viewport.zoom if len(sizes) > 1 else 1e-6)
    assert not compressed.grid.viewport.fitted


def test_fit_and_pixels_by_key(opened):
    grid = opened.grid
    QTest.keyClick(opened, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert grid.viewport.zoom == 1 / opened.devicePixelRatioF()
    QTest.keyClick(opened, Qt.Key.Key_F)
    assert grid.viewport.fitted
    QTest.keyClick(opened, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(opened, Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier)
    assert grid.viewport.fitted


def test_the_window_answers_while_a_job_runs(opened, engine, qtbot):
    engine.gate = threading.Event()
    opened.compress()
    before = ranges(opened)
    wheel(opened.grid.error.surface.viewport(), 3, opened.grid.error.surface.rect().center())
    assert ranges(opened) != before
    engine.gate.set()
    qtbot.waitUntil(lambda: not opened.session.busy)


def test_original_and_reconstruction_share_one_stretch(compressed):
    grid, session = compressed.grid, compressed.session
    assert grid.original.bar.range == grid.decoded.bar.range == session.pictures.overview.stretches[0]
    assert grid.error.bar.range == (-2.0, 2.0)
    assert grid.attention.bar.range is None


def test_the_read_out_names_the_value_of_each_pane(compressed, qtbot):
    surface = compressed.grid.error.surface.viewport()
    at = surface.rect().center() + QPoint(17, 5)
    qtbot.mouseMove(surface, at)
    offset = QPointF(at) - QPointF(surface.width() / 2, surface.height() / 2)
    row, col = compressed.grid.viewport.pixel(offset.x(), offset.y())
    values = compressed.session.pictures.values_at(row, col)
    text = compressed.cursor_label.text()
    assert f"row {row}" in text
    assert values.error_db == pytest.approx(values.decoded_db - values.original_db, abs=1e-4)
    assert text.count("dB") == 3
    assert all(pane._cross.isVisible() for pane in compressed.grid.panes[:3])


def test_without_attention_the_fourth_pane_shows_where_the_bits_go(opened, engine, qtbot):
    pane = opened.grid.attention
    qtbot.waitUntil(lambda: pane.caption.text() == "Where the bits go")
    assert pane.has_picture
    assert pane.unit.text() == "bits per pixel"
    opened.settings.rates.slider.setValue(40)
    opened.attention_panel.opacity.setValue(90)
    qtbot.waitUntil(lambda: opened.session._errands.idle)
    assert pane.has_picture
    engine.attention = ("g_a.attention.3",)
    opened.settings.picker.checkpoint.setCurrentIndex(1)
    qtbot.waitUntil(lambda: pane.caption.text() == "Attention" and pane.has_picture)
    opened.settings.picker.checkpoint.setCurrentIndex(0)
    engine.attention = None
    qtbot.waitUntil(lambda: pane.caption.text() == "Where the bits go" and pane.has_picture)


def test_a_file_whose_checkpoint_has_no_attention_says_so(compressed, qtbot):
    qtbot.waitUntil(lambda: compressed.grid.attention.sentence.text() == NOTHING)


def test_cells_at_the_border_do_not_overhang_the_scene(opened, qtbot):
    """600 rows are 37.5 cells: below the last row is the pane's own ground."""
    pane = opened.grid.attention
    qtbot.waitUntil(lambda: pane.caption.text() == "Where the bits go" and opened.session._errands.idle)
    opened.grid.viewport.zoom_by(8)
    opened.grid.viewport.look_at(400, 600)
    qtbot.waitUntil(lambda: not opened.grid._settle.isActive() and opened.session._errands.idle and pane.has_picture)
    image, ground = pane.surface.grab().toImage(), colors_of(pane).pane
    inside, below = at_pixel(pane, 596, 400), at_pixel(pane, 603, 400)
    assert image.pixelColor(inside).name() != ground
    assert image.pixelColor(below).name() == ground
    view = opened.grid.viewport.zoom
    assert view * 7 > 10  # so that both are well away from the border


def test_a_pixel_above_1_to_1_is_a_square_of_one_color_in_every_pane(opened, qtbot):
    qtbot.waitUntil(lambda: opened.grid.decoded.has_picture)
    opened.grid.viewport.show_pixels(16)
    qtbot.waitUntil(lambda: not opened.grid._settle.isActive() and opened.session._errands.idle)
    for pane in (opened.grid.original, opened.grid.decoded, opened.grid.error):
        image, middle = pane.surface.grab().toImage(), at_pixel(pane, 302, 403)
        square = {image.pixel(middle.x() + x, middle.y() + y) for x in range(-6, 7) for y in range(-6, 7)}
        assert len(square) == 1


def test_bands_are_picked(make_window, engine, scene, qtbot):
    engine.bands = 3
    window = make_window(engine)
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    qtbot.waitUntil(window.bands.isVisible)
    with qtbot.waitSignal(window.session.picture_changed):
        window.bands.setFocus()
        QTest.keyClick(window.bands, Qt.Key.Key_Down)
    assert window.session.pictures.band == 1
    assert window.grid.original.unit.text() == "VH, dB of DN"


def test_a_single_band_needs_no_picker(opened):
    assert not opened.bands.isVisible()


def test_the_map_shows_where_the_panes_look_and_moves_them(opened, qtbot):
    chart = opened.scene_panel.map
    qtbot.waitUntil(chart.isVisible)
    QTest.keyClick(opened, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(opened, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    frame, place = chart.frame_rect(), chart.picture_rect()
    assert frame.width() < place.width()
    corner = place.topLeft().toPoint() + QPoint(5, 5)
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=corner)
    rows, cols = opened.session.scene.info.shape
    assert opened.grid.viewport.x < cols / 10
    assert opened.grid.viewport.y < rows / 10
    assert chart.frame_rect().x() < frame.x()
