"""What shapes the result, as checkpoint, goal and effort; what that will come to; the button that starts it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from sargui.core.types import Effort, ModelCard
from sargui.gui.panels.checkpoint_picker import CheckpointPicker
from sargui.gui.panels.choice import choice_box
from sargui.gui.panels.facts import heading
from sargui.gui.panels.rate_picker import RatePicker
from sargui.gui.scene import Settings

EFFORTS = {Effort.BEST: "best: smaller file", Effort.FAST: "fast: done sooner"}
KEEP_POWER = (
    "Gains for each 64 × 64 pixels keep their mean power.\nOff: sooner done, and a slightly smaller error in dB."
)
FORETOLD_LINES = 3  # that are kept free for what is foretold


class SettingsPanel(QWidget):
    """Emits `changed` and `compress_wanted`, and does nothing by itself."""

    compress_wanted = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picker = CheckpointPicker()
        self.rates = RatePicker()
        self.effort = choice_box("Effort", list(EFFORTS.values()))
        self.effort.setToolTip("How long a smaller file is searched for; what is decoded takes as long either way")
        self.device = choice_box("Device", ["auto"])
        self.device.setToolTip("What the network runs on; auto is the GPU if there is one that works")
        self.keep_power = QCheckBox("Keep &mean power")
        self.keep_power.setChecked(True)
        self.keep_power.setToolTip(KEEP_POWER)
        self.foretold = QLabel()
        self.foretold.setWordWrap(True)
        self.foretold.setAccessibleName("Predicted size")
        self.foretold.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.foretold.setMinimumHeight(FORETOLD_LINES * self.foretold.fontMetrics().lineSpacing())  # the button rests
        self.foretold.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)  # words widen no window
        self.button = QPushButton("Compress")
        self.button.setProperty("role", "primary")
        self.button.setMinimumHeight(34)
        self.reason = QLabel()
        self.reason.setProperty("role", "dim")
        self.reason.setWordWrap(True)
        self.reason.setVisible(False)
        self._devices = ["auto"]
        self._lay_out()
        self.picker.changed.connect(self._on_checkpoint)
        self.rates.changed.connect(self.changed)
        self.effort.currentIndexChanged.connect(self.changed)
        self.device.currentIndexChanged.connect(self.changed)
        self.keep_power.toggled.connect(self.changed)
        self.button.clicked.connect(self.compress_wanted)

    @property
    def card(self) -> ModelCard | None:
        """The chosen checkpoint."""
        return self.picker.card

    @property
    def settings(self) -> Settings | None:
        """All that is chosen; None without a checkpoint."""
        if self.card is None:
            return None
        effort, device = list(EFFORTS)[self.effort.currentIndex()], self._devices[self.device.currentIndex()]
        return Settings(self.card.name, self.rates.rate, effort, device, self.keep_power.isChecked())

    def show_settings(self, settings: Settings) -> None:
        """Choose what was chosen before, as far as it is still there."""
        with QSignalBlocker(self):  # one change, not five
            self.picker.choose(settings.model)
            self.rates.show_rate(settings.rate)
            self.effort.setCurrentIndex(list(EFFORTS).index(settings.effort))
            if settings.device in self._devices:
                self.device.setCurrentIndex(self._devices.index(settings.device))
            self.keep_power.setChecked(settings.keep_power)
        self.changed.emit()

    def show_cards(self, cards: Sequence[ModelCard], chosen: str = "") -> None:
        """List the checkpoints and choose one by name."""
        self.picker.show_cards(cards, chosen)

    def show_devices(self, devices: Sequence[tuple[str, str]]) -> None:
        """List devices by name and description; the chosen one stays."""
        chosen = self._devices[self.device.currentIndex()]
        self._devices = [name for name, _ in devices]
        self.device.blockSignals(True)
        self.device.clear()
        self.device.addItems([description for _, description in devices])
        self.device.setCurrentIndex(self._devices.index(chosen) if chosen in self._devices else 0)
        self.device.blockSignals(False)

    def show_foretold(self, text: str) -> None:
        """Say what the settings will come to, before anything is written."""
        self.foretold.setText(text)

    def let_choose(self, allowed: bool, reason: str = "") -> None:
        """Enable all that is chosen, or say why it makes no difference."""
        for part in (self.picker, self.rates, self.effort, self.device, self.keep_power):
            part.setEnabled(allowed)
        self.setToolTip("" if allowed else reason)

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
        column.addWidget(self.picker)
        column.addSpacing(6)
        column.addWidget(self.rates)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("&Effort", self.effort)
        form.addRow("&Device", self.device)
        column.addLayout(form)
        column.addWidget(self.keep_power)
        column.addSpacing(6)
        column.addWidget(self.foretold)
        column.addWidget(self.button)
        column.addWidget(self.reason)

    def _on_checkpoint(self) -> None:
        with QSignalBlocker(self):
            self.rates.fix_quality(None if self.card is None else self.card.network.get("quality"))
        self.changed.emit()
