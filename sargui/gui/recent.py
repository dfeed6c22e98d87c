"""The files that were opened last: ten of them, in the settings and in a menu."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QMenu, QWidget

MAX_FILES = 10
KEY = "recent"


class RecentFiles:
    """At most ten paths in a QSettings, newest first."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def paths(self) -> list[Path]:
        """Return the files that are there now; those that have vanished are kept in mind, for they may come back."""
        return [path for path in self._all() if path.exists()]

    def add(self, path: Path) -> None:
        """Put a file first."""
        path = path.absolute()
        newest = [path, *(other for other in self._all() if other != path)]
        self._settings.setValue(KEY, [str(other) for other in newest[:MAX_FILES]])

    def clear(self) -> None:
        """Forget all."""
        self._settings.remove(KEY)

    def _all(self) -> list[Path]:
        """Return what is stored: an INI file gives a list of one entry back as a text, and an empty one as None."""
        value = self._settings.value(KEY)
        texts = value if isinstance(value, list) else [value]
        return [Path(text) for text in texts if isinstance(text, str) and text][:MAX_FILES]


class RecentMenu(QMenu):
    """Lists the files when it opens; says which one is wanted."""

    open_wanted = Signal(Path)

    def __init__(self, files: RecentFiles, parent: QWidget | None = None) -> None:
        super().__init__("Open &Recent", parent)
        self._files = files
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        paths = self._files.paths()
        names = [path.name for path in paths]
        for number, path in enumerate(paths, start=1):
            name = path.name if names.count(path.name) == 1 else f"{path.name} ({path.parent})"
            action = self.addAction(f"&{number % 10} {name.replace('&', '&&')}")
            action.setToolTip(str(path))
            action.triggered.connect(partial(self._on_chosen, path))
        if not paths:
            self.addAction("No Recent Files").setEnabled(False)
        self.addSeparator()
        forget = self.addAction("&Clear List")
        forget.setEnabled(bool(self._files.paths()))
        forget.triggered.connect(self._files.clear)

    def _on_chosen(self, path: Path, *_: object) -> None:
        self.open_wanted.emit(path)
