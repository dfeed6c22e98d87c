"""What came out: size, ratio, bits per pixel, error; and the buttons that keep it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from sargui.engine.requests import QualityReport
from sargui.gui import wording
from sargui.gui.panels.facts import Facts
from sargui.gui.panels.points_plot import PointsPlot
from sargui.gui.scene import Result, Scene

SIZE, RATIO, BITS, ERROR = "Size", "Ratio", "Bits per pixel", "RMS error"
WORST, BIAS, QUALITY, CHECKPOINT, TIME, SAVED = "Worst tile", "Bias", "Quality", "Checkpoint", "Time", "Saved as"
DAMAGE = "Damage"


BITS_TIP = "of everything the pixels need, per pixel and band"


class ResultPanel(QWidget):
    """The facts of a result, with what can be done with it; emits `save_wanted`."""

    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts = Facts("Result")
        self.hint = QLabel("Nothing has been compressed yet.")
        self.hint.setProperty("role", "dim")
        self.hint.setWordWrap(True)
        self.save = QPushButton("Save .sarz…")
        self.export = QPushButton("Export")
        self.plot = PointsPlot()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(self.facts)
        column.addWidget(self.hint)
        column.addSpacing(6)
        row = QHBoxLayout()
        row.addWidget(self.save)
        row.addWidget(self.export)
        column.addLayout(row)
        column.addSpacing(6)
        column.addWidget(self.plot)
        column.addStretch(1)
        self.save.clicked.connect(self.save_wanted)

    def offer_exports(self, commands: Sequence[QAction]) -> None:
        """List commands in the menu of the button for exports."""
        menu = QMenu(self.export)
        menu.addActions(list(commands))
        self.export.setMenu(menu)

    def clear(self) -> None:
        """Show that there is no result."""
        for name in list(self.facts.values):
            self.facts.show_fact(name, "")
        self.hint.setText("Nothing has been compressed yet.")
        self.hint.setVisible(True)

    def show_result(self, result: Result, *, measuring: bool, outdated: str = "") -> None:
        """Show a result; its error is there once it has been measured.

        `outdated` names the settings that it was made with, if others are chosen by now.
        """
        done, quality = result.compressed, result.quality
        show = self.facts.show_fact
        since = f"Made with {outdated}; the settings have changed since." if outdated else ""
        self.hint.setText("\n".join(line for line in (since, done.notice) if line))
        self.hint.setVisible(bool(since or done.notice))
        size = f"{wording.size(done.raw_bytes)} → {wording.size(done.file_bytes)}"
        show(SIZE, size, f"{wording.whole(done.file_bytes)} bytes; the raw pixels have {wording.whole(done.raw_bytes)}")
        show(RATIO, f"{done.ratio:.1f} ×", "raw pixels over file")
        show(BITS, f"{done.bits_per_pixel:.3f}", BITS_TIP)
        self._show_quality(quality)
        if quality is None:
            show(ERROR, "measuring…" if measuring else "not measured")
        show(QUALITY, f"{done.quality:g}")
        show(CHECKPOINT, done.model)
        seconds = done.seconds.get("total", sum(done.seconds.values()))
        show(TIME, f"{seconds:.1f}\N{NO-BREAK SPACE}s" if seconds else "")
        show(SAVED, result.saved.name if result.saved else "", str(result.saved or ""), elided=True)

    def show_container(self, scene: Scene) -> None:
        """Show what an opened .sarz says of itself."""
        self.clear()
        said = scene.container or {}
        ratio, bits, quality = (said.get(key) for key in ("ratio", "bits_per_pixel", "quality"))
        raw = scene.info.raw_bytes
        if isinstance(ratio, float) and ratio > 0:
            self.facts.show_fact(SIZE, f"{wording.size(raw)} → {wording.size(raw / ratio)}")
            self.facts.show_fact(RATIO, f"{ratio:.1f} ×", "raw pixels over file")
        if isinstance(bits, float):
            self.facts.show_fact(BITS, f"{bits:.3f}", BITS_TIP)
        if isinstance(quality, int | float):
            self.facts.show_fact(QUALITY, f"{quality:g}")
        self.facts.show_fact(CHECKPOINT, str(said.get("model", "")))
        self._show_quality(scene.quality)
        self.facts.show_fact(DAMAGE, wording.damaged(len(lost)) if (lost := said.get("damaged")) else "")
        if scene.original is None:
            self.hint.setText("Opened from a compressed file. Locate its original (Ctrl+L) to measure it.")
        else:
            self.hint.setText(f"Compared with {scene.original.name}.")

    def _show_quality(self, quality: QualityReport | None) -> None:
        show = self.facts.show_fact
        if quality is None:
            for name in (ERROR, WORST, BIAS):
                show(name, "")
            return
        show(ERROR, wording.decibels(quality.rmse_db), "root-mean-square error of all valid pixels, in dB")
        worst = wording.decibels(quality.worst[0].rmse_db) if quality.worst else ""
        show(WORST, worst, "rms error of the tile of 512 × 512 pixels that errs most; W goes there")
        biases = [band.bias_db for band in quality.bands if not math.isnan(band.bias_db)]
        bias = wording.decibels(max(biases, key=abs), plus=True) if biases else "unknown"
        show(BIAS, bias, "of mean power; of several bands the largest")
