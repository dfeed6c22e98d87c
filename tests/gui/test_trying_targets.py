"""A target in the place of a quality, before there is a result: tried, and said, as a user sees it."""

import threading
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from sargui.core import catalogue
from sargui.engine.requests import Look, Trial
from sargui.gui import wording
from sargui.gui.layout import RIGHT_PX

from .conftest import CARDS

BYTES, RATIO, BITS, ERROR = 1, 2, 3, 4  # in the list of goals
VALIDATION = {
    "qualities": [20.0, 50.0, 80.0],
    "bpp_and_rmse_db": {"one": [[0.2 * 2 ** (q / 30), 4 * 2 ** (-q / 30)] for q in (20.0, 50.0, 80.0)]},
}


@pytest.fixture(autouse=True)
def _validated(monkeypatch):
    monkeypatch.setattr(catalogue, "found", lambda: ([replace(CARDS[0], validation=VALIDATION), CARDS[1]], {}))


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


@pytest.mark.parametrize(("goal", "value", "quality"), [(BYTES, 0.2, 20), (RATIO, 4.8, 20), (ERROR, 0.5, 80)])
def test_seen_from_afar_a_target_is_foretold_from_the_whole_scene(
    make_window, engine, scene, qtbot, goal, value, quality
):
    engine.shape = (5000, 4000)  # too much to be coded to be looked at
    window = make_window(engine)
    window.open([scene])
    qtbot.waitUntil(lambda: "rms error" in text(window))
    ask(window, goal, value)
    qtbot.waitUntil(lambda: text(window).startswith(f"quality about {quality} reaches"))
    qtbot.waitUntil(lambda: abs(window.session.pictures.version.quality - quality) < 0.6)
    assert not qualities(engine)


def test_without_any_curve_it_is_said_that_compressing_finds_the_quality(
    monkeypatch, make_window, engine, scene, qtbot
):
    monkeypatch.setattr(catalogue, "found", lambda: (list(CARDS), {}))
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


@pytest.mark.parametrize(("goal", "value"), [(BYTES, 0.4), (RATIO, 2.4), (BITS, 6.0), (ERROR, 1.0)])
def test_a_target_begins_at_what_the_settings_come_to(tried, engine, qtbot, goal, value):
    tried.settings.rates.goal.setCurrentIndex(goal)
    assert tried.settings.rates.spin.value() == pytest.approx(value, rel=0.05)
    qtbot.waitUntil(lambda: tried.session._errands.idle and not tried.trying._rest.isActive())
    assert abs(qualities(engine)[-1] - 50) < 2


def test_a_number_that_was_entered_stays_and_others_follow(tried, engine, qtbot):
    rates = tried.settings.rates
    ask(tried, BYTES, 0.25)
    rates.goal.setCurrentIndex(0)
    rates.spin.setValue(80)
    qtbot.waitUntil(lambda: qualities(engine)[-1] == 80 and tried.session._errands.idle)
    rates.goal.setCurrentIndex(BYTES)
    assert rates.spin.value() == 0.25
    rates.goal.setCurrentIndex(RATIO)
    assert rates.spin.value() == pytest.approx(0.96 / 0.25, rel=0.02)  # what the file of that size would have
    qtbot.waitUntil(lambda: tried.session._errands.idle and not tried.trying._rest.isActive())


def test_before_anything_is_known_a_file_begins_at_a_twentieth_of_the_scene(window, engine, scene, qtbot):
    engine.look_gate = threading.Event()
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    window.settings.rates.goal.setCurrentIndex(BYTES)
    assert window.settings.rates.spin.value() == pytest.approx(0.96 / 20)  # 600 × 800 pixels of 16 bits
    engine.look_gate.set()
    qtbot.waitUntil(lambda: window.session._errands.idle and not window.trying._rest.isActive())


def test_the_button_stays_where_it_is_when_the_size_comes_and_the_window_as_wide_as_it_was(tried):
    panel, width = tried.settings, tried.width()
    places = []
    for words in ("", "about 61.2 kB", text(tried), "quality about 20 reaches 200 kB\n" + "one line\n" + "another"):
        panel.show_foretold(words.replace(" ", wording.NBSP))
        QApplication.processEvents()
        places.append(panel.button.y())
    assert len(set(places)) == 1
    assert tried.width() == width
    assert panel.minimumSizeHint().width() < RIGHT_PX
