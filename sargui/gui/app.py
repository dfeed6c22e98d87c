"""Starts the window: `sargui-gui [FILE...]`, or `python main.py [FILE...]`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import platformdirs
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from sargui.gui import desktop, log
from sargui.gui.frame import icon
from sargui.gui.garbage import Garbage
from sargui.gui.main_window import MainWindow
from sargui.gui.session import Session
from sargui.gui.theme import Theme
from sargui.gui.window_state import WindowState

logger = logging.getLogger(__name__)

SIGNAL_BEAT_MS = 300


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, with the files named on the command line, and stay until it closes."""
    parser = argparse.ArgumentParser(
        description="Compress SAR images, and see what that does.", epilog="For scripts there is sargui: sargui --help."
    )
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path, help="a raster or a .sarz to open")
    menus = parser.add_mutually_exclusive_group()
    menus.add_argument("--install-desktop", action="store_true", help="put sargui into this user's menus, and end")
    menus.add_argument("--uninstall-desktop", action="store_true", help="take it out again, and end")
    known, for_qt = parser.parse_known_args(arguments)
    if known.install_desktop or known.uninstall_desktop:
        return desktop.install() if known.install_desktop else desktop.uninstall()
    log.start()
    with log.crashes():
        return _run(for_qt, known.files)


def _run(for_qt: Sequence[str], files: Sequence[Path]) -> int:
    """Show the window until it is closed; return the exit code."""
    app = QApplication([sys.argv[0], *for_qt])
    app.setApplicationName("sargui")
    app.setApplicationDisplayName("sargui")
    app.setDesktopFileName("sargui")
    app.setWindowIcon(icon())
    _end_on_signals(app)
    Garbage(app)
    session = Session()
    try:
        window = MainWindow(session, WindowState(settings()), Theme(app))
        window.show()
        window.activateWindow()  # without a window manager nobody else gives it the keyboard
        QTimer.singleShot(0, window, lambda: window.open(list(files)))
        logger.info("started")
        return app.exec()
    finally:  # however it ends: a thread that outlives the program would abort it
        session.shutdown()


def _end_on_signals(app: QApplication) -> None:
    """End in order, without traces or questions, on Ctrl+C in the terminal and when the system says so."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: app.exit())  # not quit(), which would ask about what is unsaved
    beat = QTimer(app)  # Python hears a signal only when it runs
    beat.timeout.connect(lambda: None)
    beat.start(SIGNAL_BEAT_MS)


def settings() -> QSettings:
    """Return where the window keeps what it remembers."""
    folder = Path(platformdirs.user_config_dir("sargui", appauthor=False))
    return QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)


if __name__ == "__main__":
    sys.exit(main())
