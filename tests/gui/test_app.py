"""The program itself, in its own process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(code, tmp_path, **environment):
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "c"), "XDG_STATE_HOME": str(tmp_path / "s")}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, timeout=120, check=False, cwd=ROOT, env=os.environ | home | environment,
    )  # fmt: skip


def test_the_window_opens_without_torch_and_rasterio(tmp_path):
    code = (
        "import sys\n"
        "from PySide6.QtCore import QTimer\n"
        "from sargui.gui import app, main_window\n"
        "shown = []\n"
        "def look():\n"
        "    windows = [w for w in app.QApplication.topLevelWidgets() if isinstance(w, main_window.MainWindow)]\n"
        "    shown.append(windows[0].isVisible()); windows[0].close()\n"
        "old = app.MainWindow.show\n"
        "def show(self):\n"
        "    old(self); QTimer.singleShot(200, look)\n"
        "app.MainWindow.show = show\n"
        "code = app.main([])\n"
        "print(code, shown, sorted({'torch', 'rasterio', 'numba'} & set(sys.modules)))\n"
    )
    done = run(code, tmp_path)
    assert done.stdout.strip() == "0 [True] []", done.stderr


def test_help_needs_no_screen(tmp_path):
    done = run("from sargui.gui.app import main; main(['--help'])", tmp_path)
    assert done.returncode == 0
    assert "FILE" in done.stdout
    assert "sargui --help" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_the_system_can_end_it_without_traces(tmp_path):
    code = (
        "import os, signal, sys\n"
        "from PySide6.QtCore import QTimer\n"
        "from sargui.gui import app\n"
        "app.MainWindow.closeEvent = lambda self, event: event.ignore()\n"  # as when it asks about what is unsaved
        "old = app.MainWindow.show\n"
        "def show(self):\n"
        "    old(self); QTimer.singleShot(200, lambda: os.kill(os.getpid(), signal.SIGTERM))\n"
        "app.MainWindow.show = show\n"
        "sys.exit(app.main([]))\n"
    )
    (tmp_path / "temporary").mkdir()
    done = run(code, tmp_path, TMPDIR=str(tmp_path / "temporary"))
    assert done.returncode == 0, done.stderr
    assert not list((tmp_path / "temporary").glob("sargui-*"))
