"""What is open: name, size, type, bands, kind, georeference."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from sargui.core.types import Kind
from sargui.gui import wording
from sargui.gui.panels.choice import choice_box
from sargui.gui.panels.facts import Facts
from sargui.gui.scene import Scene
from sargui.gui.views.overview_map import OverviewMap

KINDS = {Kind.AMPLITUDE: "amplitude", Kind.POWER: "power", Kind.DB: "decibels"}
OTHER_KIND = "What the values are; if that is wrong, choose another."
GUESSED = (
    "The file does not say what its values are: whole numbers are taken for amplitude, others for power.\n"
    "If that is wrong, choose what they are."
)
FIRST_FACTS = ("Name", "Made of", "Pixels", "File", "Raw", "Format", "Bands", "Type", "Values")


class ScenePanel(QWidget):
    """The facts of the open scene; emits `kind_wanted` when its values are said to be of another kind."""

    kind_wanted = Signal(object)  # Kind

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts = Facts("Scene")
        for name in FIRST_FACTS:
            self.facts.show_fact(name, "", elided=name in ("Name", "Made of"))
        self.kind = choice_box("What the values are", list(KINDS.values()))
        label = QLabel("&Values")
        label.setProperty("role", "dim")
        label.setBuddy(self.kind)
        self.facts.form.addRow(label, self.kind)
        self.known_by = QLabel()
        self.known_by.setProperty("role", "dim")
        self.facts.form.addRow("", self.known_by)
        for row in (self.kind, self.known_by):
            self.facts.form.setRowVisible(row, False)
        self.map = OverviewMap()
        self.hint = QLabel("Nothing is open.")
        self.hint.setProperty("role", "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(self.facts)
        column.addWidget(self.hint)
        column.addWidget(self.map)
        column.addStretch(1)
        self._now: Kind | None = None
        self.kind.activated.connect(self._on_kind)

    def show_scene(self, scene: Scene, band: int = 0) -> None:
        """Show the facts of a scene and of the band in view."""
        info, of_band = scene.info, scene.info.bands[band]
        self.hint.setVisible(False)
        show = self.facts.show_fact
        show("Name", scene.path.name if scene.is_compressed else info.name, f"{info.name}\n{scene.path}", elided=True)
        show("Made of", info.name if scene.is_compressed else "", info.name, elided=True)
        show("Pixels", f"{wording.whole(info.cols)} × {wording.whole(info.rows)}", "columns × rows")
        show("File", wording.size(info.source_bytes) if info.source_bytes else wording.DASH)
        show("Raw", wording.size(info.raw_bytes), "the pixels without any compression")
        show("Format", info.driver)
        show("Bands", ", ".join(wording.band(info, index) for index in range(len(info.bands))))
        show("Type", of_band.dtype)
        self._show_kind(scene, band)
        show("Unit", of_band.unit)
        show("No data", "" if of_band.nodata is None else f"{of_band.nodata:g}")
        show("Georeference", wording.place(info.georeference))

    def _show_kind(self, scene: Scene, band: int) -> None:
        """Say what the values are: in a list, where the user may know better."""
        info, kind = scene.info, scene.info.bands[band].kind
        self._now = kind
        fixed = scene.is_compressed or info.product or info.detected_from or kind is Kind.EXACT
        if fixed:
            of = f" of {info.detected_from}" if info.detected_from else ""
            said = "kept bit for bit" if kind is Kind.EXACT else KINDS[kind] + of
        else:
            said = ""
            self.kind.setCurrentIndex(list(KINDS).index(kind))
        guessed = scene.kind_guessed(band)
        self.kind.setToolTip(GUESSED if guessed else OTHER_KIND)
        self.known_by.setText("guessed" if guessed else "as you said" if scene.kind is not None else "")
        self.facts.show_fact("Values", said)
        self.facts.form.setRowVisible(self.kind, not fixed)
        self.facts.form.setRowVisible(self.known_by, not fixed and bool(self.known_by.text()))

    def _on_kind(self, index: int) -> None:
        if (wanted := list(KINDS)[index]) is not self._now:
            self.kind_wanted.emit(wanted)
