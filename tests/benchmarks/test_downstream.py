"""Detections and masks: what is there is found, and agreement is counted as it is defined."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks import downstream
from benchmarks.downstream import bright_targets, objects, otsu, overlap, same_objects, water


@pytest.mark.parametrize("looks", [1, 5])
def test_homogeneous_speckle_gives_the_false_alarms_that_were_asked_for(
    looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downstream, "FALSE_ALARMS", 1e-3)
    power = np.random.default_rng(1).gamma(looks, 1 / looks, (1000, 1000))
    found = bright_targets(power, np.ones(power.shape, bool), looks)
    assert found[20:-20, 20:-20].mean() == pytest.approx(1e-3, rel=0.15)  # 30 standard deviations of 1000 are 0.1


def test_a_bright_point_is_found_where_it_is_and_nothing_in_what_was_not_measured() -> None:
    power = np.random.default_rng(1).gamma(5, 0.2, (64, 64))
    power[30, 40] = power[10, 10] = 1000
    valid = np.ones(power.shape, bool)
    valid[5:15, 5:15] = False
    found = bright_targets(power, valid, 5)
    assert np.argwhere(found).tolist() == [[30, 40]]


def test_the_threshold_of_two_equal_classes_lies_between_them() -> None:
    random = np.random.default_rng(0)
    values = np.concatenate([random.normal(-20, 1, 20_000), random.normal(-8, 1, 20_000)])
    assert otsu(values) == pytest.approx(-14, abs=1.0)


def test_the_dark_half_of_a_scene_is_its_water() -> None:
    power = np.random.default_rng(0).gamma(5, 0.2, (60, 80))
    power[:, :40] /= 100
    found = water(power, np.ones(power.shape, bool))
    assert found[:, :36].all()
    assert not found[:, 44:].any()


def test_agreement_of_objects_is_the_f1_score_of_what_touches() -> None:
    first, second = np.zeros((2, 20, 20), bool)
    first[2:4, 2:4] = first[10, 10] = first[15, 3] = True  # three objects
    second[3, 3:8] = True  # touches one of them
    second[18, 18] = True  # touches none
    assert objects(first) == 3
    assert same_objects(first, second) == pytest.approx(2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2))
    assert same_objects(second, first) == same_objects(first, second)
    assert same_objects(first, first) == 1
    assert same_objects(first, np.zeros_like(first)) == 0
    assert math.isnan(same_objects(np.zeros_like(first), np.zeros_like(first)))


def test_agreement_of_masks_is_intersection_over_union() -> None:
    first, second = np.zeros((2, 4, 4), bool)
    first[:2], second[1:3] = True, True
    assert overlap(first, second) == pytest.approx(1 / 3)
    assert math.isnan(overlap(np.zeros_like(first), np.zeros_like(first)))
