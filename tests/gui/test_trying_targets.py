"""A target in the place of a quality, before there is a result: tried, and said, as a user sees it."""

from dataclasses import replace

import pytest

from sargui.core import catalogue
from sargui.engine.requests import Look, Trial
from sargui.gui import wording

from .conftest import CARDS

BYTES, RATIO, BITS, ERROR = 1, 2, 3, 4  # in the list of goals
VALIDATION = {
    "qualities": [20.0, 50.0, 80.0],
    "bpp_and_rmse_db": {"one": [[0.2 * 2 ** (q / 30), 4 * 2 ** (-q / 30)] for q in (20.0, 50.0, 80.0)]},
}


@pytest.fixture(autouse=True)
def _validated(monkeypatch):
    monkeypatch.setattr(catalogue, "cards", lambda: [replace(CARDS[0], validation=VALIDATION), CARDS[1]])


@pytest.fixture
def tried(engine, opened, qtbot):
    """A window in which the first trial has come and its size has been estimated."""
    qtbot.waitUntil(lambda: "±" in text(opened) or "bit" in text(opened))
    qtbot.waitUntil(lambda: opened.session.pictures.version_shown)
    return opened


@pytest.fixture
def engine(engine):
    engine.bytes_of = lambda quality: round(400_000 * 2 ** ((quality - 50) / 30))
    engine.noise_of = lambda quality: 2 ** ((50 - quality) / 30)
    return engine


def text(window):
    return window.settings.foretold.text().replace(wording.NBSP, " ")


def ask(window, goal, value):
    window.settings.rates.goal.setCurrentIndex(goal)
    window.settings.rates.spin.setValue(value)


def qualities(engine):
    return [request.trial.quality for request in engine.asked if isinstance(request, Look) and request.trial]


@pytest.mark.parametrize(
    ("goal", "value", "quality", "sentence"),
    [
        (BYTES, 0.2, 20, "quality about 20 reaches 200 kB"),
        (RATIO, 4.8, 20, "quality about 20 reaches a ratio of 4.8"),
        (BITS, 3.0, 20, "quality about 20 reaches 3 bit a pixel"),
        (ERROR, 0.5, 80, "quality about 80 reaches 0.5 dB rms error"),
    ],
)
def test_the_quality_that_reaches_a_target_is_said_at_once_and_tried(
    tried, engine, qtbot, goal, value, quality, sentence
):
    ask(tried, goal, value)
    assert text(tried).splitlines()[0] == sentence
    qtbot.waitUntil(lambda: abs(qualities(engine)[-1] - quality) < 0.6)
    qtbot.waitUntil(lambda: tried.session.pictures.version_shown)
    assert text(tried).splitlines()[0] == sentence


@pytest.mark.parametrize(
    ("goal", "value", "start"),
    [
        (BYTES, 0.05, "50 kB is out of reach: quality 0 comes to about 126 kB"),
        (RATIO, 1000, "a ratio of 1,000 is out of reach: quality 0 comes to about a ratio of 7."),
        (ERROR, 0.05, "0.05 dB rms error is out of reach: quality 100 comes to about 0.31"),
        (BYTES, 9, "9 MB is more than quality 100 needs: about 1.27 MB"),
    ],
)
def test_a_target_out_of_reach_is_said_at_once(tried, goal, value, start):
    ask(tried, goal, value)
    assert text(tried).startswith(start)


def test_a_forecast_that_errs_is_corrected_by_the_next_trial(tried, engine, qtbot):
    engine.bytes_of = lambda quality: round(400_000 * 2 ** ((quality - 50) / 20))  # steeper than the card says
    ask(tried, BYTES, 0.2)
    qtbot.waitUntil(lambda: abs(qualities(engine)[-1] - 30) < 0.8)
    qtbot.waitUntil(lambda: text(tried).startswith("quality about 30 reaches 200 kB"))
    assert len(qualities(engine)) < 8


def test_a_scene_that_never_fits_is_not_tried_for_ever(tried, engine, qtbot):
    sizes = iter([800_000, 100_000] * 20)
    engine.bytes_of = lambda quality: next(sizes)
    before = len(qualities(engine))
    ask(tried, BYTES, 0.2)
    qtbot.waitUntil(lambda: len(qualities(engine)) == before + 5)
    qtbot.waitUntil(lambda: tried.session._errands.idle and not tried.trying._rest.isActive())
    assert len(qualities(engine)) == before + 5


def test_another_target_is_tried_beside_a_result_and_the_same_one_brings_it_back(tried, engine, qtbot):
    ask(tried, BYTES, 0.2)
    with qtbot.waitSignal(tried.session.evaluated):
        tried.compress()
    result = tried.session.container
    assert tried.session.pictures.version == result
    tried.settings.rates.spin.setValue(0.4)
    qtbot.waitUntil(lambda: isinstance(tried.session.pictures.version, Trial))
    tried.settings.rates.spin.setValue(0.2)
    qtbot.waitUntil(lambda: tried.session.pictures.version == result)


def test_without_any_curve_it_is_said_that_compressing_finds_the_quality(
    monkeypatch, make_window, engine, scene, qtbot
):
    monkeypatch.setattr(catalogue, "cards", lambda: list(CARDS))
    window = make_window(engine)
    window.open([scene])
    window.settings.rates.goal.setCurrentIndex(BYTES)
    qtbot.waitUntil(lambda: text(window).startswith("Which quality reaches this is found while compressing."))
    assert set(qualities(engine)) <= {50.0}


def test_a_checkpoint_without_curves_takes_those_of_another(tried, engine, qtbot):
    tried.settings.picker.checkpoint.setCurrentIndex(1)
    ask(tried, BYTES, 0.2)
    qtbot.waitUntil(lambda: text(tried).startswith("quality about 20 reaches 200 kB"))
    qtbot.waitUntil(lambda: abs(qualities(engine)[-1] - 20) < 0.6)
