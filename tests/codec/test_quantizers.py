"""Tests of the quantizers: the levels as the format states them, and the published convolutional code."""

import numpy as np
import pytest

from sargui.codec.quantizers import BRANCH, DEPENDENT, FEEDBACK, FIRST_Z_TABLE, QUANTIZERS, SCALAR, STATES
from sargui.codec.tables import empty_counts


def walked(parities: np.ndarray) -> np.ndarray:
    """Return the states that the symbols' parities lead through, the first of them 0."""
    states = [0]
    for parity in parities.tolist():
        states.append(int(DEPENDENT.machine[states[-1], parity]))
    return np.array(states)


def levels(state: int, symbols: np.ndarray) -> list[int]:
    _, _, _, scale, shift = DEPENDENT.machine[state].tolist()
    return (scale * symbols - shift * np.sign(symbols)).tolist()


def test_a_profile_is_the_place_of_its_quantizer():
    assert {number: quantizer.profile for number, quantizer in QUANTIZERS.items()} == {0: 0, 1: 1}
    assert [quantizer.unit for quantizer in QUANTIZERS.values()] == [1.0, 0.9]


def test_scalar_quantization_has_one_state_whose_levels_are_the_symbols():
    assert SCALAR.machine.tolist() == [[0, 0, 0, 1, 0]]


@pytest.mark.parametrize("state", [0, 2, 64, STATES - 2])
def test_even_states_have_the_even_levels(state):
    assert levels(state, np.arange(-4, 5)) == [-8, -6, -4, -2, 0, 2, 4, 6, 8]
    assert DEPENDENT.machine[state, 2] == 64


@pytest.mark.parametrize("state", [1, 3, 65, STATES - 1])
def test_odd_states_have_the_odd_levels_and_zero(state):
    assert levels(state, np.arange(-4, 5)) == [-7, -5, -3, -1, 0, 1, 3, 5, 7]
    assert DEPENDENT.machine[state, 2] == 128


def test_the_tables_of_all_levels_come_before_those_of_z():
    assert DEPENDENT.machine[:, 2].max() + 63 < FIRST_Z_TABLE == 192
    assert len(empty_counts(8)) == 200


def test_next_states_are_those_that_the_format_states():
    # docs/format.md: half the state, and 78 if it was odd, and 43 if the symbol was, by exclusive or.
    for state, (after_even, after_odd) in enumerate(DEPENDENT.machine[:, :2].tolist()):
        assert after_even == (state // 2) ^ (78 * (state % 2))
        assert after_odd == (state // 2) ^ (78 * (state % 2)) ^ 43
    assert (STATES, FEEDBACK, BRANCH) == (128, 78, 43)


def test_the_sets_and_parities_satisfy_the_parity_check_of_ungerboecks_code_of_128_states():
    # Ungerboeck 1987, part II, table I: h0 = 235, h1 = 126 (octal). Σ h0[i]·z0[t − i] + h1[i]·z1[t − i] is even.
    parities = np.random.default_rng(0).integers(0, 2, 3000)
    sets = walked(parities)[:-1] % 2
    h0, h1 = ([(polynomial >> i) & 1 for i in range(8)] for polynomial in (0o235, 0o126))
    check = np.convolve(sets, h0)[: len(sets)] + np.convolve(parities, h1)[: len(sets)]
    assert not (check % 2).any()


def test_every_state_is_reached_and_follows_exactly_two_others():
    assert len(np.unique(walked(np.random.default_rng(1).integers(0, 2, 5000)))) == STATES
    assert (np.bincount(DEPENDENT.machine[:, :2].ravel(), minlength=STATES) == 2).all()
