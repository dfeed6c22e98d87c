"""What of the attention is shown: which place of the network, which head or channel, how strongly; and its facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QSlider, QVBoxLayout, QWidget

from sargui.engine.requests import AttentionModule, AttentionPicture
from sargui.gui import attention_words
from sargui.gui.panels.choice import choice_box
from sargui.gui.panels.facts import heading
from sargui.gui.panels.gate_bars import GateBars

MEAN = "mean of all heads"
FIRST_OPACITY = 60  # percent


class Subject(StrEnum):
    """What the fourth pane shows."""

    ATTENTION = "attention"
    BITS = "where the bits go"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user wants to see; `module` empty: the first; `head` None: the mean; `channel` None: the map."""

    subject: Subject = Subject.ATTENTION
    module: str = ""
    head: int | None = None
    channel: int | None = None
    opacity: float = FIRST_OPACITY / 100


class AttentionPanel(QWidget):
    """Emits `changed` when something else is to be shown."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.subject = choice_box("What the attention pane shows")
        self.subject.addItems(list(Subject))
        self.module = choice_box("Place in the network")
        self.head = choice_box("Head")
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setValue(FIRST_OPACITY)
        self.opacity.setAccessibleName("Opacity of the attention, in percent")
        self.bars = GateBars()
        self.facts = QLabel()
        self.facts.setProperty("role", "dim")
        self.facts.setWordWrap(True)
        self._modules: tuple[AttentionModule, ...] = ()
        self._channel: int | None = None
        self.kept = ""  # the place that was chosen last, for other checkpoints that have it
        self._lay_out()
        self.show_seen(None)
        self.subject.currentIndexChanged.connect(self._on_subject)
        self.module.activated.connect(self._on_module)
        self.head.activated.connect(self.changed)
        self.opacity.valueChanged.connect(self.changed)
        self.bars.chosen.connect(self._on_channel)

    @property
    def choice(self) -> Choice:
        """What the user wants to see."""
        index, head = self.module.currentIndex(), self.head.currentIndex()
        return Choice(
            list(Subject)[self.subject.currentIndex()],
            self._modules[index].name if 0 <= index < len(self._modules) else "",
            None if head <= 0 else head - 1,
            self._channel,
            self.opacity.value() / 100,
        )

    def show_seen(self, seen: AttentionPicture | None) -> None:
        """List what there is to see, and say what is seen; None: nothing."""
        modules = () if seen is None else seen.modules
        if modules != self._modules:
            self.list_places(modules, "" if seen is None else seen.module)
        attending = (
            seen is not None and bool(modules) and list(Subject)[self.subject.currentIndex()] is not Subject.BITS
        )
        self.bars.show_gates(seen.channel_gates if seen is not None and attending else None, self._channel)
        self.facts.setText(attention_words.facts(seen) if seen is not None and attending else "")
        for box in (self.module, self.head):
            self._form.setRowVisible(box, attending and box.count() > 1)

    def next_module(self, step: int) -> None:
        """Show another place of the network."""
        if count := self.module.count():
            self.module.setCurrentIndex((self.module.currentIndex() + step) % count)
            self._on_module()

    def list_places(self, modules: Sequence[AttentionModule], chosen: str) -> None:
        """List the places of a network that attend, and choose one by name, the first if there is none of that name."""
        self._modules = tuple(modules)
        self._channel = None
        self.module.clear()
        self.module.addItems([attention_words.module(one.name) for one in modules])
        names = [one.name for one in modules]
        self.module.setCurrentIndex(names.index(chosen) if chosen in names else min(0, len(names) - 1))
        self._list_heads()

    def _list_heads(self) -> None:
        index = self.module.currentIndex()
        heads = self._modules[index].heads if 0 <= index < len(self._modules) else 0
        self.head.clear()
        if heads > 1:
            self.head.addItems([MEAN, *(f"head {number + 1}" for number in range(heads))])

    def _on_subject(self) -> None:
        self.show_seen(None)
        self.changed.emit()

    def _on_module(self) -> None:
        self._channel, self.kept = None, self.choice.module
        self._list_heads()
        self.changed.emit()

    def _on_channel(self, channel: int | None) -> None:
        self._channel = channel
        self.changed.emit()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(heading("Attention"))
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, widget in (
            ("Sho&w", self.subject),
            ("Place &in net", self.module),
            ("&Head", self.head),
            ("Opacit&y", self.opacity),
        ):
            self._form.addRow(text, widget)
        column.addLayout(self._form)
        column.addWidget(self.bars)
        column.addWidget(self.facts)
