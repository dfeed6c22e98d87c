"""Points of rate and error."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.curves import in_range, is_monotone, rms, saving


def test_rms_is_in_db_and_leaves_out_what_was_not_measured() -> None:
    original = np.zeros((4, 4), np.float32)
    decoded = np.full((4, 4), 0.1, np.float32)  # one unit is 10 dB
    decoded[0, 0] = 99
    valid = np.ones((4, 4), bool)
    valid[0, 0] = False
    assert rms(decoded, original, valid) == pytest.approx(1.0)


def test_points_out_of_range_do_not_count() -> None:
    assert in_range([(0.039, 4.0), (0.04, 3.0), (3.5, 0.2), (3.6, 0.1)]) == [(0.04, 3.0), (3.5, 0.2)]


def test_a_curve_on_which_more_bits_do_not_help_is_noticed() -> None:
    assert is_monotone([(1.0, 1.0), (0.5, 2.0), (2.0, 0.5)])
    assert not is_monotone([(0.5, 2.0), (1.0, 1.0), (2.0, 1.0)])


def test_three_quarters_of_the_bytes_at_every_error_is_a_saving_of_a_quarter() -> None:
    theirs = [(3.0 * 2.0**-error, error) for error in (0.5, 1.0, 2.0, 3.0)]
    ours = [(0.75 * rate, error) for rate, error in theirs]
    assert saving(ours, theirs) == pytest.approx(-25.0)
