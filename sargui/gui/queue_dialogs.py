"""The questions about the batch queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from sargui.gui.question_box import question_box

RASTERS = "SAR images (*.tif *.tiff *.img *.vrt *.ntf *.nitf *.jp2 *.zip *.safe);;All files (*)"
MAX_NAMES = 5


class QueueDialogs:
    """Asks with Qt's own dialogs. Tests put another in its place."""

    def ask_files(self, parent: QWidget, folder: Path) -> list[Path]:
        """Return the files to add to the queue; none if the user thinks better of it."""
        names, _ = QFileDialog.getOpenFileNames(parent, "Add Files to the Queue", str(folder), RASTERS)
        return [Path(name) for name in names]

    def ask_folder(self, parent: QWidget, folder: Path) -> Path | None:
        """Return the folder for all compressed files."""
        name = QFileDialog.getExistingDirectory(parent, "Folder for the Compressed Files", str(folder))
        return Path(name) if name else None

    def may_overwrite(self, parent: QWidget, existing: Sequence[Path], settings: str) -> bool | None:
        """Return whether files that exist may be overwritten, with settings; None if nothing should be started."""
        count = len(existing)
        text = "A compressed file exists already." if count == 1 else f"{count} compressed files exist already."
        question = f"Overwrite {settings}, or keep what is there and compress the others only?"
        box = question_box(parent, text, f"{question}\n\n{_listed([path.name for path in existing])}")
        overwrite = box.addButton("Overwrite", QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton("Keep", QMessageBox.ButtonRole.AcceptRole)
        back = box.addButton("Do Not Start", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(back)
        box.exec()
        if box.clickedButton() is overwrite:
            return True
        return False if box.clickedButton() is keep else None

    def may_resume(self, parent: QWidget, interrupted: Mapping[str, float]) -> bool | None:
        """Return whether to go on with what runs have left that were killed when so much of a file was done, 0 to 1.

        False: start over; None: neither.
        """
        done = {name: f"{100 * fraction:.0f}\N{NO-BREAK SPACE}%" for name, fraction in interrupted.items()}
        if len(done) == 1:
            text = "An earlier run of {} was interrupted at {}.".format(*next(iter(done.items())))
            question = "Continue it, or start over?"
        else:
            text = f"Earlier runs of {len(done)} files were interrupted."
            listed = _listed([f"{name} at {percent}" for name, percent in done.items()])
            question = f"Continue them, or start over?\n\n{listed}"
        box = question_box(parent, text, question)
        resume = box.addButton("Continue", QMessageBox.ButtonRole.AcceptRole)
        anew = box.addButton("Start Over", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(resume)
        box.exec()
        return True if box.clickedButton() is resume else False if box.clickedButton() is anew else None


def _listed(names: Sequence[str]) -> str:
    more = [f"and {len(names) - MAX_NAMES} more"] if len(names) > MAX_NAMES else []
    return "\n".join([*names[:MAX_NAMES], *more])
