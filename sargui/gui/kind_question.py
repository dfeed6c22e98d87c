"""The question what a file's numbers mean, with their histogram beside it."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from sargui.core.types import Kind
from sargui.gui.panels.facts import heading
from sargui.gui.views.histogram import Histogram

CHOICES = (
    ("&Amplitude", Kind.AMPLITUDE, "Square root of power; digital numbers of detected products."),
    ("&Power", Kind.POWER, "Intensity: linear sigma, gamma or beta nought."),
    ("&Decibels", Kind.DB, "10·log10 of power: mostly negative, rarely beyond −50 and +30."),
)
NEARLY_ALL = 0.9  # of the values: amplitude and power have few negative ones, by noise that was taken off


class KindQuestion(QDialog):
    """Asks; `kind` is the answer, None until there is one, and after Cancel. `sample` holds some of the values."""

    def __init__(self, parent: QWidget, name: str, sample: NDArray[np.generic] | None) -> None:
        super().__init__(parent)
        self.kind: Kind | None = None
        self.setWindowTitle("What are these values?")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(10)
        column.addWidget(heading("What are these values?"))
        column.addWidget(QLabel(f"{name} holds negative numbers and does not say what they are."))
        if sample is not None and sample.size:
            column.addWidget(QLabel(_in_words(sample)))
            column.addWidget(Histogram(sample))
        for label, _, what in CHOICES:
            column.addWidget(QLabel(f"{label.replace('&', '')}: {what}"))
        buttons = QDialogButtonBox()
        self._buttons: dict[Kind, QPushButton] = {}
        for label, kind, what in CHOICES:
            button = buttons.addButton(label, QDialogButtonBox.ButtonRole.ActionRole)
            button.setToolTip(what)
            button.clicked.connect(partial(self._answer, kind))
            self._buttons[kind] = button
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self._suggest(buttons, likely(sample))

    def _suggest(self, buttons: QDialogButtonBox, kind: Kind | None) -> None:
        """Let Return give an answer that is likely; where none is, no answer is given by a key alone."""
        for button in buttons.buttons():
            if isinstance(button, QPushButton):
                button.setAutoDefault(False)
        cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        chosen = cancel if kind is None else self._buttons[kind]
        chosen.setDefault(kind is not None)
        chosen.setFocus()

    def _answer(self, kind: Kind, *_: object) -> None:
        self.kind = kind
        self.accept()


def likely(sample: NDArray[np.generic] | None) -> Kind | None:
    """Return what values are that nearly all are negative: decibels; None where they do not tell."""
    values = np.asarray([] if sample is None else sample, np.float64)
    values = values[np.isfinite(values)]
    return Kind.DB if values.size and float(np.mean(values < 0)) >= NEARLY_ALL else None


def _in_words(sample: NDArray[np.generic]) -> str:
    values = np.asarray(sample, np.float64)
    low, middle, high = np.quantile(values[np.isfinite(values)], [0, 0.5, 1]) if np.isfinite(values).any() else (0,) * 3
    return f"Sampled values from {low:.4g} to {high:.4g}, half of them below {middle:.4g}:".replace(
        "-", "\N{MINUS SIGN}"
    )
