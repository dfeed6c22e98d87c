"""The box in which every question of the window stands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def question_box(parent: QWidget, text: str, question: str) -> QMessageBox:
    """Return a box that asks, still without buttons."""
    box = QMessageBox(QMessageBox.Icon.Question, "sargui", text)
    box.setParent(parent, Qt.WindowType.Dialog)
    box.setInformativeText(question)
    return box
