"""What is asked about the queue, and when."""

from functools import partial

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest

from sargui.engine.requests import Compress
from sargui.gui.batch_queue import BatchQueue
from sargui.gui.panels.queue_panel import QueuePanel
from sargui.gui.queue_desk import QueueDesk
from sargui.gui.queue_dialogs import QueueDialogs
from sargui.gui.queue_model import State
from sargui.gui.window_state import WindowState

from .questions import press

TIMEOUT_MS = 20_000
WAITING, RUNNING, DONE, FAILED, CANCELLED = State


class Answers:
    def __init__(self):
        self.files, self.folder, self.overwrite, self.asked = [], None, None, []

    def ask_files(self, parent, folder):
        self.asked.append(("files", folder))
        return self.files

    def ask_folder(self, parent, folder):
        self.asked.append(("folder", folder))
        return self.folder

    def may_overwrite(self, parent, existing, settings):
        self.asked.append(("overwrite", [path.name for path in existing]))
        self.settings = settings
        return self.overwrite


@pytest.fixture
def answers():
    return Answers()


@pytest.fixture
def desk(engine, answers, settings_file, qtbot):
    queue = BatchQueue(engine)
    panel = QueuePanel(queue)
    state = WindowState(QSettings(str(settings_file), QSettings.Format.IniFormat))
    desk = QueueDesk(panel, answers, state, lambda: desk.recipe)
    desk.recipe = partial(Compress, model="eca-1")
    qtbot.addWidget(panel)
    panel.show()
    yield desk
    queue.shutdown()


@pytest.fixture
def files(tmp_path):
    def make(*names):
        for name in names:
            (tmp_path / name).write_bytes(b"II*\0")
        return [tmp_path / name for name in names]

    return make


def click(button):
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def states(desk):
    return [entry.state for entry in desk._queue.model.entries]


def over(desk, qtbot):
    qtbot.waitUntil(lambda: not desk._queue.busy, timeout=TIMEOUT_MS)


def test_files_are_asked_for_added_and_compressed_with_the_settings_of_now(
    desk, answers, engine, files, tmp_path, qtbot
):
    answers.files = files("a.tif", "b.tif")
    click(desk._panel.add)
    assert states(desk) == [WAITING, WAITING]
    assert desk._state.folder == tmp_path
    desk.recipe = partial(Compress, model="none-1")
    click(desk._panel.start)
    over(desk, qtbot)
    assert [request.model for request in engine.asked if isinstance(request, Compress)] == ["none-1"] * 2
    assert [kind for kind, _ in answers.asked] == ["files"]  # and nothing else


@pytest.mark.parametrize(
    ("answer", "ends"), [(True, [DONE, DONE, DONE]), (False, [DONE, FAILED, FAILED]), (None, [WAITING] * 3)]
)
def test_existing_files_are_asked_about_once_and_all_together(desk, answers, files, tmp_path, qtbot, answer, ends):
    for name in "bc":
        (tmp_path / f"{name}.sarz").write_bytes(b"old")
    desk._queue.add(files("a.tif", "b.tif", "c.tif"))
    answers.overwrite = answer
    click(desk._panel.start)
    over(desk, qtbot)
    assert answers.asked == [("overwrite", ["b.sarz", "c.sarz"])]
    assert states(desk) == ends
    assert (tmp_path / "a.sarz").exists() is (answer is not None)


def test_the_question_says_which_settings_would_overwrite(desk, answers, files, tmp_path):
    (tmp_path / "a.sarz").write_bytes(b"old")
    desk._queue.add(files("a.tif"))
    desk._panel.show_settings("with eca-1, quality 11")
    click(desk._panel.start)
    assert answers.settings == "with eca-1, quality 11"


def test_one_folder_is_asked_for_and_no_answer_changes_nothing(desk, answers, tmp_path):
    to_folder = desk._panel.into.menu().actions()[1]
    to_folder.trigger()
    assert desk._queue.folder is None
    answers.folder = tmp_path / "out"
    to_folder.trigger()
    assert desk._queue.folder == tmp_path / "out"
    to_folder.trigger()
    assert answers.asked[-1] == ("folder", tmp_path / "out")


def test_without_a_checkpoint_nothing_is_started(desk, files):
    desk.recipe = None
    desk._queue.add(files("a.tif"))
    click(desk._panel.start)
    assert "No checkpoint" in desk._panel.note.text()
    assert states(desk) == [WAITING]


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize(("button", "answer"), [("Overwrite", True), ("Keep", False), ("Do Not Start", None)])
def test_the_real_question_names_some_files_and_has_three_answers(desk, tmp_path, button, answer):
    seen = []
    press(button, lambda box: seen.append(f"{box.text()} {box.informativeText()}"))
    existing = [tmp_path / f"{number}.sarz" for number in range(7)]
    assert QueueDialogs().may_overwrite(desk._panel, existing, "with none-3, quality 11") is answer
    assert "7 compressed files exist already" in seen[0]
    assert "Overwrite with none-3, quality 11, or keep" in seen[0]
    assert "4.sarz\nand 2 more" in seen[0]
