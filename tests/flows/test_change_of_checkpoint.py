"""Another checkpoint is chosen while what one makes of the scene is being computed: the newer preview replaces it."""

from threading import Event

import numpy as np
import pytest

from sargui.engine import dispatch
from sargui.engine.requests import Look, Trial
from sargui.engine.views import Estimate
from sargui.gui.trying import ESTIMATING

from .hands import TIMEOUT_MS, choose, open_by_drop, wait_until_tried

pytestmark = pytest.mark.usefixtures("checkpoints")
OLD, NEW = "none-1", "se-1"


def computed(path, trial):
    """Return what the engine makes of all of a scene, asked alone."""
    return dispatch.execute(Look(path, None, trial=trial), lambda progress: None, Event()).decoded_db


def watch(window):
    """Return lists that grow: the reconstructions that are shown, and the sizes that are foretold."""
    pictures, sizes = [], []

    def look():
        detail = window.session.pictures.detail
        if detail is not None and detail.picture.decoded_db is not None:
            pictures.append(detail.picture.decoded_db)

    window.session.picture_changed.connect(look)
    window.session.foretelling.changed.connect(lambda _: sizes.append(window.settings.foretold.text()))
    return pictures, sizes


def choose_while_held(window, engine, wide, drop_files, qtbot, after):
    """Open a scene of two network windows, and choose another checkpoint when `after` of them are coded."""
    engine.hold_after(after)
    open_by_drop(window, wide, drop_files, qtbot)
    qtbot.waitUntil(lambda: engine.held, timeout=TIMEOUT_MS)
    assert not window.grid.decoded.has_picture
    choose(window, window.settings.picker.checkpoint, f"{NEW} (experimental)", qtbot)
    wait_until_tried(window, NEW, qtbot)


@pytest.mark.parametrize("after", [1, 2], ids=["in its first window", "when it is all but done"])
def test_a_preview_gives_way_to_one_of_another_checkpoint(make_window, engine, wide, drop_files, qtbot, after):
    window = make_window()
    pictures, sizes = watch(window)
    choose_while_held(window, engine, wide, drop_files, qtbot, after)
    assert engine.coded == [OLD] * after + [NEW] * 2  # the old one stops at its next window
    trial = window.session.pictures.version
    new, old = (computed(wide, Trial(model, trial.quality)) for model in (NEW, OLD))
    assert np.nanmax(np.abs(new - old)) > 0.1
    assert pictures
    assert all(np.array_equal(shown, new, equal_nan=True) for shown in pictures)
    qtbot.waitUntil(lambda: bool(engine.results(Estimate)) and sizes != [], timeout=TIMEOUT_MS)
    assert {request.trial.model for request, _ in engine.results(Estimate)} == {NEW}
    assert {point.settings.model for point in window.points.all} == {NEW}


def test_what_the_old_checkpoint_made_stays_until_the_new_one_is_there_and_no_size_is_said_of_it(
    make_window, engine, wide, drop_files, qtbot
):
    window = make_window()
    open_by_drop(window, wide, drop_files, qtbot)
    wait_until_tried(window, OLD, qtbot)
    qtbot.waitUntil(lambda: "about" in window.settings.foretold.text(), timeout=TIMEOUT_MS)
    old = window.session.pictures.detail.picture
    pictures, _ = watch(window)
    engine.hold_after(1)
    choose(window, window.settings.picker.checkpoint, f"{NEW} (experimental)", qtbot)
    qtbot.waitUntil(lambda: engine.held, timeout=TIMEOUT_MS)
    assert window.session.pictures.detail.picture is old
    assert not window.session.pictures.version_shown
    assert window.settings.foretold.text() == ESTIMATING  # that of the old one would be read as the new one's
    engine.go_on()
    wait_until_tried(window, NEW, qtbot)
    new = computed(wide, window.session.pictures.version)
    changed = [shown for shown in pictures if shown is not old.decoded_db]  # which may have got other colors meanwhile
    assert changed
    assert all(np.array_equal(shown, new, equal_nan=True) for shown in changed)
    qtbot.waitUntil(lambda: "about" in window.settings.foretold.text(), timeout=TIMEOUT_MS)
