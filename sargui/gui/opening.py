"""What is opened, and what is asked before: files from a dialog, a drop or the command line, several for the queue."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from sargui.core import catalogue
from sargui.core.types import Kind
from sargui.gui import dialogs
from sargui.gui.drops import Drop, choose
from sargui.gui.frame import Frame
from sargui.gui.presenter import Presenter
from sargui.gui.save_desk import SaveDesk
from sargui.gui.session import Session
from sargui.gui.window_state import WindowState

NO_SAMPLE = "The sample scene is missing from this installation; open a file of your own."


class Opening(QObject):
    """Between the window and the session's verb `open`."""

    def __init__(
        self,
        frame: Frame,
        session: Session,
        presenter: Presenter,
        save_desk: SaveDesk,
        ask: dialogs.Dialogs,
        state: WindowState,
    ) -> None:
        super().__init__(frame)
        self._frame, self._session, self._presenter, self._save_desk = frame, session, presenter, save_desk
        self._ask, self._state = ask, state

    def files(self, paths: list[Path]) -> None:
        """Open a file, or put several into the queue."""
        if paths:
            self.drop(choose([path.absolute() for path in paths]))

    def sample(self) -> None:
        """Open the sample scene, if this installation has it."""
        sample = _sample()
        self.drop(Drop(sample, "" if sample else NO_SAMPLE))

    def ask(self) -> None:
        """Ask for a file and open it."""
        if path := self._ask.ask_open(self._frame, self._state.folder):
            self.drop(Drop(path))

    def drop(self, drop: Drop) -> None:
        """Open what was dropped or chosen, or say why not."""
        if drop.queue:
            self._session.queue.add(drop.queue)
            self._frame.queue_dock.show()
            self._presenter.say(drop.sentence or "Press Start in the queue to compress these files.")
        elif drop.path is None:
            self._presenter.complain(drop.sentence)
        elif self._session.occupied or self._save_desk.may_discard(partial(self.drop, drop)):
            self._presenter.show_opening(drop.path.name, drop.sentence)
            if drop.path != _sample():  # whose folder is the program's own
                self._state.folder = drop.path.parent
            self._session.open(drop.path)

    @Slot(object)
    def as_kind(self, kind: Kind) -> None:
        """Open the scene again, its values taken for another kind."""
        scene = self._session.scene
        if scene is not None and (self._session.occupied or self._save_desk.may_discard(partial(self.as_kind, kind))):
            self._presenter.show_opening(scene.path.name)
            self._session.open(scene.path, kind)
        self._presenter.show_facts()  # those of before, until it is open

    @Slot(object, object)
    def ask_kind(self, path: Path, sample: NDArray[np.generic] | None) -> None:
        """Ask what the numbers of a file mean, and open it so."""
        if (kind := self._ask.ask_kind(self._frame, path, sample)) is not None:
            self._presenter.show_opening(path.name)
            self._session.open(path, kind)
        else:
            self._presenter.complain(f"{path.name} was not opened: it does not say what its values are.")


def _sample() -> Path | None:
    """Return where the sample scene is, if this installation has it."""
    try:
        return catalogue.resource("sample.tif")
    except FileNotFoundError:
        return None
