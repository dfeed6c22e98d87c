"""What all tests share: no screen, no trace in the user's folders, no thread left behind."""

from __future__ import annotations

import gc
import lzma
import os
import runpy
from pathlib import Path

import pytest
import shiboken6
import torch  # before Qt, as main.py does on Windows
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QThread, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from sargui.gui.main_window import MainWindow
from sargui.gui.session import Session
from sargui.gui.theme import Choice, Theme
from sargui.gui.window_state import WindowState

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_configure(config):
    config.addinivalue_line("qt_log_ignore", "This plugin does not support propagateSizeHints")


DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory):
    """Unpack the frozen tiny checkpoint (tests/data/make_tiny_model.py); return its folder."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "tiny.safetensors").write_bytes(lzma.decompress((DATA / "tiny.safetensors.xz").read_bytes()))
    (folder / "tiny.json").write_bytes((DATA / "tiny.json").read_bytes())
    return folder


@pytest.fixture(scope="session")
def make_safe():
    """Write a small Sentinel-1 product into a folder and return its path; see tests/data/make_safe.py."""
    return runpy.run_path(str(DATA / "make_safe.py"))["make_safe"]


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """Compute on one thread: small networks gain nothing from two, and lose much on a busy machine."""
    torch.set_num_threads(1)


class StandIn:
    """Answers the window's questions without dialogs, and remembers them."""

    def __init__(self) -> None:
        self.open_path: Path | None = None
        self.save_path: Path | None = None
        self.kind = None
        self.files: list[Path] = []
        self.folder: Path | None = None
        self.yes = True
        self.outdated: bool | None = True
        self.resume: bool | None = True
        self.questions: list[str] = []

    def ask_open(self, parent, folder):
        self.questions.append("open")
        return self.open_path

    def ask_save(self, parent, suggestion, kinds):
        self.questions.append(f"save {suggestion.name}")
        return self.save_path

    def ask_place(self, parent, folder, name):
        self.questions.append(f"place {name}")
        return self.folder

    def may_replace(self, parent, target):
        self.questions.append(f"replace {target.name}")
        return self.yes

    def ask_original(self, parent, folder, name):
        self.questions.append(f"original of {name}")
        return self.open_path

    def may_differ(self, parent, name, differing):
        self.questions.append(f"{name} differs in {', '.join(differing)}")
        return self.yes

    def may_compress_again(self, parent, name):
        self.questions.append("again")
        return self.yes

    def may_drop_phase(self, parent, name):
        self.questions.append("phase")
        return self.yes

    def ask_kind(self, parent, path, sample):
        self.questions.append("kind")
        return self.kind

    def ask_files(self, parent, folder):
        self.questions.append("files")
        return self.files

    def ask_folder(self, parent, folder):
        self.questions.append("folder")
        return self.folder

    def may_overwrite(self, parent, existing, settings):
        self.questions.append("overwrite")
        return self.yes

    def may_resume(self, parent, interrupted):
        self.questions.append(f"resume {', '.join(f'{name} at {done:.0%}' for name, done in interrupted.items())}")
        return self.resume

    def may_cancel(self, parent):
        self.questions.append("cancel")
        return self.yes

    def may_discard(self, parent, name):
        self.questions.append("discard")
        return self.yes

    def wants_outdated(self, parent, made_with):
        self.questions.append(f"made with {made_with}")
        return self.outdated

    def show_keys(self, parent, keys):
        self.questions.append("keys")
        self.keys = keys


@pytest.fixture
def answers():
    return StandIn()


@pytest.fixture
def theme(qapp):
    theme = Theme(qapp)
    yield theme
    theme.choose(Choice.SYSTEM)
    theme.deleteLater()


@pytest.fixture
def settings_file(tmp_path):
    return tmp_path / "window.ini"


@pytest.fixture
def make_window(qtbot, theme, answers, settings_file):
    """Build a window, as `app.main` does, around a session with the given engine."""
    sessions = []

    def make(*execute):
        session = Session(*execute)
        sessions.append(session)
        state = WindowState(QSettings(str(settings_file), QSettings.Format.IniFormat))
        window = MainWindow(session, state, theme, answers)
        qtbot.addWidget(window)
        window.resize(1280, 800)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield make
    for session in sessions:
        session.shutdown()


@pytest.fixture(autouse=True)
def _garbage_is_left_to_this_thread(request):
    """Let no worker collect what is left of earlier windows: see sargui/gui/garbage.py."""
    if "qapp" in request.fixturenames:
        gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _no_thread_is_left(request):
    """Fail a test that leaves a QThread running: it would crash the interpreter when it ends."""
    yield
    if "qapp" not in request.fixturenames:
        return
    running = [
        wrapper
        for wrapper in shiboken6.getAllValidWrappers()
        if isinstance(wrapper, QThread) and wrapper.isRunning() and wrapper is not QThread.currentThread()
    ]
    for thread in running:
        thread.quit()
        thread.wait(5000)
    assert not running, f"left running: {[thread.objectName() for thread in running]}"


def drop(window, data, at=None):
    """Drop data onto the window where a user would: on the widget under the cursor, which the window must not lose."""
    at = at or window.rect().center()
    target = window.childAt(at) or window
    while not target.acceptDrops():  # what Qt does to find who gets the drop
        target = target.parentWidget()
    where = QPointF(target.mapFrom(window, at))
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where.toPoint(), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(target, enter)
    if enter.isAccepted():
        QApplication.sendEvent(target, QDropEvent(where, Qt.DropAction.CopyAction, data, buttons, keys))
    return target


@pytest.fixture
def drop_data():
    """Drop whatever onto a window."""
    return drop


@pytest.fixture
def drop_files():
    """Drop files onto a window; return the widget that got them."""

    def do(window, *paths, at=None):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        return drop(window, data, at)

    return do
