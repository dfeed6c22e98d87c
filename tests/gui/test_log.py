"""The log file."""

import logging
import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning

from sargui.gui import log


@pytest.fixture
def started(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    handlers = list(log.log.handlers)
    file = tmp_path / "logs" / "sargui.log"
    log.start(file)
    yield file
    for handler in set(log.log.handlers) - set(handlers):
        log.log.removeHandler(handler)
        handler.close()
    qInstallMessageHandler(None)


@pytest.mark.qt_no_exception_capture
def test_what_nobody_caught_is_written_down(started):
    try:
        raise ZeroDivisionError("in a slot")
    except ZeroDivisionError:
        sys.excepthook(*sys.exc_info())
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    logging.getLogger("sargui.gui.session").info("opened")
    text = started.read_text(encoding="utf-8")
    for part in ("in a slot", "division by zero", "INFO", "opened"):
        assert part in text


def test_what_qt_says_is_written_down(started):
    qWarning("from Qt")
    assert "WARNING" in started.read_text(encoding="utf-8")
    assert "Qt: from Qt" in started.read_text(encoding="utf-8")


def test_a_read_only_home_is_no_reason_to_stop(tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    hooks = sys.excepthook, threading.excepthook
    handlers = list(log.log.handlers)
    log.start(blocked / "sargui.log")
    assert "no log file" in capsys.readouterr().err
    sys.excepthook, threading.excepthook = hooks
    for handler in set(log.log.handlers) - set(handlers):
        log.log.removeHandler(handler)
    qInstallMessageHandler(None)


def test_what_leaves_an_override_is_logged_and_the_program_goes_on(started):
    @log.guarded(False)
    def event(of):
        return bool(1 / of)

    assert event(2) is True
    assert event(0) is False
    assert "uncaught exception in event" in started.read_text(encoding="utf-8")


def test_a_crash_of_the_program_leaves_its_stacks(tmp_path):
    file = tmp_path / "crashes.log"
    program = "import sys, ctypes\nfrom pathlib import Path\nfrom sargui.gui import log\n"
    program += "with log.crashes(Path(sys.argv[1])):\n    ctypes.string_at(0)"
    died = subprocess.run([sys.executable, "-c", program, file], capture_output=True, timeout=60)
    assert died.returncode != 0
    assert "most recent call first" in file.read_text(encoding="utf-8")
