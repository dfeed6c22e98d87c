"""Shows in the window what the session says: signal by signal, session to views."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from sargui.engine.requests import Decompressed, Picture
from sargui.engine.views import Device
from sargui.gui import composite, version_words, wording
from sargui.gui.frame import Frame
from sargui.gui.marks import Tool
from sargui.gui.scene import Result, Scene
from sargui.gui.session import Session
from sargui.gui.views.modes import Mode

if TYPE_CHECKING:
    from sargui.engine.locate import Place

NO_CHECKPOINT = "No checkpoint is installed."
NO_SCENE = "Open a scene first."
COMPRESSED_ALREADY = "This scene is a .sarz already: export it, or open the original."
NOT_FOR_SARZ = "A .sarz has been compressed already: these settings are for other scenes, and for the queue."
BUSY = "A job is running."
CANCELLED = "Cancelled; nothing was left behind."
UNMEASURED = "The error was not measured; the file is kept."
MEASURING = "measuring"  # the stage of an evaluation


class Presenter(QObject):
    """Connects a session's signals to the widgets of a frame."""

    def __init__(self, frame: Frame, session: Session) -> None:
        super().__init__(frame)
        self._frame = frame
        self._session = session
        self._notice = ""  # the last one of a device
        session.opened.connect(self._on_opened)
        session.described.connect(self._on_described)
        session.comparing.changed.connect(self._on_picture)
        session.locating.found.connect(self._on_found)
        session.picture_changed.connect(self._on_picture)
        session.compressed.connect(self._on_result)
        session.evaluated.connect(self._on_result)
        session.saved.connect(self._on_saved)
        session.exported.connect(self._on_exported)
        session.progressed.connect(frame.progress.show_progress)
        session.busy_changed.connect(self._on_busy)
        session.awaited_changed.connect(self.refresh)
        session.unmeasured.connect(lambda: self.say(UNMEASURED))
        session.failed.connect(self.complain)
        session.pictures.looked.connect(self._on_looked)
        session.cancelled.connect(self._on_cancelled)
        session.reported.connect(lambda written: self.say(wording.reported(written)))
        session.located.connect(self._on_located)
        session.devices_found.connect(self._on_devices)
        frame.grid.pointed.connect(self._on_pointed)
        frame.grid.arranged.connect(self._on_arranged)
        for changed in (frame.settings.changed, frame.queue_dock.visibilityChanged):
            changed.connect(self.refresh)
        for done in (frame.settings.changed, frame.grid.arranged, frame.grid.clicked):
            done.connect(frame.banner.hide)

    def say(self, sentence: str) -> None:
        """Say what happened."""
        self._frame.progress.say(sentence)
        for place in (self._frame.banner, self._frame.empty):
            place.say("")

    def show_opening(self, name: str, sentence: str = "") -> None:
        """Say that a file is being opened: the first one takes seconds, in which torch is loaded."""
        self.say(sentence or f"Opening {name}…")
        if not self._session.occupied:  # otherwise it is about to be refused
            self._frame.empty.show_opening(name)

    @Slot(str)
    def complain(self, sentence: str) -> None:
        """Say what went wrong, where the user looks."""
        if not self._session.busy:
            self._frame.progress.say("")
        frame = self._frame
        frame.banner.say(sentence if frame.center.currentWidget() is frame.looking else "")
        frame.empty.say(sentence)

    @Slot()
    def refresh(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        session, commands, frame = self._session, self._frame.commands, self._frame
        scene, idle = session.scene, not session.occupied
        reason = (
            NO_CHECKPOINT
            if frame.settings.card is None
            else COMPRESSED_ALREADY
            if scene is not None and scene.is_compressed
            else BUSY
            if not idle
            else NO_SCENE
            if scene is None
            else ""
        )
        commands.compress.setEnabled(not reason)
        frame.settings.allow(not reason, "" if reason in (BUSY, NO_CHECKPOINT) else reason)
        idle_settings = scene is not None and scene.is_compressed and not frame.queue_dock.isVisible()
        frame.settings.let_choose(not idle_settings, NOT_FOR_SARZ)
        commands.original.setEnabled(scene is not None and scene.is_compressed and idle)
        commands.cancel.setEnabled(session.busy or frame.grid.tool is not Tool.NONE)
        for action in (commands.open, commands.sample):
            action.setEnabled(idle)
        commands.save.setEnabled(session.result is not None and idle)
        for action in (commands.save_as, commands.export, commands.export_cog):
            action.setEnabled(session.container is not None and idle)
        commands.export_safe.setEnabled(commands.export.isEnabled() and scene is not None and bool(scene.info.product))
        commands.report.setEnabled(session.quality is not None and idle)
        commands.worst.setEnabled(session.quality is not None and bool(session.quality.worst))
        frame.result_panel.save.setEnabled(commands.save.isEnabled())
        frame.result_panel.export.setEnabled(commands.export.isEnabled())
        for action in (commands.fit, commands.pixels, commands.zoom_in, commands.zoom_out, *commands.comparing):
            action.setEnabled(scene is not None)
        self._on_arranged()
        self._refresh_comparing()
        self._refresh_result()
        frame.setWindowModified(session.unsaved)

    def show_facts(self) -> None:
        """Show the facts of the scene and of the band in view."""
        if self._session.scene is not None:
            self._frame.scene_panel.show_scene(self._session.scene, self._session.pictures.band)

    @property
    def outdated(self) -> str:
        """By which settings the result was made, if others are chosen by now; else nothing."""
        result, chosen = self._session.result, self._frame.settings.settings
        return "" if result is None or chosen is None else version_words.made_with(chosen, result)

    def _refresh_result(self) -> None:
        """Show the result, if there is one, with what is known of it by now."""
        session = self._session
        if session.result is not None:
            measuring = session.measuring_result
            self._frame.result_panel.show_result(session.result, measuring=measuring, outdated=self.outdated)

    @Slot(object)
    def _on_opened(self, scene: Scene) -> None:
        frame = self._frame
        frame.setWindowTitle(f"{scene.title}[*] — sargui")
        self.show_facts()
        frame.show_bands([composite.name(scene.info, bands) for bands in composite.choices(scene.info)])
        frame.center.setCurrentWidget(frame.looking)
        frame.grid.show_scene(scene)
        frame.grid.show_scale(None)
        frame.commands.stretch.setChecked(False)
        if scene.is_compressed:
            frame.result_panel.show_container(scene)
        else:
            frame.result_panel.clear()
        taken = f"; its values are taken for {scene.info.bands[0].kind.spelled}" if scene.kind_guessed(0) else ""
        self.say(f"Opened {scene.title}{taken}.")
        self.refresh()

    @Slot(object)
    def _on_described(self, scene: Scene) -> None:
        self._frame.result_panel.show_container(scene)
        container = scene.container or {}
        said = [f"its {layer} is damaged" for layer in container.get("damaged_layers", ())]
        if lost := container.get("damaged"):
            said.insert(0, f"{wording.damaged(len(lost))}, and shown as no data")
        if said:
            self.complain(f"{scene.path.name}: {'; '.join(said)}.")

    @Slot(object)
    def _on_found(self, scene: Scene) -> None:
        """Show how a .sarz compares with its original."""
        self._frame.result_panel.show_container(scene)
        if scene.quality is not None:
            self.say(f"Measured against its original: RMS error {wording.decibels(scene.quality.rmse_db)}.")
            self.refresh()

    @Slot()
    def _on_picture(self) -> None:
        pictures = self._session.pictures
        if pictures.overview is not None:
            state = version_words.state(pictures, self._session.result)
            self._frame.grid.show_pictures(pictures.at_hand, state, self._session.comparing.rival)
            self._refresh_comparing()

    @Slot(object)
    def _on_looked(self, picture: Picture) -> None:
        """Say once what a device could not do for a trial, as when its memory was full."""
        if picture.notice != self._notice:
            self._notice = picture.notice
            self.complain(picture.notice)

    def _refresh_comparing(self) -> None:
        """Say whether two reconstructions are compared, and let them be where settings can be tried."""
        session, action = self._session, self._frame.commands.keep
        action.setChecked(bool(session.comparing.name))
        action.setEnabled(
            session.scene is not None and not session.scene.is_compressed and session.pictures.version is not None
        )

    @Slot(object)
    def _on_result(self, result: Result) -> None:
        done, quality = result.compressed, result.quality
        size = f"Compressed to {wording.size(done.file_bytes)}, {done.ratio:.1f} times smaller"
        if quality is None:
            self._frame.progress.show_busy(self._session.busy, MEASURING)  # which has a bar of its own
            self.say(f"{size}. Measuring the error…")
        elif not self._session.occupied:
            self.say(f"{size}; RMS error {wording.decibels(quality.rmse_db)}.")
        self.refresh()

    @Slot(object)
    def _on_saved(self, path: object) -> None:
        self.say(f"Saved as {path}." + (" Measuring the error…" if self._session.measuring_result else ""))
        self.refresh()

    @Slot(object)
    def _on_exported(self, done: Decompressed) -> None:
        if done.damaged:
            lost = wording.damaged(len(done.damaged), "part")
            self.complain(f"Exported to {done.target}, but {lost}; {done.rest}.")
        else:
            self.say(f"Exported to {done.target}, {wording.size(done.file_bytes)}.")

    @Slot(bool)
    def _on_busy(self, busy: bool) -> None:
        self._frame.progress.show_busy(busy)
        if not busy:
            self._frame.empty.show_opening("")
        self.refresh()

    @Slot()
    def _on_cancelled(self) -> None:
        self.say(CANCELLED)

    @Slot(object)
    def _on_pointed(self, at: tuple[int, int] | None) -> None:
        session = self._session
        values = session.pictures.values_at(*at) if at is not None else None
        text = ""
        if values is not None and session.scene is not None:
            text = composite.cursor(values, session.scene.info, self._frame.grid.error_style.kind)
            if (place := session.place) is not None:
                text += wording.lonlat(*map(float, place.lonlat(values.row, values.col)))
        self._frame.cursor_label.setText(text)

    @Slot(object)
    def _on_located(self, place: Place | None) -> None:
        meters = None if place is None else place.meters_per_pixel[1]
        self._frame.grid.show_scale(meters if meters is not None and math.isfinite(meters) and meters > 0 else None)

    @Slot(object)
    def _on_devices(self, found: Sequence[Device]) -> None:
        self._frame.settings.show_devices([(device.name, device.description) for device in found])

    @Slot()
    def _on_arranged(self) -> None:
        """Check the commands of what is seen."""
        grid, commands = self._frame.grid, self._frame.commands
        commands.modes[grid.mode].setChecked(True)
        commands.error_kinds[grid.error_style.kind].setChecked(True)
        commands.attention.setChecked(grid.attention_shown)
        for action in (commands.divider_left, commands.divider_right):
            action.setEnabled(grid.mode is Mode.SPLIT and self._session.scene is not None)
