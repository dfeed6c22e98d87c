"""Choosing what is fixed: quality, size, ratio, bits per pixel or error; the rest follows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from sargui.engine.requests import DEFAULT_QUALITY, Rate, RateKind

STEPS = 2  # of the slider per unit of quality
ONLY_ONE = "This checkpoint has one fixed quality."


@dataclass(frozen=True, slots=True)
class _Goal:
    """What a kind of rate is called and how its number is entered; `factor` times the number is what is asked for."""

    name: str
    suffix: str
    low: float
    high: float
    step: float
    decimals: int
    first: float
    factor: float = 1.0


GOALS = {
    RateKind.QUALITY: _Goal("Quality", "", 0, 100, 1 / STEPS, 1, DEFAULT_QUALITY),
    RateKind.BYTES: _Goal("File size", " MB", 0.001, 1e6, 1, 3, 10, 1e6),
    RateKind.RATIO: _Goal("Ratio", " ×", 1, 1e5, 1, 1, 20),
    RateKind.BITS_PER_PIXEL: _Goal("Bits per pixel", " bit", 0.001, 64, 0.05, 3, 0.5),
    RateKind.RMSE_DB: _Goal("RMS error", " dB", 0.01, 30, 0.05, 2, 0.8),
}


class RatePicker(QWidget):
    """A list of goals, a number, and a slider where the goal is a quality; emits `changed`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.goal = QComboBox()
        self.goal.setAccessibleName("What is fixed")
        self.goal.addItems([goal.name for goal in GOALS.values()])
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100 * STEPS)
        self.slider.setPageStep(5 * STEPS)
        self.slider.setAccessibleName("Quality slider, 0 to 100")
        self.spin = QDoubleSpinBox()
        self.spin.setMinimumWidth(80)  # not that of the largest number
        self.spin.lineEdit().setAcceptDrops(False)  # drops are the window's
        self.ends = QWidget()
        self._values = {kind: goal.first for kind, goal in GOALS.items()}
        self._chosen = {RateKind.QUALITY}  # whose numbers are the user's; the others are suggestions
        self._lay_out()
        self._on_goal(0)
        self.goal.currentIndexChanged.connect(self._on_goal)
        self.slider.valueChanged.connect(lambda value: self.spin.setValue(value / STEPS))
        self.spin.valueChanged.connect(self._on_spin)

    @property
    def kind(self) -> RateKind:
        """What is fixed."""
        return list(GOALS)[self.goal.currentIndex()]

    @property
    def rate(self) -> Rate:
        """What is asked for."""
        return Rate(self.kind, self.spin.value() * GOALS[self.kind].factor)

    @property
    def quality(self) -> float:
        """The quality, 0..100, that is or was last set: what is tried while another goal is fixed."""
        return self._values[RateKind.QUALITY]

    def show_rate(self, rate: Rate) -> None:
        """Ask for a rate."""
        self._values[rate.kind] = rate.value / GOALS[rate.kind].factor
        self._chosen.add(rate.kind)
        if rate.kind is self.kind:
            self.spin.setValue(self._values[rate.kind])
        else:
            self.goal.setCurrentIndex(list(GOALS).index(rate.kind))

    def suggest(self, rates: Iterable[Rate]) -> None:
        """Let goals begin at rates that suit the scene; a number that has been entered, or is seen, stays."""
        for rate in rates:
            if rate.kind not in self._chosen and rate.kind is not self.kind and math.isfinite(rate.value):
                self._values[rate.kind] = _rounded(rate.value / GOALS[rate.kind].factor, GOALS[rate.kind])

    def fix_quality(self, only: int | None) -> None:
        """Keep the quality at the one (in hundredths) that a checkpoint is for, or free it."""
        if only is not None:
            self.show_rate(Rate(value=only / 100))
        for control in (self.goal, self.spin, self.slider):
            control.setEnabled(only is None)
            control.setToolTip("" if only is None else ONLY_ONE)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(self.goal)
        row.addStretch(1)
        row.addWidget(self.spin)
        column.addLayout(row)
        column.addWidget(self.slider)
        ends = QHBoxLayout(self.ends)
        ends.setContentsMargins(0, 0, 0, 0)
        for text in ("smaller file", "smaller error"):
            end = QLabel(text)
            end.setProperty("role", "dim")
            ends.addWidget(end)
        ends.insertStretch(1, 1)
        column.addWidget(self.ends)

    def _on_goal(self, _: int) -> None:
        goal = GOALS[self.kind]
        value = self._values[self.kind]
        self.spin.blockSignals(True)  # neither the old number nor its limits mean anything to the new goal
        self.spin.setDecimals(goal.decimals)
        self.spin.setRange(goal.low, goal.high)
        self.spin.setSingleStep(goal.step)
        self.spin.setSuffix(goal.suffix)
        self.spin.setAccessibleName(f"{goal.name}{goal.suffix}" if goal.suffix else f"{goal.name}, 0 to 100")
        self.spin.setValue(value)
        self.spin.blockSignals(False)
        for part in (self.slider, self.ends):
            part.setVisible(self.kind is RateKind.QUALITY)
        self._follow(value)

    def _on_spin(self, value: float) -> None:
        self._chosen.add(self.kind)
        self._values[self.kind] = value
        self._follow(value)

    def _follow(self, value: float) -> None:
        if self.kind is RateKind.QUALITY:
            self.slider.blockSignals(True)  # the spin box has tenths, the slider halves: it follows without answering
            self.slider.setValue(round(value * STEPS))
            self.slider.blockSignals(False)
        self.changed.emit()


def _rounded(value: float, goal: _Goal) -> float:
    """Return a number that is easily read, within the limits of its field: three digits count."""
    return min(max(round(float(f"{value:.3g}"), goal.decimals), goal.low), goal.high)
