"""Which signal calls which verb: actions, panels and panes to the window, the session and each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox

from sargui.gui import layout, log, wording
from sargui.gui.drops import Drop
from sargui.gui.marks import Tool
from sargui.gui.outputs import Form
from sargui.gui.views.modes import Mode

if TYPE_CHECKING:
    from sargui.gui.main_window import MainWindow

ABOUT = (
    "Compresses SAR images with a learned codec, and shows what that does to them before you save.\n\n"
    "Nothing leaves this computer."
)
ZOOM_STEP = 1.5
DIVIDER_STEP = 0.02  # of the width


def connect(window: MainWindow) -> None:
    """Connect everything; called once."""
    _connect_verbs(window)
    _connect_views(window)
    _connect_comparing(window)
    _connect_attention(window)
    _connect_marks(window)
    session = window.session
    window.bands.activated.connect(window.on_band)
    session.kind_wanted.connect(window.opening.ask_kind)
    window.scene_panel.kind_wanted.connect(window.opening.as_kind)
    session.locating.doubted.connect(window.on_original_doubted)
    session.opened.connect(lambda scene: window.state.recent.add(scene.path))
    session.queue.busy_changed.connect(window.on_queue_busy)
    for wanted in (window.recent_menu.open_wanted, window.queue_panel.open_wanted):
        wanted.connect(lambda path: window.opening.drop(Drop(path)))


def _connect_verbs(window: MainWindow) -> None:
    act = window.commands
    for signals, slot in (
        ((act.open.triggered, window.empty.open_wanted), window.opening.ask),
        ((act.sample.triggered, window.empty.sample_wanted), window.opening.sample),
        ((act.compress.triggered, window.settings.compress_wanted), window.compress),
        ((act.original.triggered,), window.locate_original),
        ((act.save.triggered, window.result_panel.save_wanted), window.save_desk.save),
        ((act.save_as.triggered,), window.save_desk.save_as),
        ((act.export.triggered,), partial(window.save_desk.export, Form.GEOTIFF)),
        ((act.export_cog.triggered,), partial(window.save_desk.export, Form.COG)),
        ((act.export_safe.triggered,), partial(window.save_desk.export, Form.SAFE)),
        ((act.report.triggered,), window.save_desk.report),
        ((act.cancel.triggered,), partial(_leave_or_cancel, window)),
        ((window.progress.cancel_wanted,), window.cancel),
        ((act.quit.triggered,), window.close),
        ((act.keys.triggered,), lambda: window.ask.show_keys(window, act.key_list())),
        ((act.log.triggered,), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log.path())))),
        ((act.about.triggered,), lambda: QMessageBox.about(window, "About sargui", ABOUT)),
    ):
        for signal in signals:
            signal.connect(_without_arguments(slot))
    for action, stack, able in (
        (act.undo, window.history.stack.undo, window.history.stack.canUndoChanged),
        (act.redo, window.history.stack.redo, window.history.stack.canRedoChanged),
    ):
        action.setEnabled(False)
        action.triggered.connect(_without_arguments(stack))
        able.connect(action.setEnabled)
    for choice, action in act.themes.items():
        action.triggered.connect(_without_arguments(partial(window.choose_theme, choice)))


def _connect_views(window: MainWindow) -> None:
    act, view, session = window.commands, window.grid.viewport, window.session
    for action, slot in (
        (act.fit, view.fit),
        (act.pixels, lambda: view.show_pixels(1 / window.devicePixelRatioF())),
        (act.zoom_in, lambda: view.zoom_by(ZOOM_STEP)),
        (act.zoom_out, lambda: view.zoom_by(1 / ZOOM_STEP)),
        (act.reset, lambda: layout.reset_docks(window)),
    ):
        action.triggered.connect(_without_arguments(slot))
    chart = window.scene_panel.map
    session.picture_changed.connect(lambda: chart.show_overview(session.pictures.overview))
    view.changed.connect(lambda: chart.show_view(window.grid.visible_window()))
    chart.wanted.connect(view.look_at)
    for changed in (window.points.changed, window.settings.changed, session.picture_changed):
        changed.connect(window.show_points)
    window.result_panel.plot.chosen.connect(window.go_back_to)
    window.settings.changed.connect(partial(_say_settings, window))
    window.grid.looked.connect(lambda seen: session.look_at(seen, view.step(window.devicePixelRatioF())))
    window.grid.error_style_wanted.connect(session.pictures.set_error_style)
    window.grid.stretch_wanted.connect(session.pictures.set_stretch)


def _connect_comparing(window: MainWindow) -> None:
    act, grid = window.commands, window.grid
    for mode, action in act.modes.items():
        action.triggered.connect(_without_arguments(partial(_choose_mode, window, mode)))
    for kind, action in act.error_kinds.items():
        action.triggered.connect(_without_arguments(partial(grid.set_error_kind, kind)))
    for action, slot in (
        (act.keep, window.compare),
        (act.worst, window.next_worst),
        (act.next_mode, grid.next_mode),
        (act.swap, grid.swap),
        (act.next_error, grid.next_error_kind),
        (act.divider_left, lambda: grid.pair.move_divider(-DIVIDER_STEP)),
        (act.divider_right, lambda: grid.pair.move_divider(DIVIDER_STEP)),
    ):
        action.triggered.connect(_without_arguments(slot))
    act.attention.triggered.connect(grid.show_attention_pane)
    act.stretch.triggered.connect(grid.stretch_to_visible)
    act.lock_error.triggered.connect(lambda locked: _lock_error(window, locked))
    for begun in (window.session.opened, window.session.compressed):
        begun.connect(_without_arguments(partial(grid.outline, None)))
    window.session.opened.connect(_without_arguments(grid.setFocus))  # the keys are for looking now


def _connect_attention(window: MainWindow) -> None:
    act, grid, panel, attending = window.commands, window.grid, window.attention_panel, window.attending
    window.session.opened.connect(attending.show_scene)
    grid.looked.connect(attending.look_at)
    grid.clicked.connect(attending.ask)
    grid.arranged.connect(lambda: attending.set_active(grid.attention_shown))
    attending.overlaid.connect(grid.show_attention)
    act.previous_layer.triggered.connect(lambda: panel.next_module(-1))
    act.next_layer.triggered.connect(lambda: panel.next_module(1))
    act.query.triggered.connect(lambda: attending.ask(None))


def _connect_marks(window: MainWindow) -> None:
    act, marking = window.commands, window.marking
    window.session.opened.connect(_without_arguments(marking.begin))
    window.grid.tool_changed.connect(window.presenter.refresh)
    for action, slot in (
        (act.pin, marking.pin),
        (act.region, partial(marking.draw, Tool.REGION)),
        (act.profile, marking.toggle_profile),
        (act.histogram, marking.toggle_histogram),
        (act.remove, marking.remove),
    ):
        action.triggered.connect(_without_arguments(slot))
    for widget in (window.grid, window.marks_panel):
        widget.addAction(act.remove)


def _say_settings(window: MainWindow) -> None:
    """Let the queue say what its files are compressed with."""
    chosen = window.settings.settings
    window.queue_panel.show_settings("" if chosen is None else f"with {wording.settings(chosen)}")


def _leave_or_cancel(window: MainWindow) -> None:
    """Leave a drawing mode; where there is none, stop what the user waits for."""
    if window.grid.tool is Tool.NONE:
        window.cancel()
    else:
        window.grid.set_tool(Tool.NONE)


def _choose_mode(window: MainWindow, mode: Mode) -> None:
    """Compare in a way; chosen again, in four panes."""
    window.grid.set_mode(mode if window.commands.modes[mode].isChecked() else Mode.FOUR)


def _lock_error(window: MainWindow, locked: bool) -> None:
    """Keep the range of errors that is seen, whatever the settings make of the scene; or let it follow."""
    grid = window.grid
    seen = (shaded.error_limit_db for shaded in reversed(window.session.pictures.at_hand) if shaded.error)
    grid.want_errors(replace(grid.error_style, limit_db=next(seen, None) if locked else None))
    window.commands.lock_error.setChecked(grid.error_style.limit_db is not None)


def _without_arguments(slot: Callable[[], object]) -> Callable[..., None]:
    """Return a slot that ignores what a signal carries (`triggered` brings a bool)."""

    def call(*_: object) -> None:
        slot()

    return call
