"""Pins, as a user sets them: by key and mouse, seen in panes and list, with values of what is shown."""

import threading

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sargui.engine.readings import ReadPixel
from sargui.gui.marks import Pin, Tool
from sargui.gui.views.marks_layer import CHOSEN, COLOR

from .hands import LEFT, at_pixel, click, colors_near, listed, marks, point, press, tips

SHIFT = Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key


def test_p_pins_the_pixel_under_the_cursor_and_lists_its_values(looking, qtbot):
    at = point(looking, 300, 400)
    press(looking, KEY.Key_P)
    assert marks(looking).pins == (Pin("1", *at),)
    qtbot.waitUntil(lambda: listed(looking) == [["1", "45.00", "47.00", "2.00"]])
    assert looking.marks_panel.unit.text() == "DN dB"
    assert "41.90000°\N{NO-BREAK SPACE}N 12.50000°\N{NO-BREAK SPACE}E" in tips(looking)[0]
    assert f"row {at[0]}, column {at[1]}" in tips(looking)[0]


def test_shift_and_click_pins_and_asks_nothing_else(looking):
    clicked = []
    looking.grid.clicked.connect(clicked.append)
    pane = looking.grid.original
    click(pane.surface.viewport(), at_pixel(pane, 200, 300), SHIFT)
    (pin,) = marks(looking).pins
    assert abs(pin.row - 200) <= 2
    assert abs(pin.col - 300) <= 2
    assert clicked == []


def test_without_a_cursor_the_middle_is_pinned(looking):
    looking.grid.point(None)
    press(looking, KEY.Key_P)
    assert marks(looking).pins == (Pin("1", 300, 400),)


def test_pins_are_seen_in_every_pane_with_a_picture(looking, qtbot):
    point(looking, 300, 400)
    press(looking, KEY.Key_P)
    pin = marks(looking).pins[0]
    for pane in looking.grid.panes[:3]:
        assert CHOSEN.name() in colors_near(pane, at_pixel(pane, pin.row, pin.col))
    assert not looking.grid.attention.marks.isVisible()  # a sentence is there
    press(looking, KEY.Key_M, KEY.Key_M)
    qtbot.waitUntil(looking.grid.pair.marks.isVisible)
    point(looking, 100, 600, looking.grid.pair)
    press(looking, KEY.Key_P)
    assert COLOR.name() in colors_near(looking.grid.pair, at_pixel(looking.grid.pair, pin.row, pin.col))


def test_a_pin_stays_on_its_pixel(looking):
    point(looking, 300, 400)
    press(looking, KEY.Key_P)
    pin, pane = marks(looking).pins[0], looking.grid.decoded
    QTest.keyClick(looking, KEY.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    press(looking, KEY.Key_Right)
    assert CHOSEN.name() in colors_near(pane, at_pixel(pane, pin.row, pin.col))


def test_values_follow_the_settings_and_the_result(looking, qtbot):
    point(looking, 300, 400)
    press(looking, KEY.Key_P)
    qtbot.waitUntil(lambda: listed(looking)[0][3] == "2.00")
    looking.settings.rates.spin.setValue(20.0)
    qtbot.waitUntil(lambda: listed(looking)[0] == ["1", "45.00", "45.20", "0.20"])
    looking.settings.rates.spin.setValue(90.0)
    qtbot.waitUntil(lambda: listed(looking)[0] == ["1", "45.00", "45.90", "0.90"])


def test_values_follow_the_band(make_window, engine, scene, qtbot):
    engine.bands = 2
    window = make_window(engine)
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    qtbot.waitUntil(window.bands.isVisible)
    QTest.keyClick(window, KEY.Key_P)
    qtbot.waitUntil(lambda: listed(window)[0][1] == "45.00")
    window.bands.setFocus()
    QTest.keyClick(window.bands, KEY.Key_Down)
    qtbot.waitUntil(lambda: listed(window)[0][1] == "44.00")


def test_calibrated_values_are_sigma_nought(looking, engine, qtbot):
    engine.calibrated = True
    point(looking, 300, 400)
    press(looking, KEY.Key_P)
    qtbot.waitUntil(lambda: listed(looking) == [["1", "−15.00", "−13.00", "2.00"]])
    assert looking.marks_panel.unit.text() == "σ⁰ dB"


def test_a_pin_says_that_it_is_being_measured(looking, engine, qtbot):
    engine.read_gate = threading.Event()
    point(looking, 300, 400)
    press(looking, KEY.Key_P)
    assert listed(looking) == [["1", "…", "…", "…"]]
    engine.read_gate.set()
    qtbot.waitUntil(lambda: listed(looking)[0][1] == "45.00")


def test_del_removes_the_chosen_one(looking, qtbot):
    for col in (200, 400, 600):
        point(looking, 300, col)
        press(looking, KEY.Key_P)
    tree = looking.marks_panel.list
    qtbot.mouseClick(tree.viewport(), LEFT, pos=tree.visualItemRect(tree.topLevelItem(1)).center())
    assert marks(looking).chosen.name == "2"
    press(looking, KEY.Key_Delete)
    assert [pin.name for pin in marks(looking).pins] == ["1", "3"]
    assert [row[0] for row in listed(looking)] == ["1", "3"]
    looking.grid.setFocus()
    press(looking, KEY.Key_Delete, KEY.Key_Delete)
    assert marks(looking).all == ()
    assert looking.marks_panel.hint.isVisible()
    assert not tree.isVisible()


def test_arrows_in_the_list_choose_and_return_looks_there(looking):
    QTest.keyClick(looking, KEY.Key_0, Qt.KeyboardModifier.ControlModifier)
    for row in (200, 400):
        marks(looking).pin(row, 300)
    tree = looking.marks_panel.list
    tree.setFocus()
    press(looking, KEY.Key_Up)
    assert marks(looking).chosen == Pin("1", 200, 300)
    press(looking, KEY.Key_Return)
    view = looking.grid.viewport
    assert (view.y, view.x) == (200.5, 300.5)


def test_another_scene_has_no_pins(looking, tmp_path, answers, qtbot):
    point(looking, 300, 400)
    press(looking, KEY.Key_P, KEY.Key_R)
    other = tmp_path / "other.tif"
    other.write_bytes(b"II*\0")
    with qtbot.waitSignal(looking.session.opened):
        looking.open([other])
    assert listed(looking) == []
    assert looking.grid.original.marks.empty
    assert looking.grid.tool is Tool.NONE


def test_a_pixel_is_read_once_for_each_version(looking, engine, qtbot):
    point(looking, 300, 400)
    press(looking, KEY.Key_P)
    qtbot.waitUntil(lambda: listed(looking)[0][1] == "45.00")
    looking.grid.viewport.pan(30, 0)
    qtbot.waitUntil(lambda: looking.session._errands.idle and not looking.grid._settle.isActive())
    assert len([request for request in engine.asked if isinstance(request, ReadPixel)]) == 1
