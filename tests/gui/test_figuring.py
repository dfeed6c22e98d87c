"""U shows the figures of the result below the panes, and takes them away."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sargui.core.types import TileError
from sargui.engine.quality_report import BandQuality, QualityReport
from sargui.gui.panels.plots import Subject
from sargui.gui.panels.quality_table import UNMEASURED, QualityTable

MINUS = "\N{MINUS SIGN}"


def lines(table):
    """Return the texts of each line of a table."""
    items = [table.topLevelItem(number) for number in range(table.topLevelItemCount())]
    return [[item.text(column).strip() for column in range(table.columnCount())] for item in items]


@pytest.fixture
def table(qtbot):
    table = QualityTable()
    qtbot.addWidget(table)
    return table


def test_every_band_has_a_column(table):
    bands = BandQuality(0.815, -0.002, 9.5, 37.0, 1000, 0), BandQuality(1.25, 0.01, 8.0, 36.0, 900, 3)
    table.show_quality(QualityReport(bands, (TileError(0, 0, 0, 1.0),)), ["VV", "VH"])
    assert [table.headerItem().text(column) for column in range(3)] == ["", "VV", "VH"]
    found = lines(table)
    assert ["RMS error, dB", "0.815", "1.250"] in found
    assert ["Pixels valid in one file only", "0", "3"] in found
    assert [line for line in found if line[0] == "Radiometry"] == [["Radiometry", "", ""]]
    assert any(f"{MINUS}0.002" in line[1] for line in found)


def test_figures_that_a_band_has_not_are_left_out(table):
    exact = BandQuality(0, 0, 0, 0, 0, 0, exact_mismatches=0)
    table.show_quality(QualityReport((BandQuality(0.5, 0, 1, 30, 10, 0), exact)), ["VV", "Band 2"])
    assert ["Differing pixels of an exact band", "", "0"] in lines(table)
    assert ["RMS error, dB", "0.500", ""] in lines(table)


def test_before_there_is_a_result_the_table_says_how_to_get_one(table):
    assert lines(table) == [[UNMEASURED]]


def test_u_shows_the_figures_and_takes_them_away(compressed):
    plots = compressed.plots
    QTest.keyClick(compressed, Qt.Key.Key_U)
    assert plots.isTabVisible(Subject.QUALITY)
    assert compressed.commands.quality.isChecked()
    error = f"{compressed.session.quality.bands[0].rmse_db:.3f}"
    assert any(line[:2] == ["RMS error, dB", error] for line in lines(plots.quality))
    QTest.keyClick(compressed, Qt.Key.Key_U)
    assert not plots.isTabVisible(Subject.QUALITY)
    assert not compressed.commands.quality.isChecked()


def test_the_tab_can_be_closed_and_another_scene_empties_it(compressed, engine, qtbot):
    QTest.keyClick(compressed, Qt.Key.Key_U)
    compressed.plots.tabCloseRequested.emit(Subject.QUALITY)
    assert not compressed.commands.quality.isChecked()
    QTest.keyClick(compressed, Qt.Key.Key_U)
    compressed.session.result = None
    compressed.session.opened.emit(compressed.session.scene)
    assert lines(compressed.plots.quality) == [[UNMEASURED]]
