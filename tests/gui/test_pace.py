"""Pixels per second: constant work gives its rate, the past fades, pauses do not count."""

import math

import pytest

from sargui.gui.pace import KNOWN_AFTER_S, MEMORY_S, Pace


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def work(pace, clock, seconds, rate, step_s=0.5):
    for _ in range(round(seconds / step_s)):
        clock.now += step_s
        pace.add(int(rate * step_s))


def test_nobody_knows_at_the_beginning(clock):
    pace = Pace(clock)
    assert pace.seconds_for(1000) is None
    work(pace, clock, KNOWN_AFTER_S / 2, 1000)
    assert pace.seconds_for(1000) is None
    clock.now += 10
    pace.add(0)
    assert Pace(clock).seconds_for(1) is None


def test_constant_work_gives_its_rate_at_any_length(clock):
    pace = Pace(clock)
    for _ in range(4):
        work(pace, clock, 10, 1000)
        assert pace.seconds_for(60_000) == pytest.approx(60)


def test_a_new_rate_replaces_the_old_one_by_and_by(clock):
    pace = Pace(clock)
    work(pace, clock, 20 * MEMORY_S, 1000, step_s=1)
    work(pace, clock, MEMORY_S, 3000, step_s=1)
    expected = 3000 - 2000 / math.e  # first-order response to a step
    assert 1e6 / pace.seconds_for(1_000_000) == pytest.approx(expected, rel=0.02)


def test_a_pause_does_not_count(clock):
    pace = Pace(clock)
    work(pace, clock, 10, 1000)
    clock.now += 3600
    pace.go()
    work(pace, clock, 1, 1000)
    assert pace.seconds_for(60_000) == pytest.approx(60)
