"""Tests of the panel that says what is open."""

from pathlib import Path

import pytest

from sargui.core.types import BandInfo, Kind, ProductInfo
from sargui.gui.panels.scene_panel import ScenePanel
from sargui.gui.scene import Scene


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_band_is_said_in_words(qtbot, kind):
    panel = ScenePanel()
    qtbot.addWidget(panel)
    bands = (BandInfo("float32", Kind.POWER), BandInfo("uint8", kind))
    panel.show_scene(Scene(Path("scene.tif"), ProductInfo("scene.tif", 3, 4, bands)), band=1)
    assert panel.facts.text("Values")
    if kind is Kind.EXACT:
        assert panel.facts.text("Values") == "kept bit for bit"
