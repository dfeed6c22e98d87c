"""Which quality reaches a target, by the curves of a card."""

import math

import pytest

from sargui.core.types import ModelCard
from sargui.gui.curves import aim, curves_of

QUALITIES = [20.0, 50.0, 80.0]


def card(validation):
    return ModelCard("a-1", "a" * 64, "none", "none", {}, validation=validation)


@pytest.fixture
def curves():
    """Rate and error double and halve every 30 of quality; of two images, one needs four times the bits."""
    rows = [[[factor * 2 ** (q / 30), 4 * 2 ** (-q / 30)] for q in QUALITIES] for factor in (0.1, 0.4)]
    return curves_of(card({"qualities": QUALITIES, "bpp_and_rmse_db": {"one": rows[0], "two": rows[1]}}))


@pytest.mark.parametrize("quality", [0.0, 20.0, 33.0, 80.0, 100.0])
def test_curves_follow_the_card_between_and_beyond_its_qualities(curves, quality):
    assert curves.bits_per_pixel(quality) == pytest.approx(0.2 * 2 ** (quality / 30))
    assert curves.rmse_db(quality) == pytest.approx(4 * 2 ** (-quality / 30))
    assert curves.bits_per_pixel.quality_of(0.2 * 2 ** (quality / 30)) == pytest.approx(quality)
    assert curves.rmse_db.quality_of(4 * 2 ** (-quality / 30)) == pytest.approx(quality, abs=1e-9)


def test_a_card_without_validation_has_none():
    assert curves_of(card({})) is None
    assert curves_of(card({"qualities": [50.0], "bpp_and_rmse_db": {"one": [[1.0, 1.0]]}})) is None


def test_a_size_is_reached_by_what_was_measured_of_the_scene(curves):
    found = aim(curves.bits_per_pixel, (50.0, 8e6), 4e6, cost_rises=True)
    assert (found.quality, found.reached) == pytest.approx((20.0, 4e6))


@pytest.mark.parametrize(("wanted", "missed", "loose"), [(1e6, True, False), (1e9, False, True)])
def test_a_size_that_no_quality_has(curves, wanted, missed, loose):
    found = aim(curves.bits_per_pixel, (50.0, 8e6), wanted, cost_rises=True)
    assert (found.missed, found.loose) == (missed, loose)
    assert found.quality == (0.0 if missed else 100.0)
    assert found.reached == pytest.approx(8e6 * 2 ** ((found.quality - 50) / 30))


@pytest.mark.parametrize(("wanted", "missed", "loose"), [(0.1, True, False), (9.0, False, True)])
def test_an_error_that_no_quality_has(curves, wanted, missed, loose):
    found = aim(curves.rmse_db, (50.0, 1.0), wanted, cost_rises=False)
    assert (found.missed, found.loose) == (missed, loose)
    assert found.quality == (100.0 if missed else 0.0)
    assert math.isclose(found.reached, 2 ** ((50 - found.quality) / 30))
