"""The panes, linked, and the ways to compare in them: original, reconstruction, error, attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from sargui.core.types import Window
from sargui.gui.attention_shading import Overlay
from sargui.gui.marks import Mark, Region, Tool
from sargui.gui.scene import Scene
from sargui.gui.shading import SIGNED, ErrorKind, ErrorStyle, Shaded
from sargui.gui.views import content
from sargui.gui.views.content import UNDECODED, Content, Rival, State
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
    pinned = Signal(object)  # (row, col)
    sketched = Signal(object, object)  # start and end of a drag that draws, (row, col); pixel r reaches to r + 1
    drawn = Signal(object, object)  # the same, when it is done
    tool_changed = Signal()
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
        self.rival = Pane("Another reconstruction", self.viewport)
        self.panes = (self.original, self.decoded, self.error, self.attention)
        self.mode = Mode.FOUR
        self.attention_shown = True
        self.error_style = SIGNED
        self.tool = Tool.NONE  # what a drag draws
        self.at: tuple[int, int] | None = None  # the pixel under the cursor
        self._pictures: Sequence[Shaded] = ()
        self._attended: Overlay | str = ""
        self._swapped = self._held = False
        self._meters_per_pixel: float | None = None
        self._every = (*self.panes, self.rival, self.pair)
        self._comparing = False  # two reconstructions
        self._contents: dict[Pane, Content] = {pane: Content(pane.accessibleName()) for pane in self._every[:-1]}
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(lambda: self.looked.emit(self.visible_window()))
        self._measure_soon = QTimer(self, singleShot=True, interval=0)
        self._measure_soon.timeout.connect(self._measure)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        for pane in self._every:
            self._grid.addWidget(pane, 0, 0)
            pane.eye.changed.connect(self._settle.start)
            pane.resized.connect(self._measure_soon.start)
            pane.gestures.pointed.connect(self.point)
            for name in ("clicked", "pinned", "sketched", "drawn"):
                getattr(pane.gestures, name).connect(getattr(self, name))
        self.error.tolerance.valueChanged.connect(self.set_tolerance)
        self._arrange()

    # What is shown

    def show_scene(self, scene: Scene) -> None:
        """Look at a new scene, all of it."""
        self.at, self._attended = None, ""
        for pane in self._every:
            pane.show_scene(scene.info.rows, scene.info.cols)
            pane.show_cross(None)
        self.viewport.show_scene(scene.info.rows, scene.info.cols)

    def show_pictures(self, pictures: Sequence[Shaded], state: State, rival: Rival | None = None) -> None:
        """Show the whole scene and, over it, finer parts; `state` says of which version they are."""
        self._pictures = pictures
        title = "Reconstruction" if rival is None else f"B: {rival.other}"
        self._contents |= {
            self.original: content.original(pictures),
            self.decoded: content.decoded(pictures, state, title),
            self.error: content.error(pictures, state),
            self.attention: content.attention(self._attended, pictures),
        }
        if rival is not None:
            self._contents[self.rival] = content.decoded(rival.pictures, State(missing=UNDECODED), f"A: {rival.name}")
        changed, self._comparing = self._comparing != (rival is not None), rival is not None
        (self._arrange if changed else self._refresh)()

    def show_attention(self, shown: Overlay | str) -> None:
        """Show what is attended to over the original, or say why nothing is."""
        self._attended = shown
        self._contents[self.attention] = content.attention(shown, self._pictures)
        self._refresh()

    def show_marks(self, marks: Sequence[Mark], chosen: Mark | None) -> None:
        """Draw what is marked in the scene, in all panes."""
        for pane in self._every:
            pane.show_marks(marks, chosen)

    def outline(self, part: Region | None) -> None:
        """Frame a part of the scene in all panes, or none."""
        for pane in self._every:
            pane.outline(part)

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

    def set_tool(self, tool: Tool) -> None:
        """Let drags draw something, or pan."""
        if tool is not self.tool:
            self.tool = tool
            for pane in self._every:
                pane.gestures.set_drawing(tool is not Tool.NONE)
            self.setFocus()
            self.tool_changed.emit()

    def look_to(self, row: float, col: float) -> None:
        """Bring a place of the scene into the middle."""
        view = self.viewport
        view.pan((view.x - col) * view.zoom, (view.y - row) * view.zoom)

    def set_error_kind(self, kind: ErrorKind) -> None:
        """Ask for another kind of error; it is seen when it has been computed."""
        self.want_errors(replace(self.error_style, kind=kind))

    def next_error_kind(self) -> None:
        """Ask for the next kind of error."""
        kinds = list(ErrorKind)
        self.set_error_kind(kinds[(kinds.index(self.error_style.kind) + 1) % len(kinds)])

    def set_tolerance(self, decibels: float) -> None:
        """Ask to mark absolute errors above a number of dB; 0 marks none."""
        self.want_errors(replace(self.error_style, tolerance_db=decibels))

    def want_errors(self, style: ErrorStyle) -> None:
        """Ask for a way to show errors."""
        self.error_style = style
        self.error_style_wanted.emit(style)
        self.arranged.emit()

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Draw what is visible with Return: a rectangle about it, or a line across its middle."""
        if self.tool is Tool.NONE or event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        seen = self.visible_window()
        top, bottom = (seen.row, seen.row + seen.rows - 1)
        if self.tool is Tool.LINE:
            top = bottom = seen.row + seen.rows // 2
        self.drawn.emit((top + 0.5, seen.col + 0.5), (bottom + 0.5, seen.col + seen.cols - 0.5))

    # Inside

    @property
    def _left(self) -> Pane:
        """The pane that the reconstruction is compared with."""
        return self.rival if self._comparing else self.original

    def _places(self) -> dict[Pane, Place]:
        """Return the panes to be seen, the most important first, and where they stand."""
        left = self._left if self.mode is Mode.TWO else self.original
        first, second = (self.decoded, left) if self._swapped else (left, self.decoded)
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
        for pane in self._every:
            self._grid.removeWidget(pane)
        for pane, place in places.items():
            self._grid.addWidget(pane, *place)
        for index in range(2):  # an empty row or column takes no place
            self._grid.setRowStretch(index, int(any(row <= index < row + rows for row, _, rows, _ in places.values())))
            self._grid.setColumnStretch(
                index, int(any(col <= index < col + cols for _, col, _, cols in places.values()))
            )
        for pane in self._every:
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
        pair = (shown[self._left], shown[self.decoded])
        self.pair.show_pair(*(reversed(pair) if self._swapped else pair))
        places = self._places()
        scaled = self.original if self.original in places else next(iter(places))
        for pane in self._every:
            pane.show_scale(pane is scaled, self._meters_per_pixel)

    def _measure(self) -> None:
        """Let the viewport know how large the panes are."""
        surface = next(iter(self._places())).surface
        self.viewport.resize(surface.width(), surface.height())

    def point(self, at: tuple[int, int] | None) -> None:
        """Mark a pixel with a cross in all panes, and say that it is pointed at; None: no pixel."""
        self.at = at
        for pane in self._every:
            pane.show_cross(at)
        self.pointed.emit(at)
