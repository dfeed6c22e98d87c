"""Tests of the panel that says what came out."""

from pathlib import Path

import pytest

from sargui.core.types import BandInfo, Kind, ProductInfo
from sargui.engine.requests import Compressed
from sargui.gui.panels.result_panel import ResultPanel
from sargui.gui.scene import Result

INFO = ProductInfo("scene.tif", 3, 4, (BandInfo("float32", Kind.POWER),))


@pytest.mark.parametrize("notice", ["", "The device does not do all of its work."])
def test_a_notice_stands_below_the_facts_until_the_result_is_gone(qtbot, notice):
    panel = ResultPanel()
    qtbot.addWidget(panel)
    done = Compressed(Path("a.sarz"), 24, 20, 48, 8.0, 15, 16, 50.0, "tiny", INFO, notices=(notice,))
    panel.show_result(Result(done), measuring=False)
    assert (panel.hint.text(), panel.hint.isHidden()) == (notice, not notice)
    panel.clear()
    assert panel.hint.text() == "Nothing has been compressed yet."
