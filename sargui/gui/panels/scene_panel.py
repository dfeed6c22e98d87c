"""What is open: name, size, type, bands, kind, georeference."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from sargui.gui import wording
from sargui.gui.panels.facts import Facts
from sargui.gui.scene import Scene
from sargui.gui.views.overview_map import OverviewMap

KINDS = {"amplitude": "amplitude", "power": "power (intensity)", "db": "decibels", "exact": "kept bit for bit"}


class ScenePanel(QWidget):
    """The facts of the open scene."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts = Facts("Scene")
        self.map = OverviewMap()
        self.hint = QLabel("Nothing is open.")
        self.hint.setProperty("role", "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(self.facts)
        column.addWidget(self.hint)
        column.addWidget(self.map)
        column.addStretch(1)

    def show_scene(self, scene: Scene, band: int = 0) -> None:
        """Show the facts of a scene and of the band in view."""
        info, of_band = scene.info, scene.info.bands[band]
        self.hint.setVisible(False)
        show = self.facts.show_fact
        show("Name", info.name, f"{info.name}\n{scene.path}", elided=True)
        show("Pixels", f"{wording.whole(info.cols)} × {wording.whole(info.rows)}", "columns × rows")
        show("File", wording.size(info.source_bytes) if info.source_bytes else wording.DASH)
        show("Raw", wording.size(info.raw_bytes), "the pixels without any compression")
        show("Format", info.driver)
        show("Bands", ", ".join(wording.band(info, index) for index in range(len(info.bands))))
        show("Type", of_band.dtype)
        show("Values", KINDS[of_band.kind] + (", as you said" if scene.kind is not None else ""))
        show("Unit", of_band.unit)
        show("No data", "" if of_band.nodata is None else f"{of_band.nodata:g}")
        show("Georeference", wording.place(info.georeference))
