"""Tests of simulated point scatterers: how bright and how wide they are, and what they leave alone."""

import numpy as np
import pytest
import torch

from sargui.quality.point_response import response
from sargui.training import scatterers
from sargui.training.scatterers import add_scatterers

SIDE = 128


def clutter(seed: int = 0) -> torch.Tensor:
    return torch.log10(torch.empty(SIDE, SIDE).exponential_(generator=torch.Generator().manual_seed(seed)))


def added(seed: int) -> np.ndarray:
    x = clutter(seed)
    y = add_scatterers(x, np.random.default_rng(seed), torch.Generator().manual_seed(seed))
    return 10 * (y - x).double().numpy()


@pytest.mark.parametrize("seed", range(5))
def test_scatterers_stand_out_and_leave_most_of_the_clutter_alone(seed):
    result = added(seed)
    assert np.isfinite(result).all()
    assert result.max() > scatterers.PEAK_DB[0] - 10
    assert np.median(np.abs(result)) < 1


def test_the_same_seeds_make_the_same_scatterers():
    np.testing.assert_array_equal(added(3), added(3))


def test_power_is_added_on_average(monkeypatch):
    monkeypatch.setattr(scatterers, "PEAK_DB", (20.0, 20.0))
    more = [10 ** (clutter(seed).numpy() + added(seed) / 10) for seed in range(8)]
    assert np.mean(more) > 1.05  # clutter has a mean of 1


def test_a_response_is_as_wide_as_a_weighted_sinc(monkeypatch):
    monkeypatch.setattr(scatterers, "PEAK_DB", (60.0, 60.0))
    monkeypatch.setattr(scatterers, "MOST", 0)  # one alone
    monkeypatch.setattr(scatterers, "RESOLUTION_PX", (2.0, 2.0))
    monkeypatch.setattr(scatterers, "TAPER", (0.46, 0.46))
    x = add_scatterers(torch.full((SIDE, SIDE), 0.0), np.random.default_rng(4), torch.Generator().manual_seed(0))
    power = (10.0**x).double().numpy()
    row, col = np.unravel_index(power.argmax(), power.shape)
    found = response(power[row - 16 : row + 17, col - 16 : col + 17])
    widths_px = found.width_rows_px, found.width_cols_px
    assert widths_px == pytest.approx((2 * 1.303, 2 * 1.303), rel=0.05)  # at -3 dB, of Hamming's response
    assert found.sidelobe_db < -35
