"""The setting at which another codec takes as many bits is found with few trials."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

pytest.importorskip("imagecodecs")
from benchmarks.equal_rate import alike, match, setting_for  # needs imagecodecs
from benchmarks.peer_job import CODECS
from benchmarks.scene import Scene


@pytest.mark.parametrize("rate", [0.06, 0.5, 3.0])
def test_a_rate_within_reach_is_met_in_few_trials(rate: float) -> None:
    trials = []

    def rate_at(setting: float) -> float:
        trials.append(setting)
        return 2 / setting**1.5 + 0.02

    setting, reached = setting_for(rate, rate_at, (0.1, 25))
    assert reached == pytest.approx(rate, rel=0.01)
    assert reached == rate_at(setting)
    assert len(trials) <= 9


@pytest.mark.parametrize(("rate", "end"), [(9.0, 0.1), (1e-4, 25.0)])
def test_a_rate_out_of_reach_is_approached(rate: float, end: float) -> None:
    setting, reached = setting_for(rate, lambda setting: 0.5 / setting, (0.1, 25))
    assert setting == pytest.approx(end, rel=0.05)
    assert reached == 0.5 / setting


def test_a_codec_that_jumps_gives_its_nearest() -> None:
    setting, reached = setting_for(0.5, lambda setting: 0.9 if setting < 2 else 0.4, (0.1, 25))
    assert reached == 0.4
    assert setting >= 2


def test_rates_are_alike_within_three_percent() -> None:
    assert alike(1.0, 1.029)
    assert alike(1.029, 1.0)
    assert not alike(1.0, 1.031)


@pytest.mark.parametrize("name", list(CODECS))
def test_every_codec_is_matched_and_says_what_error_that_costs(name: str, speckle_tif: Path) -> None:
    scene = Scene.read(speckle_tif)
    coarse, fine = (match(CODECS[name], scene, rate) for rate in (0.3, 1.2))
    found = coarse.bits_per_pixel, fine.bits_per_pixel
    assert found == pytest.approx((0.3, 1.2), rel=0.1)  # of so few pixels rates are no closer together
    assert 0.1 < fine.rmse_db < coarse.rmse_db < 10
    assert math.isfinite(coarse.setting)
