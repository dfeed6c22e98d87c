"""The figures of the result: a tab below the panes, there while it is wanted."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from sargui.gui import composite
from sargui.gui.frame import Frame
from sargui.gui.panels.plots import Subject
from sargui.gui.session import Session


class Figuring(QObject):
    """Shows what the session measured in the table of a frame."""

    def __init__(self, frame: Frame, session: Session) -> None:
        super().__init__(frame)
        self._frame, self._session = frame, session
        self._wanted = False
        frame.plots.close_wanted.connect(self._on_close)
        for changed in (session.opened, session.compressed, session.evaluated, session.locating.found):
            changed.connect(self._show)
        frame.commands.quality.triggered.connect(self.toggle)

    @Slot()
    def toggle(self) -> None:
        """Show the figures; again: take them away."""
        self._wanted = not self._wanted
        self._show()

    def _on_close(self, subject: Subject) -> None:
        if subject is Subject.QUALITY:
            self.toggle()

    def _show(self) -> None:
        scene, plots = self._session.scene, self._frame.plots
        wanted = self._wanted and scene is not None
        self._frame.commands.quality.setChecked(wanted)
        if scene is not None:
            names = [composite.short(scene.info, band) for band in range(len(scene.info.bands))]
            plots.quality.show_quality(self._session.quality, names)
        plots.set_wanted(Subject.QUALITY, wanted)
