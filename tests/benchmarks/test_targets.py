"""Tests of the measure of targets: what counts as met, and what is counted."""

import pytest

from benchmarks.targets import Met, Watch
from sargui.core.types import Effort, Progress
from sargui.engine.requests import Rate, RateKind


@pytest.mark.parametrize(
    ("kind", "reached", "met"),
    [
        (RateKind.BYTES, 1000, True),
        (RateKind.BYTES, 990, True),
        (RateKind.BYTES, 1001, False),
        (RateKind.BYTES, 989, False),
        (RateKind.RATIO, 1010, True),
        (RateKind.RATIO, 1011, False),
        (RateKind.RATIO, 999, False),
        (RateKind.RMSE_DB, 995, True),
        (RateKind.RMSE_DB, 1005, True),
        (RateKind.RMSE_DB, 1011, False),
    ],
)
def test_met_is_within_a_hundredth_on_the_side_that_costs_nothing(kind, reached, met):
    assert Met("x", Effort.BEST, Rate(kind, 1000), reached, 1, 5, 0.0).is_met is met


def test_passes_and_trials_are_told_apart():
    watch = Watch()
    for progress in (
        Progress(1, 0, "finding the quality"),
        Progress(2, 0, "finding the quality"),
        Progress(1, 2, "compressing"),
        Progress(2, 2, "compressing"),
        Progress(1, 2, "compressing, pass 2"),
    ):
        watch(progress)
    assert (watch.trials, watch.passes) == (2, 2)
