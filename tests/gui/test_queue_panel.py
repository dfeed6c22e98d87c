"""The queue's panel, by mouse and keyboard."""

import threading
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from sargui.core.types import Effort
from sargui.engine.requests import Compress, Rate
from sargui.gui.batch_queue import BatchQueue
from sargui.gui.panels.queue_panel import QueuePanel
from sargui.gui.queue_model import Column, State
from sargui.gui.theme import DARK, LIGHT, Choice

TIMEOUT_MS = 20_000
WAITING, RUNNING, DONE, FAILED, CANCELLED = State


@pytest.fixture
def queue(engine, qtbot):
    queue = BatchQueue(engine)
    yield queue
    engine.gate = None
    queue.shutdown()


@pytest.fixture
def panel(queue, theme, qtbot):
    panel = QueuePanel(queue)
    panel.start_wanted.connect(lambda: queue.start(overwrite=False))
    qtbot.addWidget(panel)
    panel.resize(1100, 260)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def files(tmp_path):
    def make(*names):
        for name in names:
            (tmp_path / name).write_bytes(b"II*\0")
        return [tmp_path / name for name in names]

    return make


def states(panel):
    return [entry.state for entry in panel.queue.model.entries]


def over(panel, qtbot):
    qtbot.waitUntil(lambda: not panel.queue.busy, timeout=TIMEOUT_MS)


def click(button):
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def click_row(panel, row, modifiers=Qt.KeyboardModifier.NoModifier):
    where = panel.table.visualRect(panel.queue.model.index(row, Column.FILE)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, modifiers, where)


@pytest.fixture
def halfway(panel, engine, files, qtbot):
    """Three files, the first at half of its tiles."""
    engine.gate = threading.Event()
    panel.queue.add(files("a.tif", "b.tif", "c.tif"))
    click(panel.start)
    qtbot.waitUntil(lambda: panel.queue.model.entries[0].pixels_done > 0, timeout=TIMEOUT_MS)
    return panel


def test_an_empty_queue_says_what_to_do_and_allows_nothing_else(panel):
    assert "add files" in panel.summary.text()
    allowed = {button.text() for button in panel.findChildren(QPushButton) if button.isEnabled()}
    assert allowed == {"&Add Files…", "&Into: beside each file"}
    assert not panel.bar.isVisible()


def test_buttons_ask_the_window_for_what_needs_a_dialog(panel, qtbot):
    with qtbot.waitSignal(panel.add_wanted):
        click(panel.add)
    one_folder = panel.into.menu().actions()[1]
    with qtbot.waitSignal(panel.folder_wanted):
        one_folder.trigger()


def test_the_folder_is_shown_and_taken_back(panel, files, tmp_path):
    panel.queue.add(files("a.tif"))
    folder = tmp_path / "A&B"
    panel.queue.choose_folder(folder)
    assert panel.into.text() == "&Into: A&&B"
    assert panel.queue.model.entries[0].target == folder / "a.sarz"
    panel.into.menu().actions()[0].trigger()
    assert panel.into.text() == "&Into: beside each file"
    assert panel.queue.model.entries[0].target == tmp_path / "a.sarz"


def test_start_runs_to_the_end_and_clear_empties_the_list(panel, files, qtbot):
    panel.queue.add(files("a.tif", "b.tif"))
    click(panel.start)
    over(panel, qtbot)
    assert states(panel) == [DONE, DONE]
    assert panel.summary.text() == "2 of 2 files done"
    assert not panel.start.isEnabled()
    click(panel.clear)
    assert panel.queue.model.rowCount() == 0


def test_the_bar_shows_all_files_while_they_run(halfway, engine, qtbot):
    assert halfway.bar.isVisible()
    assert halfway.bar.value() == round(1000 * halfway.queue.fraction) > 0
    engine.gate.set()
    over(halfway, qtbot)
    assert not halfway.bar.isVisible()


def test_pause_becomes_resume(halfway, engine, qtbot):
    click(halfway.pause)
    assert halfway.queue.paused
    assert (halfway.pause.text(), halfway.summary.text()) == ("&Resume", "0 of 3 files done, paused")
    click(halfway.pause)
    assert halfway.pause.text() == "&Pause"
    engine.gate.set()
    over(halfway, qtbot)
    assert states(halfway) == [DONE] * 3


def test_a_paused_file_says_so_in_its_row(halfway, engine, qtbot):
    state = halfway.queue.model.index(0, Column.STATE)
    assert state.data() == "Running"
    click(halfway.pause)
    assert state.data() == "Paused"
    click(halfway.pause)
    assert state.data() == "Running"
    engine.gate.set()
    over(halfway, qtbot)


def test_after_start_the_keys_go_to_the_list_and_not_to_cancel(halfway, engine, qtbot):
    halfway.activateWindow()
    qtbot.waitUntil(halfway.table.hasFocus)
    QTest.keyClick(halfway.windowHandle(), Qt.Key.Key_Space)
    assert states(halfway) == [RUNNING, WAITING, WAITING]
    engine.gate.set()
    over(halfway, qtbot)
    assert states(halfway) == [DONE] * 3


