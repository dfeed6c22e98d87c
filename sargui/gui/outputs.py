"""What a session writes where the user wants it: the compressed file, rasters and products decoded, reports."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sargui.core.errors import SarguiError, TargetError
from sargui.core.paths import SARZ
from sargui.engine.report_request import WriteReport
from sargui.engine.requests import Decompress
from sargui.gui.errands import Errands, Lane
from sargui.gui.saving import copy_whole, same_file

if TYPE_CHECKING:
    from sargui.gui.session import Session


class Form(Enum):
    """As what a decoded scene can be written."""

    GEOTIFF = "GeoTIFF"
    COG = "cloud-optimized GeoTIFF"
    SAFE = "SAFE folder"  # only of what was made from a SAFE product


class Outputs(QObject):
    """Writes over what is there: whoever asks for it has asked the user."""

    saved = Signal(object)  # Path
    exported = Signal(object)  # Decompressed
    reported = Signal(object)  # WrittenReport
    failed = Signal(object)  # SarguiError

    def __init__(self, session: Session, errands: Errands) -> None:
        super().__init__(session)
        self._session, self._errands = session, errands

    def save(self, target: Path) -> None:
        """Copy the compressed file to `target`."""
        source = self._session.container
        if source is None or not self._may_write(target):
            return
        self._errands.submit(
            lambda report, cancel: copy_whole(source, target, report, cancel),
            lambda path: self._on_saved(source, path),
            self.failed.emit,
            lane=Lane.FILES,
            awaited=True,
        )

    def export(self, target: Path, form: Form = Form.GEOTIFF) -> None:
        """Write the decoded raster, or the product that it came from."""
        source = self._session.container
        if source is None or not self._may_write(target):
            return
        request = Decompress(source, target, overwrite=True, cog=form is Form.COG, safe=form is Form.SAFE)
        self._errands.submit(request, self.exported.emit, self.failed.emit, awaited=True)

    def report(self, target: Path) -> None:
        """Write a report of what has been measured."""
        session = self._session
        scene, container, quality = session.scene, session.container, session.quality
        if scene is None or scene.raster is None or container is None or quality is None:
            return
        marks, result = session.measuring.marks, session.result
        name = ""
        if result is not None:  # whose own file has a name for the moment
            name = result.saved.name if result.saved is not None else f"{scene.path.stem}{SARZ} (not saved)"
        request = WriteReport(
            scene.raster,
            container,
            target,
            quality,
            band=session.pictures.band,
            settings={} if result is None or result.settings is None else result.settings.beside_file,
            pins={pin.name: (pin.row, pin.col) for pin in marks.pins},
            regions={region.name: region.window for region in marks.regions},
            shown_as=name,
            overwrite=True,
        )
        self._errands.submit(request, self.reported.emit, self.failed.emit, awaited=True)

    def _on_saved(self, source: Path, target: Path) -> None:
        session = self._session
        if session.result is not None and session.result.compressed.target == source:
            session.result = replace(session.result, saved=target)
        self.saved.emit(target)

    def _may_write(self, target: Path) -> bool:
        """Refuse, with a sentence, to write over what is being shown."""
        scene = self._session.scene
        shown: list[Path] = [] if scene is None else [path for path in (scene.path, scene.original) if path is not None]
        if not any(same_file(target, path) or path.resolve().is_relative_to(target.resolve()) for path in shown):
            return True
        self.failed.emit(_shown(target))
        return False


def _shown(target: Path) -> SarguiError:
    return TargetError(f"{target.name} is the open scene itself; choose another name.")
