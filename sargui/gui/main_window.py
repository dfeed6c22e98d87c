"""The main window: turns what the user does into the session's verbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent

from sargui.core import catalogue
from sargui.core.errors import CheckpointError
from sargui.core.tiling import TILE
from sargui.core.types import Window
from sargui.engine.leftovers import forget
from sargui.engine.requests import Compress
from sargui.gui import composite, dialogs, wording
from sargui.gui.batch_queue import Recipe
from sargui.gui.drops import read_drop
from sargui.gui.figuring import Figuring
from sargui.gui.frame import Frame
from sargui.gui.history import History
from sargui.gui.log import guarded
from sargui.gui.marking import Marking
from sargui.gui.marks import Region
from sargui.gui.opening import Opening
from sargui.gui.points import Points, curve_through
from sargui.gui.presenter import Presenter
from sargui.gui.queue_desk import QueueDesk
from sargui.gui.save_desk import SaveDesk
from sargui.gui.scene import Scene, Settings
from sargui.gui.session import Session
from sargui.gui.theme import Choice, Theme
from sargui.gui.trying import Trying
from sargui.gui.views.modes import PAIRED, Mode
from sargui.gui.window_state import WindowState
from sargui.gui.wiring import connect
from sargui.gui.worst_tiles import WorstTiles

BACK = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)  # to the panes, from a field


class MainWindow(Frame):
    """Owns the widgets; the session owns the state, and is shut down when the window closes."""

    def __init__(self, session: Session, state: WindowState, theme: Theme, ask: dialogs.Dialogs | None = None) -> None:
        super().__init__(session.queue, state.recent)
        self.session = session
        self.state = state
        self.theme = theme
        self.ask = ask or dialogs.Dialogs()
        self.presenter = Presenter(self, session)
        self.history = History(self.settings)
        self.trying = Trying(self.settings, session)
        self.attending = session.attending(self.attention_panel)
        self.marking = Marking(self, session.measuring)
        Figuring(self, session)
        self.points = Points(session)
        self.worst = WorstTiles(session)
        self.save_desk = SaveDesk(self, session, self.presenter, self.ask, state, self.compress)
        self.opening = Opening(self, session, self.presenter, self.save_desk, self.ask, state)
        self.desk = QueueDesk(self.queue_panel, self.ask, state, self._recipe)
        connect(self)
        self._mode_before = Mode.FOUR  # two reconstructions were compared
        self.setAcceptDrops(True)
        self._load_cards()
        state.restore(self)
        self.choose_theme(state.theme)
        self._restore_views()
        self.presenter.refresh()

    # Verbs

    def open(self, paths: list[Path]) -> None:
        """Open a file, or put several into the queue."""
        self.opening.files(paths)

    def compress(self) -> None:
        """Compress the scene with the settings of the panel."""
        scene, settings = self.session.scene, self.settings.settings
        if settings is None or scene is None or not self.commands.compress.isEnabled():
            return
        if not self._may_compress(scene):
            return
        earlier = self.session.interrupted(settings)
        if earlier is not None:
            resume = self.ask.may_resume(self, {scene.info.name: earlier.fraction})
            if resume is None:
                return
            if not resume:
                forget(earlier.target)
                earlier = None
        self.presenter.say("Compressing…")
        self.grid.setFocus()  # the keys are for looking now, and Space does not press the button again
        self.session.compress(settings, earlier)

    def locate_original(self) -> None:
        """Ask for the original of the open .sarz, and compare with it."""
        scene = self.session.scene
        if scene is not None and (path := self.ask.ask_original(self, self.state.folder, scene.info.name)):
            self.session.locating.check(path)

    def cancel(self) -> None:
        """Stop what the user waits for."""
        if self.session.busy:
            self.progress.show_cancelling()
            self.session.cancel()

    def compare(self) -> None:
        """Keep what the settings make of the scene, to compare with what the next ones make of it; or stop that."""
        comparing, grid = self.session.comparing, self.grid
        if comparing.name:
            comparing.end()
            grid.set_mode(self._mode_before)
            self.presenter.say("The comparison has ended.")
            return
        comparing.begin()
        self._mode_before = grid.mode
        if grid.mode not in PAIRED:
            grid.set_mode(Mode.TWO)
        self.presenter.say(f"A is {comparing.name}. Change the settings for B; K ends the comparison.")

    def choose_theme(self, choice: Choice) -> None:
        """Switch to a theme and remember it."""
        self.theme.choose(choice)
        self.state.theme = choice
        self.commands.themes[choice].setChecked(True)

    # Events

    @guarded(False)
    def event(self, event: QEvent) -> bool:
        """Take the keyboard back after a dialog: without a window manager nobody else gives it."""
        if event.type() is QEvent.Type.WindowUnblocked:
            QTimer.singleShot(0, self, self.activateWindow)  # once the dialog is gone
        elif event.type() is QEvent.Type.WindowDeactivate:
            self.grid.hold_original(False)  # where the key is released is not seen
        return super().event(event)

    @guarded(None)
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys that nothing else wants: Space shows the original, Return and Esc go back to the panes."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.grid.hold_original(True)
        elif event.key() in BACK and self.grid.isVisible():
            self.grid.outline(None)
            self.grid.setFocus()
        else:
            super().keyPressEvent(event)

    @guarded(None)
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Show what was there before Space."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.grid.hold_original(False)
        else:
            super().keyReleaseEvent(event)

    @guarded(None)
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take anything: what cannot be opened is answered with a reason."""
        event.acceptProposedAction()
        self.empty.show_hot(True)

    @guarded(None)
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Calm down."""
        self.empty.show_hot(False)

    @guarded(None)
    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped, or say why not."""
        event.acceptProposedAction()
        self.empty.show_hot(False)
        drop = read_drop(event.mimeData())
        QTimer.singleShot(0, self, partial(self.opening.drop, drop))  # a question must not hold up the file manager

    @guarded(None)
    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before work is lost; then cancel, join the thread, remember the window."""
        busy = self.session.occupied or self.session.queue.busy
        if (busy and not self.ask.may_cancel(self)) or not self.save_desk.may_discard(self.close):
            event.ignore()
            return
        self.state.keep(self)
        self.state.keep_views(self.grid.mode, self.grid.error_style.kind, self.grid.attention_shown)
        self.hide()
        self.session.shutdown()
        event.accept()

    # Inside

    def _load_cards(self) -> None:
        cards, broken = catalogue.found()
        sentences = list(broken.values())
        try:
            self.settings.show_cards(cards, catalogue.default_card().name)
        except CheckpointError as error:
            self.settings.show_cards([])
            sentences.insert(0, str(error))
        if sentences:
            self.presenter.complain(" ".join(sentences))

    def _restore_views(self) -> None:
        if self.state.mode is not Mode.ATTENTION or self.state.attention_shown:
            self.grid.set_mode(self.state.mode)
        self.grid.show_attention_pane(self.state.attention_shown)
        self.grid.set_error_kind(self.state.error_kind)

    def _recipe(self) -> Recipe | None:
        """Return the settings of the panel, for the files of the queue."""
        chosen = self.settings.settings
        if chosen is None:
            return None
        return partial(Compress, **chosen.asked)

    def on_queue_busy(self, busy: bool) -> None:
        """Say when the queue begins and ends."""
        through = f"The queue is through: {self.queue_panel.summary.text()}."
        self.presenter.say("The queue is at work." if busy else through)

    def _may_compress(self, scene: Scene) -> bool:
        """Ask before something is lost that the user may not think of."""
        name = scene.info.name
        if scene.info.detected_from and not self.ask.may_drop_phase(self, name):
            return False
        return not scene.info.decoded or self.ask.may_compress_again(self, name)

    def on_band(self, choice: int) -> None:
        """Show another band, or two as a composite."""
        if (scene := self.session.scene) is not None:
            bands = composite.choices(scene.info)[choice]
            self.session.set_bands(bands)
            self.commands.stretch.setChecked(False)
            self.presenter.show_facts()
            self.presenter.say(composite.sentence(scene.info, bands))

    def on_original_doubted(self, path: Path, differing: Sequence[str]) -> None:
        """Ask whether a raster that differs is the original all the same."""
        if self.ask.may_differ(self, path.name, differing):
            self.session.locating.accept(path)

    def show_points(self) -> None:
        """Plot what was tried, and where the chosen checkpoint leads from the newest point of its own, or of any."""
        points, card, curves = self.points.all, self.settings.card, self.settings.picker.curves
        own = [point for point in points if card is not None and point.settings.model == card.name] or points
        curve = curve_through(own[-1], curves) if own and curves is not None else None
        self.result_panel.plot.show_points(points, curve, self.points.current)

    def go_back_to(self, settings: Settings) -> None:
        """Choose settings that were tried; on which device is another matter."""
        now = self.settings.settings
        self.history.choose(settings if now is None else replace(settings, device=now.device))

    def next_worst(self) -> None:
        """Show the next tile that errs most, in its band, as large as it fits."""
        found, scene = self.worst.next(), self.session.scene
        if found is None or scene is None:
            return
        rank, tile = found
        if tile.band != self.session.pictures.band:
            self.bands.setCurrentIndex(tile.band)
            self.on_band(tile.band)
        rows, cols = min(TILE, scene.info.rows - tile.row), min(TILE, scene.info.cols - tile.col)
        part = Window(tile.row, tile.col, rows, cols)
        self.grid.viewport.show_part(part)
        self.grid.outline(Region(wording.decibels(tile.rmse_db), part))
        self.presenter.say(wording.worst_tile(scene.info, rank, tile))
