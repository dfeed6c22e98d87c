"""The main window: turns what the user does into the session's verbs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QMessageBox

from sargui.core import catalogue
from sargui.core.errors import CheckpointError
from sargui.gui import dialogs, layout, log
from sargui.gui.drops import Drop, choose, read_drop
from sargui.gui.frame import Frame
from sargui.gui.presenter import Presenter
from sargui.gui.scene import SUFFIX
from sargui.gui.session import Session
from sargui.gui.theme import Choice, Theme
from sargui.gui.trying import Trying
from sargui.gui.views.modes import Mode
from sargui.gui.window_state import WindowState

ABOUT = (
    "Compresses SAR images with a learned codec, and shows what that does to them before you save.\n\n"
    "Nothing leaves this computer."
)


ZOOM_STEP = 1.5
DIVIDER_STEP = 0.02  # of the width


class MainWindow(Frame):
    """Owns the widgets; the session owns the state, and is shut down when the window closes."""

    def __init__(self, session: Session, state: WindowState, theme: Theme, ask: dialogs.Dialogs | None = None) -> None:
        super().__init__()
        self.session = session
        self.state = state
        self.theme = theme
        self.ask = ask or dialogs.Dialogs()
        self.presenter = Presenter(self, session)
        self.trying = Trying(self.settings, session)
        self._connect()
        self.setAcceptDrops(True)
        self._load_cards()
        state.restore(self)
        self.choose_theme(state.theme)
        self.presenter.refresh()

    # Verbs

    def open(self, paths: list[Path]) -> None:
        """Open the first of some files."""
        if paths:
            self._open_drop(choose([path.absolute() for path in paths]))

    def open_sample(self) -> None:
        """Open the sample scene, if this installation has it."""
        try:
            self._open_drop(Drop(catalogue.resource("sample.tif")))
        except FileNotFoundError:
            self.presenter.complain("The sample scene is missing from this installation; open a file of your own.")

    def ask_and_open(self) -> None:
        """Ask for a file and open it."""
        if path := self.ask.ask_open(self, self.state.folder):
            self._open_drop(Drop(path))

    def compress(self) -> None:
        """Compress the scene with the settings of the panel."""
        if (settings := self.settings.settings) is not None and self.commands.compress.isEnabled():
            self.presenter.say("Compressing…")
            self.grid.setFocus()  # the keys are for looking now, and Space does not press the button again
            self.session.compress(settings)

    def save(self) -> None:
        """Ask where, and save the result."""
        if self.session.scene is not None and self.session.result is not None:
            suggestion = self.state.folder / (self.session.scene.path.stem + SUFFIX)
            if path := self.ask.ask_save(self, suggestion, dialogs.SARZ):
                self.state.folder = path.parent
                self.session.save(path)

    def export(self) -> None:
        """Ask where, and write the decoded raster."""
        if self.session.scene is not None and self.session.container is not None:
            suggestion = self.state.folder / (self.session.scene.path.stem + "_decoded.tif")
            if path := self.ask.ask_save(self, suggestion, dialogs.GEOTIFF):
                self.state.folder = path.parent
                self.session.export(path)

    def cancel(self) -> None:
        """Stop what the user waits for."""
        if self.session.busy:
            self.progress.show_cancelling()
            self.session.cancel()

    def choose_theme(self, choice: Choice) -> None:
        """Switch to a theme and remember it."""
        self.theme.choose(choice)
        self.state.theme = choice
        self.commands.themes[choice].setChecked(True)

    # Events

    def event(self, event: QEvent) -> bool:
        """Take the keyboard back after a dialog: without a window manager nobody else gives it."""
        if event.type() is QEvent.Type.WindowUnblocked:
            QTimer.singleShot(0, self, self.activateWindow)  # once the dialog is gone
        elif event.type() is QEvent.Type.WindowDeactivate:
            self.grid.hold_original(False)  # where the key is released is not seen
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the original while Space is held, where nothing else wants it."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.grid.hold_original(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Show what was there before Space."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.grid.hold_original(False)
        else:
            super().keyReleaseEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take anything: what cannot be opened is answered with a reason."""
        event.acceptProposedAction()
        self.empty.show_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Calm down."""
        self.empty.show_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped, or say why not."""
        event.acceptProposedAction()
        self.empty.show_hot(False)
        drop = read_drop(event.mimeData())
        QTimer.singleShot(0, self, partial(self._open_drop, drop))  # a question must not hold up the file manager

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before work is lost; then cancel, join the thread, remember the window."""
        if (self.session.busy and not self.ask.may_cancel(self)) or not self._may_discard():
            event.ignore()
            return
        self.state.keep(self)
        self.hide()
        self.session.shutdown()
        event.accept()

    # Inside

    def _connect(self) -> None:
        act, view = self.commands, self.grid.viewport
        for signals, slot in (
            ((act.open.triggered, self.empty.open_wanted), self.ask_and_open),
            ((act.sample.triggered, self.empty.sample_wanted), self.open_sample),
            ((act.compress.triggered, self.settings.compress_wanted), self.compress),
            ((act.save.triggered, self.result_panel.save_wanted), self.save),
            ((act.export.triggered, self.result_panel.export_wanted), self.export),
            ((act.cancel.triggered, self.progress.cancel_wanted), self.cancel),
            ((act.quit.triggered,), self.close),
            ((act.fit.triggered,), view.fit),
            ((act.pixels.triggered,), lambda: view.show_pixels(1 / self.devicePixelRatioF())),
            ((act.zoom_in.triggered,), lambda: view.zoom_by(ZOOM_STEP)),
            ((act.zoom_out.triggered,), lambda: view.zoom_by(1 / ZOOM_STEP)),
            ((act.reset.triggered,), lambda: layout.reset_docks(self)),
            ((act.keys.triggered,), lambda: self.ask.show_keys(self, act.key_list())),
            ((act.log.triggered,), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log.path())))),
            ((act.about.triggered,), lambda: QMessageBox.about(self, "About sargui", ABOUT)),
        ):
            for signal in signals:
                signal.connect(_without_arguments(slot))
        for choice, action in act.themes.items():
            action.triggered.connect(_without_arguments(partial(self.choose_theme, choice)))
        self._connect_comparing()
        self.bands.activated.connect(self._on_band)
        self.grid.looked.connect(self.session.look_at)
        self.grid.error_style_wanted.connect(self.session.pictures.set_error_style)
        self.grid.stretch_wanted.connect(self.session.pictures.set_stretch)
        self.session.kind_wanted.connect(self._on_kind_wanted)

    def _connect_comparing(self) -> None:
        act, grid = self.commands, self.grid
        for mode, action in act.modes.items():
            action.triggered.connect(_without_arguments(partial(self._on_mode, mode)))
        for kind, action in act.error_kinds.items():
            action.triggered.connect(_without_arguments(partial(grid.set_error_kind, kind)))
        for action, slot in (
            (act.next_mode, grid.next_mode),
            (act.swap, grid.swap),
            (act.next_error, grid.next_error_kind),
            (act.divider_left, lambda: grid.pair.move_divider(-DIVIDER_STEP)),
            (act.divider_right, lambda: grid.pair.move_divider(DIVIDER_STEP)),
        ):
            action.triggered.connect(_without_arguments(slot))
        act.attention.triggered.connect(grid.show_attention_pane)
        act.stretch.triggered.connect(grid.stretch_to_visible)

    def _on_mode(self, mode: Mode) -> None:
        """Compare in a way; chosen again, in four panes."""
        self.grid.set_mode(mode if self.commands.modes[mode].isChecked() else Mode.FOUR)

    def _load_cards(self) -> None:
        try:
            cards = catalogue.cards()
            self.settings.show_cards(cards, catalogue.default_card().name if cards else "")
        except CheckpointError as error:
            self.settings.show_cards([])
            self.presenter.complain(str(error))

    def _open_drop(self, drop: Drop) -> None:
        if drop.path is None:
            self.presenter.complain(drop.sentence)
        elif self.session.busy or self._may_discard():
            self.presenter.show_opening(drop.path.name, drop.sentence)
            self.state.folder = drop.path.parent
            self.session.open(drop.path)

    def _may_discard(self) -> bool:
        scene = self.session.scene
        return not self.session.unsaved or scene is None or self.ask.may_discard(self, scene.info.name)

    def _on_band(self, band: int) -> None:
        self.session.set_band(band)
        self.commands.stretch.setChecked(False)
        if self.session.scene is not None:
            self.scene_panel.show_scene(self.session.scene, band)

    def _on_kind_wanted(self, path: Path, sample: NDArray[np.generic] | None) -> None:
        if (kind := self.ask.ask_kind(self, path, sample)) is not None:
            self.presenter.show_opening(path.name)
            self.session.open(path, kind)
        else:
            self.presenter.complain(f"{path.name} was not opened: it does not say what its values are.")


def _without_arguments(slot: Callable[[], object]) -> Callable[..., None]:
    """Return a slot that ignores what a signal carries (`triggered` brings a bool)."""

    def call(*_: object) -> None:
        slot()

    return call
