"""Scenes cut into windows in several ways: what is measured must not depend on it."""

from __future__ import annotations

import numpy as np
import pytest

from sargui.core.tiling import place_in, windows
from sargui.core.types import Window


@pytest.fixture(params=[64, 128, 448])
def side(request):
    """Sides of windows: many small ones, some, and one for all of a scene."""
    return request.param


@pytest.fixture
def feed():
    """Add pictures to an accumulator window by window, row by row."""

    def run(sums, side, *pictures):
        whole = Window(0, 0, *pictures[0].shape)
        for window in windows(*whole.shape, side):
            sums.add(window, *(picture[place_in(window, whole)] for picture in pictures))
        return sums

    return run


@pytest.fixture(scope="session")
def speckle():
    """Return speckle of mean 1, (rows, cols), by its number of looks: gamma distributed and independent."""

    def run(looks, shape=(448, 448), seed=0):
        return np.random.default_rng(seed).gamma(looks, 1 / looks, shape)

    return run
