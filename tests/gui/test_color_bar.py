"""The color bar's labels."""

import numpy as np
import pytest

from sargui.gui.shading import DIVERGING, GRAY
from sargui.gui.views.color_bar import ColorBar, tick_step


@pytest.mark.parametrize("span", 10 ** np.linspace(-3, 3, 97))
def test_ticks_are_round_and_two_to_five(span):
    step = tick_step(span)
    assert 2 <= span / step <= 5 + 1e-6
    assert round(step / 10 ** np.floor(np.log10(step) + 1e-9)) in (1, 2, 5)


def test_the_error_bar_is_symmetric_and_signed(qtbot):
    bar = ColorBar(DIVERGING, signed=True)
    qtbot.addWidget(bar)
    bar.show_range((-2.0, 2.0))
    assert [text for _, text in bar.labels()] == ["−2", "−1", "0", "+1", "+2"]
    bar.show_range((-0.5, 0.5))
    assert [text for _, text in bar.labels()] == ["−0.4", "−0.2", "0.0", "+0.2", "+0.4"]


def test_an_empty_bar_has_no_labels_and_the_same_width(qtbot):
    bar = ColorBar(GRAY)
    qtbot.addWidget(bar)
    width = bar.sizeHint().width()
    assert bar.labels() == []
    bar.show_range((-24.2, -4.9))
    assert bar.sizeHint().width() == width
    assert [text for _, text in bar.labels()] == ["−20", "−15", "−10", "−5"]
