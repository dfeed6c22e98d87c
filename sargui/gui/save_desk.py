"""Where what was made is to be kept: asks for names, sees to their endings, asks before anything is replaced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from sargui.core.paths import SARZ
from sargui.engine.report_request import document_of
from sargui.gui import dialogs
from sargui.gui.outputs import Form
from sargui.gui.presenter import Presenter
from sargui.gui.session import Session
from sargui.gui.window_state import WindowState

TIFF = (".tif", ".tiff")
PAGE = (".html", ".htm")
SAFE = ".SAFE"


class SaveDesk(QObject):
    """Between the commands of the window and the session's outputs."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        presenter: Presenter,
        ask: dialogs.Dialogs,
        state: WindowState,
        compress: Callable[[], None],
    ) -> None:
        """Stand ready; `compress` is what the command of that name does."""
        super().__init__(window)
        self._compress = compress
        self._window, self._session, self._presenter, self._ask, self._state = window, session, presenter, ask, state
        self._after: Callable[[], object] | None = None  # what waits for the result to be saved
        session.saved.connect(self._go_on)
        for nothing_saved in (session.failed, session.cancelled):
            nothing_saved.connect(self._stay)

    def may_discard(self, again: Callable[[], object]) -> bool:
        """Return whether an unsaved result may go; if it is to be saved first, `again` is called once it has been."""
        scene = self._session.scene
        if not self._session.unsaved or scene is None:
            return True
        answer = self._ask.may_discard(self._window, scene.info.name)
        if answer is None:
            self.save()
            self._after = again if self._session.occupied else None  # no job: no name was given
        return answer is True

    def save(self) -> None:
        """Save the result, unless that has been done: then say where."""
        result = self._session.result
        if result is None or not self._wanted():
            return
        if result.saved is not None and result.saved.exists():
            self._presenter.say(f"Saved already as {result.saved}; Save As writes another copy.")
        else:
            self._save_as()

    def save_as(self) -> None:
        """Ask where, and copy the compressed file."""
        if self._session.container is not None and self._wanted():
            self._save_as()

    def export(self, form: Form) -> None:
        """Ask where, and write the decoded scene."""
        if self._session.container is None or not self._wanted():
            return
        if form is Form.SAFE:
            target = self._ask_product()
        else:
            kinds = dialogs.COG if form is Form.COG else dialogs.GEOTIFF
            target = self._ask_file("_decoded", kinds, TIFF)
        if target is not None:
            self._session.outputs.export(target, form)

    def report(self) -> None:
        """Ask where, and write a report of the result."""
        if self._session.quality is None or (target := self._ask_file("_report", dialogs.PAGE, PAGE)) is None:
            return
        document = document_of(target)
        if not document.exists() or self._ask.may_replace(self._window, document):  # the dialog knows the page alone
            self._session.outputs.report(target)

    def _go_on(self) -> None:
        after, self._after = self._after, None
        if after is not None:
            QTimer.singleShot(0, self, after)  # once the session is at rest

    def _stay(self) -> None:
        self._after = None

    def _save_as(self) -> None:
        if target := self._ask_file("", dialogs.SARZ, (SARZ,)):
            self._session.outputs.save(target)

    def _wanted(self) -> bool:
        """Return whether the file at hand is wanted; ask if it is of other settings than those that are shown."""
        if not (made_with := self._presenter.outdated):
            return True
        wanted = self._ask.wants_outdated(self._window, made_with)
        if wanted is False:
            self._compress()
        return wanted is True

    def _ask_file(self, addition: str, kinds: str, endings: tuple[str, ...]) -> Path | None:
        """Return where to write; a name with another ending gets the first of `endings` after it."""
        scene = self._session.scene
        assert scene is not None
        suggestion = self._state.folder / f"{scene.path.stem}{addition}{endings[0]}"
        chosen = self._ask.ask_save(self._window, suggestion, kinds)
        if chosen is None:
            return None
        target = chosen if chosen.suffix.lower() in endings else chosen.with_name(chosen.name + endings[0])
        if target != chosen and target.exists() and not self._ask.may_replace(self._window, target):
            return None  # the dialog has asked about the other name
        self._state.folder = target.parent
        return target

    def _ask_product(self) -> Path | None:
        """Return the SAFE folder to write, which bears the product's name."""
        scene = self._session.scene
        assert scene is not None
        name = Path(scene.info.name).name
        name = name if name.upper().endswith(SAFE) else f"{Path(name).stem}{SAFE}"
        folder = self._ask.ask_place(self._window, self._state.folder, name)
        if folder is None:
            return None
        self._state.folder = folder
        target = folder / name
        return target if not target.exists() or self._ask.may_replace(self._window, target) else None