def test_the_settings_stand_beside_start_and_in_the_tip_of_what_was_started(panel, files, qtbot):
    panel.show_settings("with none-1, quality 11")
    assert panel.settings.isVisible()
    assert panel.settings.text() == "with none-1, quality 11"
    panel.start_wanted.disconnect()
    panel.queue.add(files("a.tif"))
    panel.queue.start(False, partial(Compress, model="none-1", rate=Rate(value=11.0), effort=Effort.FAST))
    over(panel, qtbot)
    tip = panel.queue.model.index(0, Column.STATE).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "with none-1, quality 11, fast"


def test_cancel_is_about_the_selected_files_or_all(halfway, qtbot):
    assert halfway.cancel.text() == "&Cancel All"
    click_row(halfway, 2)
    assert halfway.cancel.text() == "&Cancel Selected"
    click(halfway.cancel)
    assert states(halfway) == [RUNNING, WAITING, CANCELLED]
    assert halfway.cancel.text() == "&Cancel All"  # what is selected is over
    click(halfway.cancel)
    over(halfway, qtbot)
    assert states(halfway) == [CANCELLED] * 3
    assert not halfway.cancel.isEnabled()
    assert halfway.summary.text() == "0 of 3 files done, 3 cancelled"


def test_retry_starts_what_was_cancelled_and_selected(halfway, engine, qtbot):
    click(halfway.cancel)
    over(halfway, qtbot)
    assert not halfway.retry.isEnabled()  # nothing failed, nothing is selected
    engine.gate = None
    click_row(halfway, 0)
    click_row(halfway, 2, Qt.KeyboardModifier.ControlModifier)
    click(halfway.retry)
    over(halfway, qtbot)
    assert states(halfway) == [DONE, CANCELLED, DONE]


def test_del_removes_the_selected_files_from_the_list(panel, files, tmp_path, qtbot):
    panel.queue.add(files("a.tif", "b.tif", "c.tif"))
    click_row(panel, 0)
    click_row(panel, 1, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    assert [entry.source.name for entry in panel.queue.model.entries] == ["c.tif"]
    assert (tmp_path / "a.tif").exists()


def test_enter_and_a_double_click_open_a_file_that_is_done_and_no_other(panel, files, tmp_path, qtbot):
    panel.queue.add(files("a.tif"))
    opened = []
    panel.open_wanted.connect(opened.append)
    click_row(panel, 0)
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert opened == []
    click(panel.start)
    over(panel, qtbot)
    QTest.keyClick(panel.table, Qt.Key.Key_Enter)
    where = panel.table.visualRect(panel.queue.model.index(0, 0)).center()
    QTest.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert opened == [tmp_path / "a.sarz"] * 2


def test_the_keyboard_is_enough(panel, files, qtbot):
    panel.queue.add(files("a.tif", "b.tif"))
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    assert len(panel.selected) == 1
    reached = []
    while (widget := panel.window().focusWidget()) not in reached:
        reached.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert {panel.table, panel.add, panel.into, panel.start, panel.cancel} <= set(reached)
    panel.start.setFocus()
    QTest.keyClick(panel.start, Qt.Key.Key_Space)
    over(panel, qtbot)
    assert states(panel) == [DONE, DONE]


def test_a_refusal_is_shown_until_the_next_start(panel, files, qtbot):
    panel.queue.add(files("a.tif"))
    panel.queue.refused.emit("The disk is too small.")
    assert panel.note.isVisible()
    assert panel.note.text() == "The disk is too small."
    click(panel.start)
    assert not panel.note.isVisible()
    over(panel, qtbot)


def test_everything_has_a_name_that_can_be_read_out(panel):
    for widget in (panel.table, panel.bar, panel.summary, panel.left, panel.note):
        assert widget.accessibleName()
    assert all(button.text() and button.toolTip() for button in panel.findChildren(QPushButton))


@pytest.mark.parametrize(("choice", "colors"), [(Choice.LIGHT, LIGHT), (Choice.DARK, DARK)])
def test_a_failure_is_drawn_in_the_color_of_alarm_and_progress_in_the_accent(
    halfway, theme, engine, choice, colors, qtbot
):
    theme.choose(choice)
    entries = halfway.queue.model.entries
    halfway.queue._end(entries[1], FAILED, "b.tif cannot be read.")
    entries[0].pixels_done = entries[0].pixels // 2
    cells = [(1, Column.STATE), (0, Column.PROGRESS), (2, Column.STATE)]
    shots = [
        halfway.table.viewport().grab(halfway.table.visualRect(halfway.queue.model.index(*cell))) for cell in cells
    ]
    found = [colors_in(shot.toImage()) for shot in shots]
    assert near(colors.alarm, found[0])
    assert near(colors.accent, found[1])
    assert not near(colors.alarm, found[2])


def colors_in(image):
    points = (QPoint(x, y) for x in range(image.width()) for y in range(image.height()))
    return {image.pixelColor(point).name() for point in points}


def near(wanted, found):
    """Say whether one of some colors is nearly the wanted one: text is drawn with soft edges."""
    goal = QColor(wanted)
    return any(
        max(abs(goal.red() - c.red()), abs(goal.green() - c.green()), abs(goal.blue() - c.blue())) < 24
        for c in map(QColor, found)
    )
