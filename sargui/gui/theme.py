"""Light and dark: the palettes, what the system wants, what the user wants."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget


class Choice(StrEnum):
    """What the user can choose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colors:
    """The colors of one theme, as #rrggbb."""

    window: str  # around everything
    base: str  # fields, lists
    button: str
    border: str
    text: str
    dim: str  # captions, placeholders
    faint: str  # disabled
    accent: str
    on_accent: str
    chosen: str  # rows of a list; its text keeps the color of text
    alarm: str  # a sentence that says what went wrong
    pane: str  # around a picture
    hatch: str  # where a picture has no data
    style: str = ""


LIGHT = Colors(
    window="#f3f4f6",
    base="#ffffff",
    button="#fafbfc",
    border="#cfd4da",
    text="#1f262e",
    dim="#5c6670",
    faint="#a0a8b0",
    accent="#1f6fb2",
    on_accent="#ffffff",
    chosen="#cfe2f2",
    alarm="#a8321f",
    pane="#dfe2e6",
    hatch="#c3c9cf",
)
DARK = Colors(
    window="#20242a",
    base="#181b20",
    button="#2a2f37",
    border="#3a414b",
    text="#dde2e8",
    dim="#98a2ad",
    faint="#636c76",
    accent="#4c9fdf",
    on_accent="#0d1116",
    chosen="#24435c",
    alarm="#ff9580",
    pane="#14171b",
    hatch="#2c323a",
)


def colors_of(widget: QWidget) -> Colors:
    """Return the colors of the theme that a widget is drawn in."""
    return DARK if widget.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


class Theme(QObject):
    """Keeps the application in the chosen theme; `Choice.SYSTEM` follows the system when it changes."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.choice = Choice.SYSTEM
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self.choose(self.choice)

    @property
    def dark(self) -> bool:
        """True when the dark theme is on."""
        if self.choice is Choice.SYSTEM:
            return self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self.choice is Choice.DARK

    def choose(self, choice: Choice) -> None:
        """Put the application into a theme now."""
        self.choice = choice
        hints = self._app.styleHints()
        if choice is Choice.SYSTEM:
            hints.unsetColorScheme()
        else:  # so that the system's own title bars and file dialogs follow, where they can
            hints.setColorScheme(Qt.ColorScheme.Dark if choice is Choice.DARK else Qt.ColorScheme.Light)
        self._apply()

    @Slot()
    def _on_system_changed(self) -> None:
        if self.choice is Choice.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        colors = DARK if self.dark else LIGHT
        self._app.setPalette(_palette(colors))
        sheet = _sheet(colors)
        if sheet != self._app.styleSheet():  # which takes a sixth of a second, even if nothing changes
            self._app.setStyleSheet(sheet)


def _palette(colors: Colors) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for name, color in {
        role.Window: colors.window,
        role.WindowText: colors.text,
        role.Base: colors.base,
        role.AlternateBase: colors.window,
        role.Text: colors.text,
        role.PlaceholderText: colors.dim,
        role.Button: colors.button,
        role.ButtonText: colors.text,
        role.BrightText: colors.alarm,
        role.ToolTipBase: colors.base,
        role.ToolTipText: colors.text,
        role.Highlight: colors.accent,
        role.HighlightedText: colors.on_accent,
        role.Accent: colors.accent,
        role.Link: colors.accent,
        role.Light: colors.base,
        role.Midlight: colors.button,
        role.Mid: colors.border,
        role.Dark: colors.border,
        role.Shadow: colors.pane,
    }.items():
        palette.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colors.faint))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(colors.border))
    return palette


def _sheet(colors: Colors) -> str:
    """Return the few rules that a palette cannot say; widgets are named by the property `role`."""
    return f"""
        QToolBar {{ border: none; padding: 4px 6px; spacing: 4px; }}
        QToolBar::separator {{ background: {colors.border}; width: 1px; margin: 5px 6px; }}
        QToolButton {{ padding: 4px 10px; border: 1px solid transparent; border-radius: 4px; }}
        QToolButton:hover:enabled {{ background: {colors.button}; border-color: {colors.border}; }}
        QToolButton:checked, QToolButton:checked:hover:enabled {{
                       background: {colors.base}; border-color: {colors.accent}; }}
        QToolButton:disabled {{ color: {colors.faint}; }}
        QDockWidget {{ titlebar-close-icon: none; titlebar-normal-icon: none; }}
        QMainWindow::separator {{ background: {colors.window}; width: 5px; height: 5px; }}
        QToolTip {{ color: {colors.text}; background: {colors.base}; border: 1px solid {colors.border}; padding: 4px; }}
        QStatusBar::item {{ border: none; }}
        QScrollArea {{ border: none; }}
        QLabel[role="heading"] {{ color: {colors.dim}; font-weight: 600; letter-spacing: 1px; }}
        QLabel[role="dim"] {{ color: {colors.dim}; }}
        QLabel[role="alarm"] {{ color: {colors.alarm}; }}
        QLabel[role="caption"] {{ color: {colors.text}; font-weight: 600; }}
        QLabel[role="title"] {{ font-size: 20px; font-weight: 600; }}
        QFrame[role="rule"] {{ border: none; background: {colors.border}; max-height: 1px; }}
        QFrame[role="drop"] {{ border: 2px dashed {colors.border}; border-radius: 14px; background: {colors.base}; }}
        QFrame[role="drop"][hot="true"] {{ border-color: {colors.accent}; }}
        QFrame[role="banner"] {{ border: 1px solid {colors.alarm}; border-radius: 4px; background: {colors.base}; }}
        QFrame[role="pane"] {{ border: 1px solid {colors.border}; border-radius: 3px; background: {colors.window}; }}
        QFrame[role="pane"][focused="true"] {{ border-color: {colors.accent}; }}
        QAbstractItemView {{ selection-background-color: {colors.chosen}; selection-color: {colors.text}; }}
        QPushButton {{ padding: 5px 14px; border: 1px solid {colors.border}; border-radius: 4px;
                       background: {colors.button}; }}
        QPushButton:hover:enabled {{ border-color: {colors.accent}; }}
        QPushButton:focus {{ border-color: {colors.accent}; }}
        QPushButton:disabled {{ color: {colors.faint}; }}
        QPushButton[role="primary"]:enabled {{ background: {colors.accent}; color: {colors.on_accent};
                       border-color: {colors.accent}; font-weight: 600; }}
        QPushButton[role="primary"]:pressed {{ background: {colors.text}; }}
        QProgressBar {{ border: 1px solid {colors.border}; border-radius: 4px; background: {colors.base};
                       text-align: center; }}
        QProgressBar::chunk {{ background: {colors.accent}; border-radius: 3px; }}
    """
