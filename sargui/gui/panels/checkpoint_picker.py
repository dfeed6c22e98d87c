"""Choosing a checkpoint: by its attention, by where that sits, by its name; and what is known of the chosen one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from sargui.core.types import ModelCard
from sargui.gui.card_words import ATTENTIONS, NONE, PLACES, gain, tip
from sargui.gui.curves import Curves, curves_of
from sargui.gui.panels.choice import choice_box

ANY = "any"


class CheckpointPicker(QWidget):
    """Two filters and a list; emits `changed` when another checkpoint is chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.attention = choice_box("Attention")
        self.attention.setToolTip("Lists the checkpoints of one kind of attention")
        self.place = choice_box("Place of the attention")
        self.place.setToolTip("Lists the checkpoints whose attention sits in one place of the network")
        self.checkpoint = choice_box("Checkpoint")
        self.about = QLabel()
        self.about.setProperty("role", "dim")
        self.about.setWordWrap(True)
        self._cards: list[ModelCard] = []
        self._shown: list[ModelCard] = []
        self._lay_out()
        self.attention.activated.connect(self._on_attention)
        self.place.activated.connect(self._filter)
        self.checkpoint.currentIndexChanged.connect(self._on_checkpoint)

    @property
    def card(self) -> ModelCard | None:
        """The chosen checkpoint."""
        index = self.checkpoint.currentIndex()
        return self._shown[index] if 0 <= index < len(self._shown) else None

    @property
    def curves(self) -> Curves | None:
        """The curves of the chosen checkpoint, or of another: one quality asks of all for the same trade."""
        cards = [*([self.card] if self.card is not None else []), *self._cards]
        return next((curves for card in cards if (curves := curves_of(card)) is not None), None)

    def card_of(self, name: str) -> ModelCard | None:
        """Return the installed checkpoint of a name."""
        return next((card for card in self._cards if card.name == name), None)

    def show_cards(self, cards: Sequence[ModelCard], chosen: str = "") -> None:
        """List the checkpoints and choose one by name, the first if there is none of that name."""
        self._cards = list(cards)
        names = dict.fromkeys(sorted((c.attention for c in cards), key=lambda n: (n != NONE, n)))
        _fill(self.attention, [ANY, *names], ATTENTIONS)
        self._list_places()
        self._list(chosen)

    def choose(self, name: str) -> None:
        """Choose a checkpoint by name; a filter that hides it is lifted."""
        if name not in [card.name for card in self._shown] and self.card_of(name) is not None:
            self.attention.setCurrentIndex(0)
            self._list_places()
            self._list(name)
        elif self.card is None or self.card.name != name:
            self.checkpoint.setCurrentIndex(max(0, [card.name for card in self._shown].index(name)))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for row, (text, box) in enumerate(
            (("&Attention", self.attention), ("P&lace", self.place), ("&Checkpoint", self.checkpoint))
        ):
            label = QLabel(text)
            label.setBuddy(box)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
        column.addLayout(grid)
        column.addWidget(self.about)

    def _on_attention(self) -> None:
        self._list_places()
        self._filter()

    def _filter(self) -> None:
        self._list(self.card.name if self.card is not None else "")

    def _list_places(self) -> None:
        """Offer the places of the attention that is chosen; a single one needs no choice."""
        chosen, before = self.attention.currentText(), self.place.currentText()
        cards = [card for card in self._cards if chosen in (ANY, card.attention) and card.attention != NONE]
        places = sorted({card.placement for card in cards})
        _fill(self.place, [ANY, *places] if len(places) > 1 else [ANY], PLACES)
        self.place.setCurrentText(before)
        self.place.setEnabled(len(places) > 1)

    def _list(self, chosen: str) -> None:
        attention, place = self.attention.currentText(), self.place.currentText()
        self._shown = [
            card
            for card in self._cards
            if attention in (ANY, card.attention)
            and (place == ANY or (card.attention != NONE and card.placement == place))
        ]
        names = [card.name for card in self._shown]
        self.checkpoint.blockSignals(True)
        texts = [card.name + (" (experimental)" if card.experimental else "") for card in self._shown]
        _fill(self.checkpoint, texts, dict(zip(texts, map(tip, self._shown), strict=True)))
        self.checkpoint.setCurrentIndex(names.index(chosen) if chosen in names else min(0, len(names) - 1))
        self.checkpoint.blockSignals(False)
        self._on_checkpoint()

    def _on_checkpoint(self) -> None:
        card = self.card
        if card is None:
            self.about.setText("No checkpoint is installed: the folder models/ is missing or empty.")
            self.checkpoint.setToolTip("")
        else:
            self.about.setText(gain(card))
            self.checkpoint.setToolTip(tip(card))
        self.changed.emit()


def _fill(box: QComboBox, texts: Sequence[str], tips: Mapping[str, str]) -> None:
    box.clear()
    for index, text in enumerate(texts):
        box.addItem(text)
        box.setItemData(index, tips.get(text), Qt.ItemDataRole.ToolTipRole)
