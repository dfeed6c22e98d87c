"""The color bar's labels."""

import numpy as np
import pytest

from sargui.gui.shading import DIVERGING, GRAY
from sargui.gui.views.color_bar import ColorBar, Legend, tick_step


@pytest.mark.parametrize("span", 10 ** np.linspace(-3, 3, 97))
def test_ticks_are_round_and_two_to_five(span):
    step = tick_step(span)
    assert 2 <= span / step <= 5 + 1e-6
    assert round(step / 10 ** np.floor(np.log10(step) + 1e-9)) in (1, 2, 5)


def texts(legend):
    return [text for _, text in legend.labels()]


def test_the_error_bar_is_symmetric_and_signed():
    assert texts(Legend(DIVERGING, -2.0, 2.0, signed=True)) == ["−2", "−1", "0", "+1", "+2"]
    assert texts(Legend(DIVERGING, -0.5, 0.5, signed=True)) == ["−0.4", "−0.2", "0.0", "+0.2", "+0.4"]


@pytest.mark.parametrize(
    ("limit_db", "expected"),
    [
        (0.5, ["0.91", "0.95", "1", "1.05", "1.10"]),
        (1, ["0.83", "0.91", "1", "1.1", "1.2"]),
        (2, ["0.71", "0.83", "1", "1.2", "1.4"]),
        (5, ["0.33", "0.50", "1", "2", "3"]),
        (10, ["0.10", "0.20", "0.50", "1", "2", "5", "10"]),
    ],
)
def test_a_bar_of_ratios_is_symmetric_in_decibels_about_one(limit_db, expected):
    labels = Legend(DIVERGING, -limit_db, limit_db, "ratio", ratio=True).labels()
    assert [text for _, text in labels] == expected
    places = [place for place, _ in labels]
    assert places == pytest.approx([-place for place in reversed(places)])
    for place, text in labels:
        assert 10 ** (place / 10) == pytest.approx(float(text), rel=0.02)


def test_the_bar_says_its_range_to_those_who_cannot_see_it(qtbot):
    bar = ColorBar()
    qtbot.addWidget(bar)
    bar.show_legend(Legend(DIVERGING, -10, 10, "ratio", ratio=True))
    assert bar.toolTip() == bar.accessibleDescription() == "0.1 to 10"
    bar.show_legend(Legend(GRAY, 0, 4, "dB²"))
    assert bar.toolTip().replace("\N{NO-BREAK SPACE}", " ") == "0.00 dB² to 4.00 dB²"


def test_an_empty_bar_has_the_same_width(qtbot):
    bar = ColorBar()
    qtbot.addWidget(bar)
    width = bar.sizeHint().width()
    assert bar.range is None
    bar.show_legend(Legend(GRAY, -24.2, -4.9))
    assert bar.sizeHint().width() == width
    assert bar.range == (-24.2, -4.9)
    assert texts(bar.legend) == ["−20", "−15", "−10", "−5"]
