"""What the window remembers from one day to the next: its geometry, theme and folder; never what shapes a result."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

from sargui.gui.recent import RecentFiles
from sargui.gui.shading import ErrorKind
from sargui.gui.theme import Choice
from sargui.gui.views.modes import Mode

SHOWN, HIDDEN = "shown", "hidden"  # an INI file gives booleans back as text
LAYOUT_VERSION = 2  # raise it when docks or toolbars change, and old layouts are ignored


class WindowState:
    """Typed access to a QSettings: whatever the file holds, a value has its type or is the default."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self.recent = RecentFiles(settings)

    @property
    def theme(self) -> Choice:
        """The chosen theme."""
        text = self._text("theme")
        return Choice(text) if text in set(Choice) else Choice.SYSTEM

    @theme.setter
    def theme(self, choice: Choice) -> None:
        self._settings.setValue("theme", str(choice))

    @property
    def folder(self) -> Path:
        """The folder of the last dialog, or the user's home."""
        folder = Path(self._text("folder") or Path.home())
        return folder if folder.is_dir() else Path.home()

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._settings.setValue("folder", str(folder))

    @property
    def mode(self) -> Mode:
        """How pictures were compared."""
        text = self._text("mode")
        return Mode(text) if text in set(Mode) else Mode.FOUR

    @property
    def error_kind(self) -> ErrorKind:
        """Which kind of error was shown."""
        text = self._text("error")
        return ErrorKind(text) if text in set(ErrorKind) else ErrorKind.SIGNED

    @property
    def attention_shown(self) -> bool:
        """Whether the attention pane was shown."""
        return self._text("attention") != HIDDEN

    def keep_views(self, mode: Mode, error_kind: ErrorKind, attention_shown: bool) -> None:
        """Remember how pictures are compared."""
        for key, text in (("mode", mode), ("error", error_kind), ("attention", SHOWN if attention_shown else HIDDEN)):
            self._settings.setValue(key, str(text))

    def restore(self, window: QMainWindow) -> bool:
        """Give a window its old geometry and layout; return whether there was one."""
        geometry, layout = self._bytes("geometry"), self._bytes("layout")
        window.restoreState(layout, LAYOUT_VERSION)
        return window.restoreGeometry(geometry)

    def keep(self, window: QMainWindow) -> None:
        """Remember geometry and layout of a window."""
        self._settings.setValue("geometry", window.saveGeometry())
        self._settings.setValue("layout", window.saveState(LAYOUT_VERSION))
        self._settings.sync()

    def _text(self, key: str) -> str:
        value = self._settings.value(key)
        return value if isinstance(value, str) else ""

    def _bytes(self, key: str) -> QByteArray:
        value = self._settings.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()
