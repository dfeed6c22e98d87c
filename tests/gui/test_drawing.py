"""Drawing in the panes, as a user does: regions with their statistics, the modes, and Esc."""

import threading

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from sargui.core.types import Window
from sargui.gui.marking import SENTENCES
from sargui.gui.marks import Line, Region, Tool
from sargui.gui.views.marks_layer import CHOSEN

from .hands import LEFT, at_pixel, click, colors_near, drag, draw, listed, marks, move, press, tips

KEY = Qt.Key


def test_r_and_a_drag_make_a_region_with_statistics(looking, qtbot):
    view = looking.grid.viewport
    before = (view.x, view.y)
    draw(looking, KEY.Key_R, (100, 150), (250, 350))
    (region,) = marks(looking).regions
    assert region.name == "A"
    found = region.window
    for value, wanted in ((found.row, 100), (found.col, 150), (found.rows, 151), (found.cols, 201)):
        assert abs(value - wanted) <= 4
    assert (view.x, view.y) == before
    qtbot.waitUntil(lambda: listed(looking) == [["A\nENL", "45.00\n4.4", "47.00\n4.4", "2.00\n"]])
    tip = tips(looking)[0]
    assert "standard deviation 2.30 dB" in tip
    assert "mean 1.0200, variance 0.0300" in tip
    assert looking.grid.tool is Tool.NONE


def test_a_region_is_seen_in_every_pane_with_its_letter(looking):
    draw(looking, KEY.Key_R, (100, 150), (250, 350))
    part = marks(looking).regions[0].window
    for pane in looking.grid.panes[:3]:
        for corner in ((part.row, part.col), (part.row + part.rows - 1, part.col + part.cols - 1)):
            assert CHOSEN.name() in colors_near(pane, at_pixel(pane, *corner))


def test_del_removes_a_region(looking):
    draw(looking, KEY.Key_R, (100, 150), (250, 350))
    press(looking, KEY.Key_Delete)
    assert marks(looking).regions == ()


def test_what_is_drawn_is_seen_while_it_is_drawn(looking):
    pane = looking.grid.decoded
    press(looking, KEY.Key_R)
    start, end = at_pixel(pane, 100, 150), at_pixel(pane, 250, 350)
    drag(pane.surface.viewport(), start, end, release=False)
    assert CHOSEN.name() in colors_near(looking.grid.original, end)
    assert marks(looking).all == ()
    QTest.mouseRelease(pane.surface.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, end)
    assert len(marks(looking).regions) == 1


def test_a_click_draws_nothing_and_the_mode_stays(looking):
    pane = looking.grid.decoded
    press(looking, KEY.Key_R)
    click(pane.surface.viewport(), at_pixel(pane, 100, 150))
    assert marks(looking).all == ()
    assert looking.grid.tool is Tool.REGION


def test_return_marks_what_is_visible(looking):
    press(looking, KEY.Key_R, KEY.Key_Return)
    assert marks(looking).regions == (Region("A", Window(0, 0, 600, 800)),)
    press(looking, KEY.Key_L, KEY.Key_Return)
    assert marks(looking).line == Line((300.0, 0.0), (300.0, 799.0))


def test_a_drawing_mode_is_in_the_cursor_and_in_the_sentence(looking):
    surface = looking.grid.error.surface.viewport()
    before = looking.progress.sentence.text()
    for key, tool in ((KEY.Key_R, Tool.REGION), (KEY.Key_L, Tool.LINE)):
        press(looking, key)
        assert looking.progress.sentence.text() == SENTENCES[tool]
        assert surface.cursor().shape() is Qt.CursorShape.CrossCursor
    assert [looking.commands.region.isChecked(), looking.commands.profile.isChecked()] == [False, True]
    press(looking, KEY.Key_L)
    assert looking.progress.sentence.text() == before
    assert surface.cursor().shape() is Qt.CursorShape.ArrowCursor
    assert not looking.commands.profile.isChecked()


def test_escape_leaves_the_drawing_mode_before_it_cancels(opened, engine, qtbot):
    engine.gate = threading.Event()
    opened.compress()
    qtbot.waitUntil(lambda: opened.progress.bar.maximum() == 20)
    QTest.keyClick(opened, KEY.Key_R)
    QTest.keyClick(opened, KEY.Key_Escape)
    assert opened.grid.tool is Tool.NONE
    assert opened.session.busy
    assert opened.progress.cancel.isEnabled()
    with qtbot.waitSignal(opened.session.cancelled):
        QTest.keyClick(opened, KEY.Key_Escape)


def test_escape_in_the_middle_of_a_drag_draws_nothing(looking):
    pane = looking.grid.decoded
    press(looking, KEY.Key_R)
    start, end = at_pixel(pane, 100, 150), at_pixel(pane, 250, 350)
    drag(pane.surface.viewport(), start, end, release=False)
    press(looking, KEY.Key_Escape)
    move(pane.surface.viewport(), end + QPoint(9, 9), LEFT)
    QTest.mouseRelease(pane.surface.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, end)
    assert marks(looking).all == ()
    assert looking.grid.original.marks.empty
    assert not looking.commands.cancel.isEnabled()


def test_a_button_held_when_the_mode_changes_does_nothing_more(looking):
    surface, view = looking.grid.decoded.surface.viewport(), looking.grid.viewport
    at, clicked = surface.rect().center(), []
    looking.grid.clicked.connect(clicked.append)
    QTest.mousePress(surface, LEFT, Qt.KeyboardModifier.NoModifier, at)
    press(looking, KEY.Key_R)
    before = (view.x, view.y)
    move(surface, at + QPoint(40, 0), LEFT)
    QTest.mouseRelease(surface, LEFT, Qt.KeyboardModifier.NoModifier, at + QPoint(40, 0))
    QTest.mousePress(surface, LEFT, Qt.KeyboardModifier.NoModifier, at)
    press(looking, KEY.Key_Escape)
    QTest.mouseRelease(surface, LEFT, Qt.KeyboardModifier.NoModifier, at)
    assert (view.x, view.y) == before
    assert marks(looking).all == ()
    assert clicked == []


def test_letters_are_text_where_text_is_typed(looking):
    looking.settings.rates.spin.setFocus()
    press(looking, KEY.Key_P, KEY.Key_R, KEY.Key_L, KEY.Key_H, KEY.Key_Delete)
    assert marks(looking).all == ()
    assert looking.grid.tool is Tool.NONE
    assert not looking.plots.isVisible()


def test_without_a_scene_there_is_nothing_to_measure(window):
    act = window.commands
    assert not any(one.isEnabled() for one in (act.pin, act.region, act.profile, act.histogram, act.remove))


def test_del_in_the_queue_is_the_queues(looking, tmp_path):
    marks(looking).pin(3, 3)
    files = [tmp_path / f"{name}.tif" for name in "ab"]
    for path in files:
        path.write_bytes(b"II*\0")
    looking.open(files)
    looking.queue_panel.table.setFocus()
    looking.queue_panel.table.selectRow(0)
    press(looking, KEY.Key_Delete)
    assert len(marks(looking).pins) == 1
    assert len(looking.session.queue.model.entries) == 1


def test_keys_of_measuring_are_in_the_list_of_keys(window):
    keys = dict(window.commands.key_list())
    assert {"P", "R", "L", "H", "Del", "Shift and click"} <= keys.keys()
