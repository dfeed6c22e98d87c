"""Tests of the panel that says what is open."""

from pathlib import Path

import pytest

from sargui.core.types import BandInfo, Kind, ProductInfo
from sargui.gui.panels.scene_panel import ScenePanel
from sargui.gui.scene import Scene

WORDS = {
    Kind.AMPLITUDE: "amplitude",
    Kind.POWER: "power",
    Kind.DB: "decibels",
    Kind.EXACT: "kept bit for bit",
}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_band_is_said_in_words(qtbot, kind):
    panel = ScenePanel()
    qtbot.addWidget(panel)
    bands = (BandInfo("float32", Kind.POWER), BandInfo("uint8", kind))
    panel.show_scene(Scene(Path("scene.tif"), ProductInfo("scene.tif", 3, 4, bands)), band=1)
    listed = "" if panel.kind.isHidden() else panel.kind.currentText()
    assert panel.facts.text("Values") + listed == WORDS[kind]
    assert panel.known_by.text() == ("" if kind is Kind.EXACT else "guessed")


def test_a_kind_that_is_known_is_no_guess(qtbot):
    panel = ScenePanel()
    qtbot.addWidget(panel)
    bands = (BandInfo("float32", Kind.DB, unit="dB"),)
    for kind, said in ((None, ""), (Kind.DB, "as you said")):
        panel.show_scene(Scene(Path("scene.tif"), ProductInfo("scene.tif", 3, 4, bands), kind))
        assert (panel.kind.currentText(), panel.known_by.text()) == ("decibels", said)
    product = ProductInfo("S1A.SAFE", 3, 4, (BandInfo("uint16", Kind.AMPLITUDE),), product="sentinel-1-safe")
    panel.show_scene(Scene(Path("S1A.SAFE"), product))
    assert (panel.facts.text("Values"), panel.kind.isHidden()) == ("amplitude", True)
