"""Which colors pictures should have: those of the scene's first overview, until told otherwise."""

import numpy as np
import pytest

from sargui.core.types import Window
from sargui.engine.requests import BandQuality, QualityReport
from sargui.gui.coloring import Coloring, stretches_of_first
from sargui.gui.shading import ErrorKind, ErrorStyle, recolor, shade_picture

from .test_shading import picture

RAMP = np.linspace(-20, 0, 10_000, dtype=np.float32).reshape(100, 100)


@pytest.fixture
def overview():
    return shade_picture(picture(RAMP, RAMP + 0.9))


def report(rmse_db):
    return QualityReport((BandQuality(rmse_db, 0.0, 4.0, 38.0, 100, 0),))


def test_the_first_overview_decides_for_all_pictures_of_its_band(overview):
    colors = Coloring()
    assert colors.tones((0,)).fit(overview)
    colors.take(overview)
    other = shade_picture(picture(RAMP + 5, RAMP + 8))
    colors.take(other)
    assert colors.tones((0,))[:2] == (overview.stretches, 1.0)
    assert not colors.tones((0,)).fit(other)
    assert colors.tones((0,)).fit(recolor(other, colors.tones((0,))))
    assert colors.tones((1,)).fit(other)


def test_the_range_of_the_error_grows_to_that_of_single_pixels_and_never_shrinks(overview):
    colors = Coloring()
    colors.take(overview)
    colors.widen(report(0.71))
    assert colors.tones((0,)).error_limit_db == 2.0
    colors.widen(report(0.01))
    assert colors.tones((0,)).error_limit_db == 2.0
    colors.forget_result()
    assert colors.tones((0,)).error_limit_db is None


def test_a_part_has_its_own_stretch_until_it_is_given_back(overview):
    colors = Coloring()
    colors.take(overview)
    colors.stretch_to_part((0,), stretches_of_first([overview], Window(0, 0, 10, 100)))
    assert colors.tones((0,)).stretches[0] == pytest.approx((-20 + 0.04, -18 - 0.04), abs=0.01)
    assert colors.tones((1,)).stretches is None
    colors.stretch_to_part((0,), None)
    assert colors.tones((0,)).stretches == overview.stretches


def test_the_style_of_the_error_outlives_the_scene(overview):
    colors = Coloring()
    colors.error_style = ErrorStyle(ErrorKind.SQUARED, 2.0)
    colors.take(overview)
    colors.forget_scene()
    assert colors.tones((0,)) == (None, None, ErrorStyle(ErrorKind.SQUARED, 2.0))


def test_a_part_that_no_picture_shows_has_no_stretch(overview):
    assert stretches_of_first([], Window(0, 0, 5, 5)) is None
    assert stretches_of_first([overview], Window(200, 200, 5, 5)) is None
