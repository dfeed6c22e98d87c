"""The ways to compare, by key and mouse: modes, one pane alone, swap, the held original, a pane moved alone."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolBar, QWidget

from sargui.gui.shading import ErrorKind
from sargui.gui.views.modes import CYCLE, Mode

CONTROL, ALT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.NoModifier,
)


def press(window, *keys, modifier=NONE):
    """Type as the system does: to the window, which gives it to what has the focus."""
    for key in keys:
        QTest.keyClick(window.windowHandle(), key, modifier)


def seen(window):
    """Return which panes are visible, by row and column."""
    grid = window.grid
    names = {grid.original: "o", grid.decoded: "r", grid.error: "e", grid.attention: "a", grid.pair: "p"}
    panes = [pane for pane in names if pane.isVisible()]
    return "".join(names[pane] for pane in sorted(panes, key=lambda pane: (pane.y(), pane.x())))


@pytest.fixture
def looking(compressed, qtbot):
    """A compressed scene, and the keyboard in a pane."""
    compressed.activateWindow()
    qtbot.waitUntil(compressed.isActiveWindow)
    compressed.grid.setFocus()
    qtbot.waitUntil(compressed.grid.original.surface.hasFocus)
    return compressed


def settled(qtbot, window, expected):
    """Wait for the layout."""
    qtbot.waitUntil(lambda: seen(window) == expected)


def test_m_goes_through_the_ways_to_compare(looking, qtbot):
    for expected, mode in (("or", Mode.TWO), ("p", Mode.SPLIT), ("p", Mode.BLINK), ("e", Mode.DIFFERENCE)):
        press(looking, Qt.Key.Key_M)
        settled(qtbot, looking, expected)
        assert looking.grid.mode is mode
        assert [action.isChecked() for action in looking.commands.modes.values()].count(True) == 1
        assert looking.commands.modes[mode].isChecked()
    press(looking, Qt.Key.Key_M)
    settled(qtbot, looking, "orea")


@pytest.mark.parametrize(
    ("key", "expected"),
    [("1", "o"), ("2", "r"), ("3", "e"), ("4", "a"), ("B", "p"), ("D", "e")],
)
def test_a_key_shows_one_pane_alone_and_again_all(looking, qtbot, key, expected):
    code = getattr(Qt.Key, f"Key_{key}")
    press(looking, code)
    settled(qtbot, looking, expected)
    press(looking, code)
    settled(qtbot, looking, "orea")
    assert looking.commands.modes[Mode.FOUR].isChecked()


def test_toolbar_buttons_are_one_group(looking, qtbot):
    bar = looking.findChild(QToolBar, "Commands")
    buttons = {action.iconText(): bar.widgetForAction(action) for action in bar.actions() if action.iconText()}
    names = ("All Panes", "Side by Side", "Split", "Blink", "Error Alone")
    assert [looking.commands.modes[mode].text().replace("&", "") for mode in CYCLE] == list(names)  # as in the menu
    for mode, text in zip(CYCLE, names, strict=True):
        if mode is not Mode.FOUR:
            qtbot.mouseClick(buttons[text], Qt.MouseButton.LeftButton)
        assert looking.grid.mode is mode
        assert [name for name, button in buttons.items() if button.isChecked()] == [text]
    qtbot.mouseClick(buttons["All Panes"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(buttons["All Panes"], Qt.MouseButton.LeftButton)
    assert buttons["All Panes"].isChecked()


def test_without_a_scene_there_is_nothing_to_compare(window):
    assert not any(action.isEnabled() for action in window.commands.comparing)


def test_one_pane_has_all_the_room_and_the_scene_fits_it(looking, qtbot):
    press(looking, Qt.Key.Key_2)
    settled(qtbot, looking, "r")
    viewport, surface = looking.grid.viewport, looking.grid.decoded.surface
    qtbot.waitUntil(lambda: viewport._width == surface.width())
    assert looking.grid.decoded.size() == looking.grid.size()
    assert viewport.zoom == pytest.approx(0.98 * min(surface.width() / 800, surface.height() / 600))


def test_x_lets_original_and_reconstruction_change_places(looking, qtbot):
    press(looking, Qt.Key.Key_X)
    settled(qtbot, looking, "roea")
    press(looking, Qt.Key.Key_M)
    settled(qtbot, looking, "ro")
    press(looking, Qt.Key.Key_M)
    assert looking.grid.pair.caption.text() == "Reconstruction"
    assert looking.grid.pair.right_caption.text() == "Original"
    press(looking, Qt.Key.Key_X, Qt.Key.Key_1, Qt.Key.Key_X)
    settled(qtbot, looking, "r")
    assert looking.grid.mode is Mode.RECONSTRUCTION


def test_a_gives_the_place_of_attention_to_the_others(looking, qtbot):
    press(looking, Qt.Key.Key_A)
    settled(qtbot, looking, "ore")
    qtbot.waitUntil(lambda: looking.grid.error.width() == looking.grid.width())
    assert not looking.commands.attention.isChecked()
    press(looking, Qt.Key.Key_4)
    settled(qtbot, looking, "a")
    assert looking.commands.attention.isChecked()
    press(looking, Qt.Key.Key_A)
    settled(qtbot, looking, "ore")


def drawn(pane):
    return pane._stacks[0]._drawn[0]


def test_the_original_is_everywhere_while_space_is_held(looking):
    grid = looking.grid
    QTest.keyPress(looking.windowHandle(), Qt.Key.Key_Space)
    assert [pane.caption.text() for pane in grid.panes] == ["Original", "Original", "Original", "Attention"]
    assert drawn(grid.decoded) is drawn(grid.error) is drawn(grid.original)
    assert grid.error.bar.range == grid.original.bar.range
    QTest.keyRelease(looking.windowHandle(), Qt.Key.Key_Space)
    assert [pane.caption.text() for pane in grid.panes] == ["Original", "Reconstruction", "Error", "Attention"]
    assert drawn(grid.decoded) is not drawn(grid.original)


def test_space_is_let_go_when_the_window_is_left(looking, qtbot):
    QTest.keyPress(looking.windowHandle(), Qt.Key.Key_Space)
    assert looking.grid.decoded.caption.text() == "Original"
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: looking.grid.decoded.caption.text() == "Reconstruction")


def test_space_still_presses_a_button(looking, answers):
    looking.result_panel.save.setFocus()
    press(looking, Qt.Key.Key_Space)
    assert answers.questions == ["save scene.sarz"]
    assert looking.grid.decoded.caption.text() == "Reconstruction"


def test_compressing_leaves_the_keys_to_the_panes(opened, qtbot):
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    with qtbot.waitSignal(opened.session.evaluated):
        qtbot.mouseClick(opened.settings.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not opened.session.busy)
    QTest.keyPress(opened.windowHandle(), Qt.Key.Key_Space)
    assert not opened.session.busy
    assert opened.grid.decoded.caption.text() == "Original"


@pytest.mark.parametrize("field", ["spin", "tolerance"])
def test_single_keys_are_text_where_text_is_typed(looking, field):
    edit = looking.settings.rates.spin if field == "spin" else looking.grid.error.tolerance
    edit.setFocus()
    edit.selectAll()
    letters = [getattr(Qt.Key, f"Key_{letter}") for letter in "MBDXAYNF"]
    press(looking, *letters, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_Space, Qt.Key.Key_Return)
    grid = looking.grid
    assert (grid.mode, grid.attention_shown, grid.error_style.kind) == (Mode.FOUR, True, ErrorKind.SIGNED)
    assert seen(looking) == "orea"
    assert not looking.commands.stretch.isChecked()
    assert grid.decoded.caption.text() == "Reconstruction"
    assert edit.value() == 12.0


def test_y_asks_for_the_next_kind_of_error(looking):
    asked = []
    looking.grid.error_style_wanted.connect(asked.append)
    for kind in (ErrorKind.ABSOLUTE, ErrorKind.RATIO, ErrorKind.SQUARED, ErrorKind.SIGNED):
        press(looking, Qt.Key.Key_Y)
        assert asked[-1].kind is kind
        assert looking.commands.error_kinds[kind].isChecked()
    looking.commands.error_kinds[ErrorKind.RATIO].trigger()
    assert asked[-1].kind is ErrorKind.RATIO


def test_n_asks_for_the_stretch_of_what_is_visible_and_again_of_the_scene(looking):
    asked = []
    looking.grid.stretch_wanted.connect(asked.append)
    press(looking, Qt.Key.Key_0, modifier=CONTROL)
    press(looking, Qt.Key.Key_N, Qt.Key.Key_N)
    assert asked == [looking.grid.visible_window(), None]
    assert asked[0].rows < 600


def test_without_an_error_there_is_no_tolerance(opened):
    assert not opened.grid.error.tolerance.isVisible()


def test_the_tolerance_is_typed_in_decibels(looking, qtbot):
    asked = []
    looking.grid.error_style_wanted.connect(asked.append)
    field = looking.grid.error.tolerance
    assert field.text() == "off"
    qtbot.mouseDClick(field.lineEdit(), Qt.MouseButton.LeftButton)
    press(looking, Qt.Key.Key_1, Qt.Key.Key_Period, Qt.Key.Key_5, Qt.Key.Key_Return)
    assert [style.tolerance_db for style in asked] == [1.5]


def drag(surface, by, modifier=NONE):
    start = surface.rect().center() + QPoint(-60, 40)
    QTest.mousePress(surface, Qt.MouseButton.LeftButton, modifier, start)
    QTest.mouseMove(surface, start)
    for part in (by / 2, by):
        event_move(surface, start + part, modifier)
    QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, modifier, start + by)


def event_move(surface, at, modifier):
    position = QPointF(at)
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, position, surface.mapToGlobal(position), Qt.MouseButton.NoButton, left, modifier
    )
    QApplication.sendEvent(surface, event)


def centers(window):
    ranges = [pane._box.viewRange() for pane in window.grid.panes]
    return [((x[0] + x[1]) / 2, (y[0] + y[1]) / 2) for x, y in ranges]


def test_alt_and_drag_moves_one_pane_alone_until_the_scene_is_fitted(looking):
    grid = looking.grid
    press(looking, Qt.Key.Key_0, modifier=CONTROL)
    before = centers(looking)
    drag(grid.decoded.surface.viewport(), QPoint(30, -20), ALT)
    after = centers(looking)
    zoom = grid.viewport.zoom
    assert after[1] == pytest.approx((before[1][0] - 30 / zoom, before[1][1] + 20 / zoom))
    assert [after[index] for index in (0, 2, 3)] == [before[index] for index in (0, 2, 3)]
    assert [pane.moved.isVisible() for pane in grid.panes] == [False, True, False, False]
    drag(grid.error.surface.viewport(), QPoint(8, 8))
    assert centers(looking)[1][0] - centers(looking)[0][0] == pytest.approx(-30 / zoom)
    press(looking, Qt.Key.Key_F)
    assert not grid.decoded.moved.isVisible()
    assert centers(looking)[1] == pytest.approx(centers(looking)[0])


def test_a_moved_pane_reads_what_is_under_the_cursor_and_asks_for_what_it_shows(looking, qtbot):
    grid = looking.grid
    press(looking, Qt.Key.Key_0, modifier=CONTROL)
    surface = grid.decoded.surface.viewport()
    alone = grid.visible_window()
    drag(surface, QPoint(50, 0), ALT)
    pointed = []
    grid.pointed.connect(pointed.append)
    event_move(surface, surface.rect().center(), NONE)
    assert pointed[-1][1] == pytest.approx(grid.viewport.x - 50 / grid.viewport.zoom, abs=1)
    with qtbot.waitSignal(grid.looked) as looked:
        grid.viewport.pan(1, 0)
    assert looked.args[0].cols >= alone.cols + 49


def test_arrows_pan_the_pane_with_the_focus(looking):
    before = looking.grid.viewport.x
    press(looking, Qt.Key.Key_Right)
    assert looking.grid.viewport.x > before


def test_the_focus_stays_in_the_panes(looking, qtbot):
    press(looking, Qt.Key.Key_D)
    qtbot.waitUntil(looking.grid.error.surface.hasFocus)
    press(looking, Qt.Key.Key_D, Qt.Key.Key_B)
    qtbot.waitUntil(looking.grid.pair.surface.hasFocus)
