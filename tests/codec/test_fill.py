"""Tests of what stands in for void pixels while a picture is coded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sargui.codec.fill import fill_void

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=33)


def scene(seed: int, shape: tuple[int, int], share: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape).astype(np.float32), rng.random(shape) < share


@given(st.integers(0, 2**32), SHAPES, st.sampled_from([0.0, 0.05, 0.5, 0.95, 1.0]))
@settings(max_examples=100, deadline=None)
def test_valid_pixels_stay_and_void_ones_lie_within_the_range_of_the_valid(seed, shape, share):
    x, void = scene(seed, shape, share)
    rubbish = x.copy()
    rubbish[void] = np.random.default_rng(seed).choice([np.nan, np.inf, -np.inf, 3e38], void.sum())
    filled = fill_void(rubbish, void)
    assert filled.shape == shape
    assert filled.dtype == np.float32
    np.testing.assert_array_equal(filled[~void], x[~void])
    assert np.isfinite(filled).all()
    if not void.all():
        assert filled.min() >= x[~void].min() - 1e-5
        assert filled.max() <= x[~void].max() + 1e-5


@given(st.integers(0, 2**32), SHAPES, st.floats(-20, 20, width=32))
@settings(max_examples=50, deadline=None)
def test_a_constant_stays_constant(seed, shape, value):
    _, void = scene(seed, shape, 0.7)
    void[0, 0] = False
    x = np.where(void, np.float32(np.nan), np.float32(value))
    np.testing.assert_allclose(fill_void(x, void), value, rtol=1e-6, atol=1e-30)


def test_nothing_but_void_is_zero():
    assert not fill_void(np.full((5, 9), np.nan, np.float32), np.ones((5, 9), bool)).any()


def test_the_input_is_not_touched():
    x, void = scene(3, (20, 20), 0.5)
    before = x.copy()
    fill_void(x, void)
    np.testing.assert_array_equal(x, before)


def test_a_lone_hole_is_the_mean_of_its_neighbors_in_the_pyramid():
    x = np.arange(16, dtype=np.float32).reshape(4, 4)
    void = np.zeros((4, 4), bool)
    void[0, 0] = True
    assert fill_void(x, void)[0, 0] == pytest.approx((1 + 4 + 5) / 3)


def test_far_from_the_border_the_guess_is_an_average_not_a_copy():
    rng = np.random.default_rng(4)
    x = rng.standard_normal((64, 128)).astype(np.float32)
    void = np.zeros_like(x, bool)
    void[:, 64:] = True
    far = fill_void(x, void)[:, 100:]
    assert far.std() < 0.15
    assert far.mean() == pytest.approx(x[:, :64].mean(), abs=0.1)
