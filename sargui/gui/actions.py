"""Every command of the window, with its key; the menus and the toolbar made of them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar

from sargui.gui.shading import ErrorKind
from sargui.gui.theme import Choice
from sargui.gui.views.modes import CYCLE, Mode

GESTURES = [
    ("Space, held", "Show the original in all panes"),
    ("Drag", "Pan all panes"),
    ("Alt and drag", "Move one pane alone, until the scene is fitted again"),
    ("Wheel", "Zoom all panes about the cursor"),
    ("Double-click", "Fit the scene"),
    ("Shift and click", "Pin the pixel"),
    ("Return, while drawing", "Mark the visible part, or a line across it"),
    ("Arrows", "Pan, when a pane has the focus"),
    ("Return or Esc, in a field", "Give the keys back to the panes"),
]


MODES: dict[Mode, tuple[str, tuple[str, ...]]] = {  # in menu and toolbar, keys
    Mode.FOUR: ("&All Panes", ()),
    Mode.TWO: ("Side &by Side", ()),
    Mode.SPLIT: ("&Split", ()),
    Mode.BLINK: ("B&link", ("B",)),
    Mode.DIFFERENCE: ("&Error Alone", ("D", "3")),
    Mode.ORIGINAL: ("&Original Alone", ("1",)),
    Mode.RECONSTRUCTION: ("&Reconstruction Alone", ("2",)),
    Mode.ATTENTION: ("Attention Alo&ne", ("4",)),
}
ERROR_KINDS = {
    ErrorKind.SIGNED: "&Signed, dB",
    ErrorKind.ABSOLUTE: "&Absolute, dB",
    ErrorKind.RATIO: "&Ratio of Power",
    ErrorKind.SQUARED: "S&quared, dB²",
}


class Actions:
    """The commands as attributes; the window connects and enables them."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self.open = self._action("&Open…", "Ctrl+O")
        self.sample = self._action("Open the Sa&mple Scene")
        self.original = self._action("&Locate Original…", "Ctrl+L")
        self.save = self._action("&Save .sarz…", "Ctrl+S")
        self.save_as = self._action("Save &As…", "Ctrl+Shift+S")
        self.export = self._action("&Export GeoTIFF…", "Ctrl+E")
        self.export_cog = self._action("Export &Cloud-Optimized GeoTIFF…")
        self.export_safe = self._action("Export SA&FE Folder…")
        self.report = self._action("Save Re&port…", "Ctrl+R")
        self.quit = self._action("&Quit", "Ctrl+Q")
        self.undo = self._action("&Undo Settings", "Ctrl+Z")
        self.redo = self._action("&Redo Settings", "Ctrl+Shift+Z", "Ctrl+Y")
        self.compress = self._action("&Compress", "Ctrl+Return", "Ctrl+Enter")
        self.cancel = self._action("C&ancel", "Esc")
        self.fit = self._action("&Fit", "F", "Ctrl+9")
        self.pixels = self._action("&1:1", "Ctrl+0")
        self.zoom_in = self._action("Zoom &In", "Ctrl++", "Ctrl+=")
        self.zoom_out = self._action("Zoom &Out", "Ctrl+-")
        self._add_comparing()
        self._add_measuring()
        self.reset = self._action("&Reset Layout")
        self.keys = self._action("&Keys", "?")
        self.log = self._action("Open &Log")
        self.about = self._action("&About sargui")
        self.themes = {choice: self._action(f"&{choice.title()}") for choice in Choice}
        self._one_of(self.themes.values())

    def fill_menus(self, panels: list[QAction], recent: QMenu) -> None:
        """Build the menu bar; `panels` are the docks' own show and hide commands, `recent` lists files."""
        bar = self._window.menuBar()
        file = bar.addMenu("&File")
        file.addAction(self.open)
        file.addMenu(recent)
        file.addActions([self.sample, self.original])
        file.addSeparator()
        file.addActions([self.save, self.save_as])
        file.addSeparator()
        file.addActions([*self.exports, self.report])
        file.addSeparator()
        file.addAction(self.quit)
        bar.addMenu("&Edit").addActions([self.undo, self.redo])
        job = bar.addMenu("&Job")
        job.addActions([self.compress, self.cancel])
        view = bar.addMenu("&View")
        view.addActions([self.fit, self.pixels, self.zoom_in, self.zoom_out])
        view.addSeparator()
        view.addMenu("&Theme").addActions(list(self.themes.values()))
        view.addSeparator()
        view.addActions([*panels, self.reset])
        self._fill_compare(bar.addMenu("&Compare"))
        measure = bar.addMenu("&Measure")
        measure.addActions([self.pin, self.region, self.profile, self.histogram, self.quality])
        measure.addSeparator()
        measure.addAction(self.remove)
        bar.addMenu("&Help").addActions([self.keys, self.log, self.about])

    def fill_toolbar(self, bar: QToolBar) -> None:
        """Put the frequent commands into the toolbar."""
        bar.addActions([self.open, self.save, self.export])
        bar.addSeparator()
        bar.addActions([self.modes[mode] for mode in CYCLE])
        bar.addSeparator()
        bar.addActions([self.fit, self.pixels])

    def key_list(self) -> list[tuple[str, str]]:
        """Return keys and what they do, for the help page."""
        native = QKeySequence.SequenceFormat.NativeText
        every: list[object] = []
        for value in vars(self).values():
            every += value.values() if isinstance(value, dict) else [value]
        named = [action for action in every if isinstance(action, QAction) and action.shortcuts()]
        keys = [
            (" or ".join(key.toString(native) for key in action.shortcuts()), action.text().replace("&", ""))
            for action in named
        ]
        return keys + GESTURES

    @property
    def exports(self) -> list[QAction]:
        """The commands that write what was decoded."""
        return [self.export, self.export_cog, self.export_safe]

    @property
    def comparing(self) -> list[QAction]:
        """The commands that need a scene to compare in."""
        return [
            *self.modes.values(),
            *self.error_kinds.values(),
            *(self.next_mode, self.swap, self.divider_left, self.divider_right),
            *(self.attention, self.previous_layer, self.next_layer, self.query),
            *(self.next_error, self.lock_error, self.stretch),
            *(self.pin, self.region, self.profile, self.histogram, self.quality, self.remove),
        ]

    def _add_comparing(self) -> None:
        self.modes: dict[Mode, QAction] = {}
        for mode, (text, keys) in MODES.items():
            self.modes[mode] = self._action(text, *keys)
        self._one_of(self.modes.values()).setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        self.next_mode = self._action("Ne&xt Way to Compare", "M")
        self.swap = self._action("S&wap Original and Reconstruction", "X")
        self.keep = self._action("Compare &with Other Settings", "K")
        self.keep.setCheckable(True)
        self.worst = self._action("Next &Worst Tile", "W")
        self.divider_left = self._action("Move Divider Left", "Shift+Left")
        self.divider_right = self._action("Move Divider Right", "Shift+Right")
        self.attention = self._action("Show A&ttention", "A")
        self.previous_layer = self._action("&Previous Place in the Network", ",")
        self.next_layer = self._action("Ne&xt Place in the Network", ".")
        self.query = self._action("Ask What the &Middle Attends to", "Q")
        self.error_kinds = {kind: self._action(text) for kind, text in ERROR_KINDS.items()}
        self._one_of(self.error_kinds.values())
        self.next_error = self._action("Next &Kind of Error", "Y")
        self.lock_error = self._action("Loc&k the Error Scale")
        self.stretch = self._action("Stretch to the &Visible Part", "N")
        for action in (self.attention, self.stretch, self.lock_error):
            action.setCheckable(True)

    def _add_measuring(self) -> None:
        self.pin = self._action("&Pin the Pixel under the Cursor", "P")
        self.region = self._action("Draw a &Region", "R")
        self.profile = self._action("&Line Profile", "L")
        self.histogram = self._action("&Histogram", "H")
        self.quality = self._action("Fig&ures of Quality", "U")
        self.remove = self._action("Remove the &Chosen Mark", "Del")
        self.remove.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)  # Del is the queue's, too
        self._window.removeAction(self.remove)
        for action in (self.region, self.profile, self.histogram, self.quality):
            action.setCheckable(True)

    def _fill_compare(self, menu: QMenu) -> None:
        menu.addActions(list(self.modes.values()))
        menu.addSeparator()
        menu.addActions([self.keep, self.next_mode, self.swap, self.divider_left, self.divider_right])
        menu.addSeparator()
        menu.addMenu("&Kind of Error").addActions(list(self.error_kinds.values()))
        menu.addActions([self.next_error, self.lock_error, self.worst, self.stretch])
        menu.addSeparator()
        menu.addActions([self.attention, self.previous_layer, self.next_layer, self.query])

    def _one_of(self, actions: Iterable[QAction]) -> QActionGroup:
        """Make actions checkable, one at a time."""
        group = QActionGroup(self._window)
        for action in actions:
            action.setCheckable(True)
            group.addAction(action)
        return group

    def _action(self, text: str, *keys: str) -> QAction:
        action = QAction(text, self._window)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if keys:
            shown = QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text.replace('&', '').rstrip('…')} ({shown})")
        self._window.addAction(action)
        return action
