"""The panes, linked, and the ways to compare in them: original, reconstruction, error, attention."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from sargui.core.types import Window
from sargui.gui.attention_shading import Overlay
from sargui.gui.scene import Scene
from sargui.gui.shading import SIGNED, ErrorKind, ErrorStyle, Shaded
from sargui.gui.views import content
from sargui.gui.views.content import Content
from sargui.gui.views.error_pane import ErrorPane
from sargui.gui.views.modes import SWAPPED, Mode, after
from sargui.gui.views.pair_pane import PairPane
from sargui.gui.views.pane import Pane
from sargui.gui.views.viewport import Viewport

SETTLE_MS = 150  # after the last pan or zoom, the visible part is asked for
Place = tuple[int, int, int, int]  # row, column, rows, columns
ALL: Place = (0, 0, 1, 1)


class PaneGrid(QWidget):
    """Shows what the session has; says where the cursor is, what is visible and how the user wants to see it."""

    pointed = Signal(object)  # (row, col) or None
    clicked = Signal(object)  # (row, col)
    looked = Signal(object)  # Window, once the view has settled
    arranged = Signal()  # mode, attention or kind of error have changed
    error_style_wanted = Signal(object)  # ErrorStyle
    stretch_wanted = Signal(object)  # Window whose values give the stretch, or None for the whole scene

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.viewport = Viewport(self)
        self.original = Pane("Original", self.viewport)
        self.decoded = Pane("Reconstruction", self.viewport)
        self.error = ErrorPane(self.viewport)
        self.attention = Pane("Attention", self.viewport)
        self.pair = PairPane(self.viewport)
        self.panes = (self.original, self.decoded, self.error, self.attention)
        self.mode = Mode.FOUR
        self.attention_shown = True
        self.error_style = SIGNED
        self._swapped = False
        self._held = False
        self._has_original = True
        self._meters_per_pixel: float | None = None
        self._contents: dict[Pane, Content] = {pane: Content(pane.accessibleName()) for pane in self.panes}
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(lambda: self.looked.emit(self.visible_window()))
        self._measure_soon = QTimer(self, singleShot=True, interval=0)
        self._measure_soon.timeout.connect(self._measure)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        for pane in (*self.panes, self.pair):
            self._grid.addWidget(pane, 0, 0)
            pane.eye.changed.connect(self._settle.start)
            pane.resized.connect(self._measure_soon.start)
            pane.gestures.pointed.connect(self._on_pointed)
            pane.gestures.clicked.connect(self.clicked)
        self.error.tolerance.valueChanged.connect(self.set_tolerance)
        self._arrange()

    # What is shown

    def show_scene(self, scene: Scene) -> None:
        """Look at a new scene, all of it."""
        self._has_original = not scene.is_compressed
        for pane in (*self.panes, self.pair):
            pane.show_scene(scene.info.rows, scene.info.cols)
            pane.show_cross(None)
        self.viewport.show_scene(scene.info.rows, scene.info.cols)

    def show_pictures(self, overview: Shaded, detail: Shaded | None, caption: str, decoded_there: bool) -> None:
        """Show the whole scene and, over it, the finer part; `decoded_there` says that there is a compressed file."""
        pictures = [shaded for shaded in (overview, detail) if shaded is not None]
        self._contents |= {
            self.original: content.original(pictures, caption),
            self.decoded: content.decoded(pictures, caption, decoded_there),
            self.error: content.error(pictures, decoded_there, self._has_original),
        }
        self._refresh()

    def show_attention(self, shown: Overlay | str) -> None:
        """Show what is attended to over the original, or say why nothing is."""
        below = self._contents[self.original].layers
        found = Content("Attention", sentence=shown) if isinstance(shown, str) else content.attention(shown, below)
        self._contents[self.attention] = found
        self._refresh()

    def show_scale(self, meters_per_pixel: float | None) -> None:
        """Say how wide a pixel of the scene is; without that the scale bar counts pixels."""
        self._meters_per_pixel = meters_per_pixel
        self._refresh()

    # How it is shown

    def set_mode(self, mode: Mode) -> None:
        """Compare in another way; attention alone brings the attention pane back."""
        self.mode = mode
        self.attention_shown |= mode is Mode.ATTENTION
        self._arrange()

    def next_mode(self) -> None:
        """Compare in the next way."""
        self.set_mode(after(self.mode))

    def swap(self) -> None:
        """Let original and reconstruction change places; of one alone, show the other."""
        if self.mode in SWAPPED:
            self.set_mode(SWAPPED[self.mode])
        else:
            self._swapped = not self._swapped
            self._arrange()

    def show_attention_pane(self, shown: bool) -> None:
        """Show the attention pane, or give its place to the others."""
        self.attention_shown = shown
        if not shown and self.mode is Mode.ATTENTION:
            self.mode = Mode.FOUR
        self._arrange()

    def hold_original(self, held: bool) -> None:
        """Show the original in every pane that has a picture, as long as it is held."""
        if held != self._held:
            self._held = held
            self._refresh()

    def set_error_kind(self, kind: ErrorKind) -> None:
        """Ask for another kind of error; it is seen when it has been computed."""
        self._want(replace(self.error_style, kind=kind))

    def next_error_kind(self) -> None:
        """Ask for the next kind of error."""
        kinds = list(ErrorKind)
        self.set_error_kind(kinds[(kinds.index(self.error_style.kind) + 1) % len(kinds)])

    def set_tolerance(self, decibels: float) -> None:
        """Ask to mark absolute errors above a number of dB; 0 marks none."""
        self._want(replace(self.error_style, tolerance_db=decibels))

    def stretch_to_visible(self, visible: bool) -> None:
        """Ask for the stretch of what is visible, or of the whole scene."""
        self.stretch_wanted.emit(self.visible_window() if visible else None)

    def visible_window(self) -> Window:
        """Return the part of the scene that is seen in any pane; empty if none shows any."""
        windows = [pane.eye.window(pane.surface.width(), pane.surface.height()) for pane in self._places()]
        seen = [window for window in windows if min(window.shape) > 0]
        if not seen:
            return windows[0]
        top, left = min(window.row for window in seen), min(window.col for window in seen)
        bottom = max(window.row + window.rows for window in seen)
        right = max(window.col + window.cols for window in seen)
        return Window(top, left, bottom - top, right - left)

    # Inside

    def _places(self) -> dict[Pane, Place]:
        """Return the panes to be seen, the most important first, and where they stand."""
        first, second = (self.decoded, self.original) if self._swapped else (self.original, self.decoded)
        match self.mode:
            case Mode.FOUR:
                below: dict[Pane, Place] = {self.error: (1, 0, 1, 2)}
                if self.attention_shown:
                    below = {self.error: (1, 0, 1, 1), self.attention: (1, 1, 1, 1)}
                return {first: (0, 0, 1, 1), second: (0, 1, 1, 1), **below}
            case Mode.TWO:
                return {first: (0, 0, 1, 1), second: (0, 1, 1, 1)}
            case Mode.SPLIT | Mode.BLINK:
                return {self.pair: ALL}
            case Mode.DIFFERENCE:
                return {self.error: ALL}
            case Mode.ORIGINAL:
                return {self.original: ALL}
            case Mode.RECONSTRUCTION:
                return {self.decoded: ALL}
            case Mode.ATTENTION:
                return {self.attention: ALL}

    def _arrange(self) -> None:
        places = self._places()
        focus = QApplication.focusWidget()
        focused = focus is not None and self.isAncestorOf(focus)
        for pane in (*self.panes, self.pair):
            self._grid.removeWidget(pane)
        for pane, place in places.items():
            self._grid.addWidget(pane, *place)
        for index in range(2):  # an empty row or column takes no place
            self._grid.setRowStretch(index, int(any(row <= index < row + rows for row, _, rows, _ in places.values())))
            self._grid.setColumnStretch(
                index, int(any(col <= index < col + cols for _, col, _, cols in places.values()))
            )
        for pane in (*self.panes, self.pair):
            pane.setVisible(pane in places)
        self.setFocusProxy(next(iter(places)))
        if focused and focus is not None and not focus.isVisible():
            self.setFocus()
        self.pair.set_blinking(self.mode is Mode.BLINK)
        self._refresh()
        self._measure_soon.start()
        self.arranged.emit()

    def _refresh(self) -> None:
        """Give each pane its content, or the original while that is held."""
        original = self._contents[self.original]
        shown = {
            pane: original if self._held and mine.layers and original.layers else mine
            for pane, mine in self._contents.items()
        }
        for pane, mine in shown.items():
            pane.show_content(mine)
        pair = (shown[self.original], shown[self.decoded])
        self.pair.show_pair(*(reversed(pair) if self._swapped else pair))
        places = self._places()
        scaled = self.original if self.original in places else next(iter(places))
        for pane in (*self.panes, self.pair):
            pane.show_scale(pane is scaled, self._meters_per_pixel)

    def _measure(self) -> None:
        """Let the viewport know how large the panes are."""
        surface = next(iter(self._places())).surface
        self.viewport.resize(surface.width(), surface.height())

    def _want(self, style: ErrorStyle) -> None:
        self.error_style = style
        self.error_style_wanted.emit(style)
        self.arranged.emit()

    def _on_pointed(self, at: tuple[int, int] | None) -> None:
        for pane in (*self.panes, self.pair):
            pane.show_cross(at)
        self.pointed.emit(at)
