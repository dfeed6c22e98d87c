"""The four panes, linked: original, reconstruction, error, attention."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from sargui.gui.scene import Scene
from sargui.gui.shading import DIVERGING, GRAY, Rgba, Shaded
from sargui.gui.views.pane import Layer, Pane
from sargui.gui.views.viewport import Viewport

SETTLE_MS = 150  # after the last pan or zoom, the visible part is asked for

NO_ORIGINAL = "A .sarz file holds no original:\nthere is only its reconstruction."
NO_ERROR_HERE = "The error needs the original,\nwhich a .sarz file does not hold."
NOT_YET = "Compress (Ctrl+Return) to see the reconstruction here."
NO_ERROR_YET = "The error appears with the reconstruction."
UNDECODED = "Zoom in: the reconstruction is shown where it has been decoded."


class PaneGrid(QWidget):
    """Shows what the session has; says where the cursor is and which part of the scene is visible."""

    pointed = Signal(object)  # (row, col) or None
    looked = Signal(object)  # Window, once the view has settled

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.viewport = Viewport(self)
        self.original = Pane("Original", GRAY, self.viewport)
        self.decoded = Pane("Reconstruction", GRAY, self.viewport)
        self.error = Pane("Error", DIVERGING, self.viewport, signed=True)
        self.attention = Pane("Attention", GRAY, self.viewport)
        self.panes = (self.original, self.decoded, self.error, self.attention)
        self._compressed = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(lambda: self.looked.emit(self.viewport.window()))
        self.viewport.changed.connect(self._settle.start)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for index, pane in enumerate(self.panes):
            grid.addWidget(pane, index // 2, index % 2)
            grid.setRowStretch(index // 2, 1)
            grid.setColumnStretch(index % 2, 1)
            pane.gestures.pointed.connect(self._on_pointed)

    def show_scene(self, scene: Scene) -> None:
        """Look at a new scene, all of it."""
        self._compressed = scene.is_compressed
        for pane in self.panes:
            pane.show_scene(scene.info.rows, scene.info.cols)
            pane.show_cross(None)
        self.viewport.show_scene(scene.info.rows, scene.info.cols)

    def show_pictures(self, overview: Shaded, detail: Shaded | None, caption: str, decoded_there: bool) -> None:
        """Show the whole scene and, over it, the finer part; `decoded_there` says that there is a compressed file."""
        pictures = [shaded for shaded in (overview, detail) if shaded is not None]
        stretch, limit = overview.stretch, overview.error_limit_db
        not_yet, no_error = (UNDECODED, UNDECODED) if decoded_there else (NOT_YET, NO_ERROR_YET)
        self._show(
            self.original, [_layer(shaded, shaded.original) for shaded in pictures], NO_ORIGINAL, stretch, caption
        )
        self._show(self.decoded, [_layer(shaded, shaded.decoded) for shaded in pictures], not_yet, stretch, caption)
        self._show(
            self.error,
            [_layer(shaded, shaded.error) for shaded in pictures],
            NO_ERROR_HERE if self._compressed else no_error,
            (-limit, limit),
            "reconstruction − original",
        )

    def show_attention(self, sentence: str) -> None:
        """Say what there is to attend to."""
        self.attention.show_layers([], sentence)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the viewport know the panes' new size, once they have it."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._measure)

    def _measure(self) -> None:
        self.viewport.resize(self.original.surface.width(), self.original.surface.height())

    def _on_pointed(self, at: tuple[int, int] | None) -> None:
        for pane in self.panes:
            pane.show_cross(at)
        self.pointed.emit(at)

    @staticmethod
    def _show(pane: Pane, layers: Sequence[Layer], sentence: str, low_high: tuple[float, float], caption: str) -> None:
        pane.show_layers(layers, sentence)
        shown = any(layer[2] for layer in layers)
        pane.bar.show_range(low_high if shown else None)
        pane.unit.setText(caption if shown else "")


def _layer(shaded: Shaded, levels: Sequence[Rgba]) -> Layer:
    return shaded.picture.window, shaded.picture.step, levels
