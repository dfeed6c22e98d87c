"""Every command of the window, with its key; the menus and the toolbar made of them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QToolBar

from sargui.gui.theme import Choice

GESTURES = [
    ("Drag", "Pan all panes"),
    ("Wheel", "Zoom all panes about the cursor"),
    ("Double-click", "Fit the scene"),
    ("Arrows", "Pan, when a pane has the focus"),
]


class Actions:
    """The commands as attributes; the window connects and enables them."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self.open = self._action("&Open…", "Ctrl+O")
        self.sample = self._action("Open the Sa&mple Scene")
        self.save = self._action("&Save .sarz…", "Ctrl+S")
        self.export = self._action("&Export GeoTIFF…", "Ctrl+E")
        self.quit = self._action("&Quit", "Ctrl+Q")
        self.compress = self._action("&Compress", "Ctrl+Return", "Ctrl+Enter")
        self.cancel = self._action("C&ancel", "Esc")
        self.fit = self._action("&Fit", "F", "Ctrl+9")
        self.pixels = self._action("&1:1", "Ctrl+0")
        self.zoom_in = self._action("Zoom &In", "Ctrl++", "Ctrl+=")
        self.zoom_out = self._action("Zoom &Out", "Ctrl+-")
        self.reset = self._action("&Reset Layout")
        self.keys = self._action("&Keys", "?")
        self.log = self._action("Open &Log")
        self.about = self._action("&About sargui")
        self.themes = {choice: self._action(f"&{choice.title()}") for choice in Choice}
        group = QActionGroup(window)
        for action in self.themes.values():
            action.setCheckable(True)
            group.addAction(action)

    def fill_menus(self, panels: list[QAction]) -> None:
        """Build the menu bar; `panels` are the docks' own show and hide commands."""
        bar = self._window.menuBar()
        file = bar.addMenu("&File")
        file.addActions([self.open, self.sample])
        file.addSeparator()
        file.addActions([self.save, self.export])
        file.addSeparator()
        file.addAction(self.quit)
        job = bar.addMenu("&Job")
        job.addActions([self.compress, self.cancel])
        view = bar.addMenu("&View")
        view.addActions([self.fit, self.pixels, self.zoom_in, self.zoom_out])
        view.addSeparator()
        view.addMenu("&Theme").addActions(list(self.themes.values()))
        view.addSeparator()
        view.addActions([*panels, self.reset])
        bar.addMenu("&Help").addActions([self.keys, self.log, self.about])

    def fill_toolbar(self, bar: QToolBar) -> None:
        """Put the frequent commands into the toolbar."""
        bar.addActions([self.open, self.save, self.export])
        bar.addSeparator()
        bar.addActions([self.fit, self.pixels])

    def key_list(self) -> list[tuple[str, str]]:
        """Return keys and what they do, for the help page."""
        native = QKeySequence.SequenceFormat.NativeText
        named = [action for action in vars(self).values() if isinstance(action, QAction) and action.shortcuts()]
        keys = [
            (" or ".join(key.toString(native) for key in action.shortcuts()), action.text().replace("&", ""))
            for action in named
        ]
        return keys + GESTURES

    def _action(self, text: str, *keys: str) -> QAction:
        action = QAction(text, self._window)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if keys:
            shown = QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text.replace('&', '').rstrip('…')} ({shown})")
        self._window.addAction(action)
        return action
