"""What shapes the result: checkpoint and quality; and the button that starts it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from sargui.core.types import ModelCard
from sargui.engine.requests import DEFAULT_QUALITY, Rate, RateKind
from sargui.gui.panels.facts import heading

STEPS = 2  # of the slider per unit of quality


class SettingsPanel(QWidget):
    """Checkpoint list and quality; emits `changed` and `compress_wanted`, and does nothing by itself."""

    compress_wanted = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.checkpoint = QComboBox()
        self.checkpoint.setAccessibleName("Checkpoint")
        self.checkpoint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.about = QLabel()
        self.about.setProperty("role", "dim")
        self.about.setWordWrap(True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100 * STEPS)
        self.slider.setPageStep(5 * STEPS)
        self.slider.setAccessibleName("Quality slider, 0 to 100")
        self.spin = QDoubleSpinBox(minimum=0, maximum=100, singleStep=1 / STEPS, decimals=1)
        self.spin.setAccessibleName("Quality, 0 to 100")
        self.spin.lineEdit().setAcceptDrops(False)  # drops are the window's
        self.button = QPushButton("Compress")
        self.button.setProperty("role", "primary")
        self.button.setMinimumHeight(34)
        self.reason = QLabel()
        self.reason.setProperty("role", "dim")
        self.reason.setWordWrap(True)
        self.reason.setVisible(False)
        self._cards: list[ModelCard] = []
        self._lay_out()
        self.slider.valueChanged.connect(lambda value: self.spin.setValue(value / STEPS))
        self.spin.valueChanged.connect(self._on_spin)
        self.spin.setValue(DEFAULT_QUALITY)
        self.checkpoint.currentIndexChanged.connect(self._on_checkpoint)
        self.button.clicked.connect(self.compress_wanted)

    @property
    def rate(self) -> Rate:
        """The quality asked for."""
        return Rate(RateKind.QUALITY, self.spin.value())

    @property
    def card(self) -> ModelCard | None:
        """The chosen checkpoint."""
        index = self.checkpoint.currentIndex()
        return self._cards[index] if 0 <= index < len(self._cards) else None

    def card_of(self, name: str) -> ModelCard | None:
        """Return the listed checkpoint of a name."""
        return next((card for card in self._cards if card.name == name), None)

    def show_cards(self, cards: Sequence[ModelCard], chosen: str = "") -> None:
        """List the checkpoints and choose one by name, the first if there is none of that name."""
        self._cards = list(cards)
        self.checkpoint.clear()
        for index, card in enumerate(self._cards):
            self.checkpoint.addItem(card.name + (" (experimental)" if card.experimental else ""))
            self.checkpoint.setItemData(index, _tip(card), Qt.ItemDataRole.ToolTipRole)
        names = [card.name for card in self._cards]
        self.checkpoint.setCurrentIndex(names.index(chosen) if chosen in names else min(0, len(names) - 1))
        self._on_checkpoint()

    def allow(self, allowed: bool, reason: str = "") -> None:
        """Enable the button, or say why not."""
        self.button.setEnabled(allowed)
        self.button.setToolTip("" if allowed else reason)
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason) and not allowed)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(heading("Settings"))
        label = QLabel("&Checkpoint")
        label.setBuddy(self.checkpoint)
        column.addWidget(label)
        column.addWidget(self.checkpoint)
        column.addWidget(self.about)
        column.addSpacing(6)
        row = QHBoxLayout()
        label = QLabel("&Quality")
        label.setBuddy(self.spin)
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.spin)
        column.addLayout(row)
        column.addWidget(self.slider)
        ends = QHBoxLayout()
        for text in ("smaller file", "smaller error"):
            end = QLabel(text)
            end.setProperty("role", "dim")
            ends.addWidget(end)
        ends.insertStretch(1, 1)
        column.addLayout(ends)
        column.addSpacing(6)
        column.addWidget(self.button)
        column.addWidget(self.reason)

    def _on_spin(self, value: float) -> None:
        self.slider.blockSignals(True)  # the spin box has tenths, the slider halves: it follows without answering
        self.slider.setValue(round(value * STEPS))
        self.slider.blockSignals(False)
        self.changed.emit()

    def _on_checkpoint(self) -> None:
        card = self.card
        if card is None:
            self.about.setText("No checkpoint is installed: the folder models/ is missing or empty.")
            self.checkpoint.setToolTip("")
        else:
            self.about.setText(
                f"Attention: {card.attention}" + ("" if card.attention == "none" else f", {card.placement}")
            )
            self.checkpoint.setToolTip(_tip(card))
        self._fix_quality(None if card is None else card.network.get("quality"))
        self.changed.emit()

    def _fix_quality(self, only: int | None) -> None:
        """Keep the quality at the one (in hundredths) that a checkpoint is for, or free it."""
        if only is not None:
            self.spin.setValue(only / 100)
        for control in (self.spin, self.slider):
            control.setEnabled(only is None)
            control.setToolTip("" if only is None else "This checkpoint has one fixed quality.")


def _tip(card: ModelCard) -> str:
    """Return what the card says of a checkpoint, line by line."""
    lines = [card.description or card.name, f"Attention: {card.attention}, placement: {card.placement}"]
    for title, facts in (("Training", card.training), ("Validation", card.validation)):
        plain = [
            f"{key.replace('_', ' ')} {value}" for key, value in facts.items() if isinstance(value, str | int | float)
        ]
        if plain:
            lines.append(f"{title}: " + ", ".join(plain[:6]))
    lines.append(f"Weights: {card.sha256[:12]}…")
    return "\n".join(lines)
