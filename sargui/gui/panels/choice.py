"""A list to choose from, as the panels have them: as wide as there is room, with a name for screen readers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QSizePolicy


def choice_box(name: str, texts: Sequence[str] = ()) -> QComboBox:
    """Return a list of texts, called `name` where it is not seen."""
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    box.addItems(list(texts))
    return box
