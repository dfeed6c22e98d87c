"""The scale bar."""

import pytest
from PySide6.QtGui import QImage

from sargui.gui.views.scale_bar import LONGEST_PX, ScaleBar, round_down


@pytest.fixture
def bar(qtbot):
    bar = ScaleBar()
    qtbot.addWidget(bar)
    return bar


@pytest.mark.parametrize(
    ("length", "expected"), [(0.7, 0.5), (1, 1), (1.99, 1), (2, 2), (4.9, 2), (999, 500), (1000, 1000), (7300, 5000)]
)
def test_a_length_is_round(length, expected):
    assert round_down(length) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("spacing_m", "zoom", "text"),
    [(10.0, 0.25, "5 km"), (10.0, 1.0, "1 km"), (10.0, 4.0, "200 m"), (0.25, 64.0, "0.5 m"), (40.0, 0.01, "500 km")],
)
def test_its_length_on_the_screen_is_what_it_says_on_the_ground(bar, spacing_m, zoom, text):
    bar.meters_per_pixel = spacing_m
    bar.show_zoom(zoom)
    assert bar.text.replace("\N{NO-BREAK SPACE}", " ") == text == bar.accessibleDescription().replace("\xa0", " ")
    number, unit = text.split()
    meters = float(number) * (1000 if unit == "km" else 1)
    assert bar.length_px == pytest.approx(meters / spacing_m * zoom)
    assert LONGEST_PX / 2.5 <= bar.length_px <= LONGEST_PX


def test_without_a_spacing_it_counts_pixels(bar):
    bar.show_zoom(0.25)
    assert (bar.text, bar.length_px) == ("500\N{NO-BREAK SPACE}px", 125)
    bar.show_zoom(200)
    assert bar.text == "1\N{NO-BREAK SPACE}px"


def test_it_is_light_with_a_dark_rim(bar):
    bar.setStyleSheet("background: #808080")
    bar.show_zoom(1)
    image = bar.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    column = [image.pixelColor(image.width() // 2, y).lightness() for y in range(image.height())]
    light = [y for y, lightness in enumerate(column) if lightness > 240]
    assert min(column[light[0] - 4 : light[0]]) < 120
    assert min(column[light[-1] + 1 : light[-1] + 5]) < 120


def test_it_stands_in_the_original_or_in_what_is_seen_alone(opened):
    grid = opened.grid
    assert grid.original.scale.isVisible()
    assert not grid.decoded.scale.isVisible()
    grid.show_scale(10.0)
    assert grid.original.scale.text.endswith("m")
    opened.commands.modes["split"].trigger()
    assert grid.pair.scale.isVisible()
    surface = grid.pair.surface
    assert grid.pair.scale.geometry().bottomLeft().y() == pytest.approx(surface.height(), abs=2)
    grid.show_scale(None)
    assert grid.pair.scale.text.endswith("px")
