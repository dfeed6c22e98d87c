"""The questions the window asks; everything else is said without stopping the user."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from sargui.core.types import Kind
from sargui.gui.key_map import KeyMap
from sargui.gui.kind_question import KindQuestion
from sargui.gui.question_box import question_box
from sargui.gui.queue_dialogs import QueueDialogs

RASTERS = "SAR images (*.tif *.tiff *.sarz *.img *.vrt *.ntf *.nitf *.jp2);;All files (*)"
ORIGINALS = "SAR images (*.tif *.tiff *.img *.vrt *.ntf *.nitf *.jp2 *.zip *.safe);;All files (*)"
SARZ = "Compressed SAR image (*.sarz)"
GEOTIFF = "GeoTIFF (*.tif *.tiff)"
COG = "Cloud-optimized GeoTIFF (*.tif *.tiff)"
PAGE = "Report (*.html *.htm)"


class Dialogs(QueueDialogs):
    """Asks with Qt's own dialogs. Tests put another in its place."""

    def ask_open(self, parent: QWidget, folder: Path) -> Path | None:
        """Return the file to open."""
        name, _ = QFileDialog.getOpenFileName(parent, "Open", str(folder), RASTERS)
        return Path(name) if name else None

    def ask_save(self, parent: QWidget, suggestion: Path, kinds: str) -> Path | None:
        """Return where to write; the dialog has asked before an existing file is chosen."""
        dialog = QFileDialog(parent, "Save", str(suggestion.parent), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suggestion.suffix)  # before it asks, so that it asks about the right file
        dialog.selectFile(suggestion.name)
        return Path(dialog.selectedFiles()[0]) if dialog.exec() else None

    def ask_place(self, parent: QWidget, folder: Path, name: str) -> Path | None:
        """Return the folder in which a folder of that name is to be written."""
        chosen = QFileDialog.getExistingDirectory(parent, f"Folder in Which {name} Is Written", str(folder))
        return Path(chosen) if chosen else None

    def may_replace(self, parent: QWidget, target: Path) -> bool:
        """Return whether what is there may be replaced."""
        return _confirm(parent, f"{target.name} exists already in {target.parent}.", "Replace it?", "Replace")

    def ask_original(self, parent: QWidget, folder: Path, name: str) -> Path | None:
        """Return the file that a .sarz was made from."""
        chosen, _ = QFileDialog.getOpenFileName(parent, f"Original of {name}", str(folder), ORIGINALS)
        return Path(chosen) if chosen else None

    def may_differ(self, parent: QWidget, name: str, differing: Sequence[str]) -> bool:
        """Return whether a raster may be taken for the original although it differs in something."""
        text = f"{name} differs from what the .sarz says of its original, in: {', '.join(differing)}."
        return _confirm(parent, text, "Compare with it all the same?", "Compare")

    def may_compress_again(self, parent: QWidget, name: str) -> bool:
        """Return whether pixels that were decompressed from a .sarz may be compressed again."""
        text = f"{name} was decompressed from a .sarz file: its pixels have lost something already."
        question = "Compress it again, and lose for the second time? Better compress the original."
        return _confirm(parent, text, question, "Compress Again")

    def may_drop_phase(self, parent: QWidget, name: str) -> bool:
        """Return whether the amplitude of complex pixels may be compressed."""
        text = f"{name} holds complex pixels. Their amplitude can be compressed, their phase cannot."
        return _confirm(parent, text, "Compress the amplitude? The phase is lost.", "Compress the Amplitude")

    def ask_kind(self, parent: QWidget, path: Path, sample: NDArray[np.generic] | None) -> Kind | None:
        """Return what the numbers of a file mean, when the file does not say; `sample` is some of them."""
        dialog = KindQuestion(parent, path.name, sample)
        dialog.exec()
        return dialog.kind

    def may_cancel(self, parent: QWidget) -> bool:
        """Return whether the running job may be cancelled for closing."""
        return _confirm(parent, "A job is still running.", "Cancel it and quit? Nothing will be left behind.", "Quit")

    def may_discard(self, parent: QWidget, name: str) -> bool | None:
        """Return whether an unsaved result may be lost; None if it is to be saved first."""
        box = question_box(parent, f"The compressed file of {name} has not been saved.", "Save it first?")
        save = box.addButton("Save…", QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        box.exec()
        return None if box.clickedButton() is save else box.clickedButton() is discard

    def wants_outdated(self, parent: QWidget, made_with: str) -> bool | None:
        """Return whether a file of other settings than those chosen is wanted; False: compress anew; None: neither."""
        text = f"The file was made with {made_with}; the settings have changed since."
        box = question_box(parent, text, "Which one do you want?")
        old = box.addButton("The File as It Is", QMessageBox.ButtonRole.AcceptRole)
        new = box.addButton("Compress Anew", QMessageBox.ButtonRole.ActionRole)
        box.setDefaultButton(box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole))
        box.exec()
        return True if box.clickedButton() is old else False if box.clickedButton() is new else None

    def show_keys(self, parent: QWidget, keys: list[tuple[str, str]]) -> None:
        """Show what each key does."""
        KeyMap(parent, keys).open()


def _confirm(parent: QWidget, text: str, question: str, action: str) -> bool:
    box = question_box(parent, text, question)
    yes = box.addButton(action, QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole))
    box.exec()
    return box.clickedButton() is yes
