"""The small picture of the whole scene: its frame is what the panes show, and a click moves them."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from sargui.core.types import BandInfo, Kind, ProductInfo, Window
from sargui.engine.requests import Picture
from sargui.gui.shading import shade_picture
from sargui.gui.views.overview_map import SMALLEST_FRAME_PX, OverviewMap
from sargui.gui.views.viewport import Viewport

ROWS, COLS = 1000, 2000


@pytest.fixture
def overview():
    info = ProductInfo("a", ROWS, COLS, (BandInfo("uint16", Kind.AMPLITUDE),))
    db = np.tile(np.linspace(-20, 0, 500, dtype=np.float32), (250, 1))
    return shade_picture(Picture(info, info.bands[0], Window(0, 0, ROWS, COLS), 4, db, None, None))


@pytest.fixture
def small_map(qtbot, overview):
    small = OverviewMap()
    qtbot.addWidget(small)
    small.resize(300, 200)
    small.show_overview(overview)
    small.show()
    return small


def test_the_scene_fills_the_widget_as_far_as_its_shape_allows(small_map):
    place = small_map.picture_rect()
    assert (place.x(), place.y(), place.width(), place.height()) == (0, 25, 300, 150)
    seen = small_map.grab().toImage()
    left, right = (seen.pixelColor(x, 100).red() for x in (10, 290))
    assert left < 40
    assert right > 215


def test_the_frame_is_the_view(small_map):
    small_map.show_view(Window(500, 1000, 250, 500))
    frame = small_map.frame_rect()
    assert (frame.x(), frame.y(), frame.width(), frame.height()) == (150, 100, 75, 37.5)
    small_map.show_view(Window(10, 10, 2, 2))
    assert small_map.frame_rect().width() == SMALLEST_FRAME_PX


@pytest.mark.parametrize(("at", "wanted"), [((150, 100), (1000, 500)), ((0, 25), (0, 0)), ((299, 199), (1993, 1000))])
def test_a_click_wants_its_place(small_map, qtbot, at, wanted):
    with qtbot.waitSignal(small_map.wanted) as asked:
        qtbot.mouseClick(small_map, Qt.MouseButton.LeftButton, pos=QPoint(*at))
    assert asked.args == pytest.approx(wanted, abs=4)


def test_a_drag_follows_and_moves_the_viewport(small_map, qtbot):
    viewport = Viewport()
    viewport.resize(100, 100)
    viewport.show_scene(ROWS, COLS)
    viewport.show_pixels()
    small_map.wanted.connect(viewport.look_at)
    qtbot.mousePress(small_map, Qt.MouseButton.LeftButton, pos=QPoint(30, 40))
    QTest.mouseMove(small_map, QPoint(200, 120))
    assert QPointF(viewport.x, viewport.y) == QPointF(200 / 300 * COLS, 95 / 150 * ROWS)
    qtbot.mouseRelease(small_map, Qt.MouseButton.LeftButton, pos=QPoint(200, 120))
    assert viewport.zoom == 1


def test_without_a_scene_it_hides(small_map):
    small_map.show_overview(None)
    assert not small_map.isVisible()
    assert small_map.frame_rect() is None
