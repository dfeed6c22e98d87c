"""Where panes look: one center and one zoom for all, so that they are linked by construction, and each one's offset."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Signal

from sargui.core.types import Window

FIT_MARGIN = 0.98  # of the pane; a thin frame shows where the scene ends
LARGEST_ZOOM = 64.0  # screen pixels per scene pixel


class Viewport(QObject):
    """Center in scene pixels (x right, y down, (0, 0) the scene's corner), zoom in screen pixels per scene pixel.

    Until the user pans or zooms, the scene stays fitted when the panes change size.
    """

    changed = Signal()
    relinked = Signal()  # panes that were moved alone look where the others do again

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.x = 0.0
        self.y = 0.0
        self.zoom = 1.0
        self.fitted = True
        self._rows, self._cols = 1, 1
        self._width, self._height = 1, 1

    def show_scene(self, rows: int, cols: int) -> None:
        """Look at a new scene, all of it."""
        self._rows, self._cols = max(1, rows), max(1, cols)
        self.fit()

    def resize(self, width: int, height: int) -> None:
        """Take note of the size of a pane."""
        if (width, height) != (self._width, self._height) and min(width, height) > 0:
            self._width, self._height = width, height
            if self.fitted:
                self._fit()
            else:
                self.changed.emit()

    def fit(self) -> None:
        """Show the whole scene, the same in all panes."""
        self.relinked.emit()
        self._fit()

    def show_pixels(self, screen_per_scene: float = 1.0) -> None:
        """Show one scene pixel as one pixel of the screen, about the same center."""
        self._set(self.x, self.y, screen_per_scene)

    def look_at(self, x: float, y: float) -> None:
        """Bring a place of the scene, in pixels, to the center."""
        self._set(x, y, self.zoom)

    def show_part(self, part: Window) -> None:
        """Show a part of the scene, as large as the pane allows."""
        zoom = FIT_MARGIN * min(self._width / max(1, part.cols), self._height / max(1, part.rows))
        self._set(part.col + part.cols / 2, part.row + part.rows / 2, min(zoom, LARGEST_ZOOM))

    def pan(self, right_px: float, down_px: float) -> None:
        """Move the picture by screen pixels."""
        self._set(self.x - right_px / self.zoom, self.y - down_px / self.zoom, self.zoom)

    def zoom_by(self, factor: float, right_px: float = 0.0, down_px: float = 0.0) -> None:
        """Zoom about a point given in screen pixels from the center of the pane: what is there stays there."""
        at_x, at_y = self.x + right_px / self.zoom, self.y + down_px / self.zoom
        zoom = min(max(self.zoom * factor, min(self._fitting_zoom() / 2, 1.0)), LARGEST_ZOOM)
        self._set(at_x - right_px / zoom, at_y - down_px / zoom, zoom)

    def pixel(self, right_px: float, down_px: float) -> tuple[int, int] | None:
        """Return (row, col) of the scene pixel at a point in screen pixels from the center, None outside."""
        col, row = math.floor(self.x + right_px / self.zoom), math.floor(self.y + down_px / self.zoom)
        return (row, col) if 0 <= row < self._rows and 0 <= col < self._cols else None

    def step(self, device_ratio: float) -> int:
        """Return how many scene pixels are one of the screen, at least 1; the window's are `device_ratio` of these."""
        return max(1, math.floor(1 / (self.zoom * device_ratio)))

    def window(self) -> Window:
        """Return the part of the scene that a pane shows which was not moved alone."""
        return self.window_at(self.x, self.y, self._width, self._height)

    def window_at(self, x: float, y: float, width: float, height: float) -> Window:
        """Return the part of the scene in `width` × `height` screen pixels about a center in scene pixels."""
        top, bottom = (self._clip(y + side * height / 2 / self.zoom, self._rows) for side in (-1, 1))
        left, right = (self._clip(x + side * width / 2 / self.zoom, self._cols) for side in (-1, 1))
        row, col = math.floor(top), math.floor(left)
        return Window(row, col, math.ceil(bottom) - row, math.ceil(right) - col)

    @staticmethod
    def _clip(value: float, limit: int) -> float:
        return min(max(value, 0.0), float(limit))

    def _fit(self) -> None:
        self.x, self.y, self.zoom = self._cols / 2, self._rows / 2, self._fitting_zoom()
        self.fitted = True
        self.changed.emit()

    def _fitting_zoom(self) -> float:
        return FIT_MARGIN * min(self._width / self._cols, self._height / self._rows)

    def _set(self, x: float, y: float, zoom: float) -> None:
        self.x, self.y, self.zoom = self._clip(x, self._cols), self._clip(y, self._rows), zoom
        self.fitted = False
        self.changed.emit()


class Eye(QObject):
    """Where one pane looks: where all look, moved by an offset of its own (scene pixels) until all are linked again."""

    changed = Signal()

    def __init__(self, shared: Viewport, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shared = shared
        self._right, self._down = 0.0, 0.0
        shared.changed.connect(self.changed)
        shared.relinked.connect(self._relink)

    @property
    def x(self) -> float:
        """The column in the middle of the pane."""
        return self.shared.x + self._right

    @property
    def y(self) -> float:
        """The row in the middle of the pane."""
        return self.shared.y + self._down

    @property
    def moved(self) -> bool:
        """True while the pane looks elsewhere than the others."""
        return (self._right, self._down) != (0.0, 0.0)

    def move(self, right_px: float, down_px: float) -> None:
        """Move the picture of this pane alone by screen pixels."""
        self._right -= right_px / self.shared.zoom
        self._down -= down_px / self.shared.zoom
        self.changed.emit()

    def pixel(self, right_px: float, down_px: float) -> tuple[int, int] | None:
        """Return (row, col) of the scene pixel at a point in screen pixels from the center, None outside."""
        zoom = self.shared.zoom
        return self.shared.pixel(right_px + self._right * zoom, down_px + self._down * zoom)

    def window(self, width: float, height: float) -> Window:
        """Return the part of the scene in a pane of that many screen pixels; empty where it has left the scene."""
        return self.shared.window_at(self.x, self.y, width, height)

    def _relink(self) -> None:
        self._right, self._down = 0.0, 0.0  # the viewport says at once that it has changed
