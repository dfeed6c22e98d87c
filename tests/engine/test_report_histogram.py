"""The drawing of two histograms: steps to scale, round numbers of dB below them."""

import re

import pytest

from sargui.engine.quality_report import Distributions
from sargui.engine.report_histogram import HEIGHT, WIDTH, histogram


def test_the_steps_are_to_scale():
    text = histogram(Distributions(0.1, (-2.0, -1.0, 0.0), (10, 40), (20, 0)))
    paths = dict(re.findall(r'class="(\w+)" d="([^"]+)"', text))
    assert paths["original"] == f"M0 {HEIGHT}V{HEIGHT * 0.75:.1f}H{WIDTH / 2:.1f}V0.0H{WIDTH:.1f}V{HEIGHT}"
    assert paths["decoded"] == f"M0 {HEIGHT}V{HEIGHT / 2:.1f}H{WIDTH / 2:.1f}V{HEIGHT:.1f}H{WIDTH:.1f}V{HEIGHT}"


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(-23.0, 2.0, ["−20", "−15", "−10", "−5", "0"]), (0.3, 4.2, ["1", "2", "3", "4"]), (-450.0, 450.0, None)],
)
def test_round_numbers_of_decibels_stand_at_their_places(low, high, ticks):
    text = histogram(Distributions(0.1, (low, high), (1,), (1,)))
    found = re.findall(r'<text x="([\d.]+)" y="\d+">(−?\d+) dB</text>', text)
    assert ticks is None or [db for _, db in found] == ticks
    assert 3 <= len(found) <= 7
    for x, db in found:
        assert float(x) == pytest.approx(WIDTH * (float(db.replace("−", "-")) - low) / (high - low), abs=0.06)


def test_without_pixels_there_is_nothing_to_draw():
    assert histogram(Distributions(float("nan"), (), (), ())) == ""
