"""What settings will come to: never what others came to, or another scene; of what is seen, just that."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sargui.core.types import BandInfo, Kind, ProductInfo, Window
from sargui.engine.requests import Picture
from sargui.gui import wording
from sargui.gui.foretelling import figures

from .fake_engine import RefusedError

ESTIMATING = "estimating…"


def text(window):
    return window.settings.foretold.text().replace(wording.NBSP, " ")


@pytest.fixture
def foretold(opened, qtbot):
    """A window in which a size is foretold."""
    qtbot.waitUntil(lambda: text(opened).startswith("about 40.1 kB") and "in view" in text(opened))
    return opened


@pytest.fixture
def held(foretold, engine):
    """The same, where no more estimates come."""
    engine.estimate_gate = threading.Event()
    return foretold


def test_the_size_of_another_scene_goes_when_one_is_opened(held, engine, scene, qtbot):
    with qtbot.waitSignal(held.session.opened):
        held.open([scene])
    assert text(held) == ESTIMATING
    qtbot.waitUntil(lambda: held.session.pictures.version_shown and held.session.pictures.version is not None)
    assert text(held) == ESTIMATING
    engine.estimate_gate.set()
    qtbot.waitUntil(lambda: text(held).startswith("about 40.1 kB"))


def test_and_does_not_come_to_a_sarz(held, engine, tmp_path, qtbot):
    held.settings.rates.spin.setValue(20.0)
    path = tmp_path / "a.sarz"
    path.write_bytes(b"")
    with qtbot.waitSignal(held.session.described):
        held.open([path])
    engine.estimate_gate.set()
    qtbot.waitUntil(lambda: held.session._errands.idle)
    assert text(held) == ""


@pytest.mark.parametrize("change", ["checkpoint", "quality", "effort", "mean power"])
def test_settings_that_are_changed_and_undone_have_their_own_size(held, engine, qtbot, change):
    panel, first = held.settings, text(held)
    {
        "checkpoint": lambda: panel.picker.checkpoint.setCurrentIndex(1),
        "quality": lambda: panel.rates.spin.setValue(20.0),
        "effort": lambda: panel.effort.setCurrentIndex(1),
        "mean power": panel.keep_power.click,
    }[change]()
    assert text(held).startswith(ESTIMATING)
    held.grid.setFocus()
    QTest.keyClick(held, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert text(held) == first


def test_what_cannot_be_estimated_is_not_waited_for(foretold, engine, monkeypatch, qtbot):
    def refuse(request, report, cancel):
        raise RefusedError("The checkpoint is gone.")

    monkeypatch.setattr(engine, "estimate", refuse)
    foretold.settings.picker.checkpoint.setCurrentIndex(1)
    assert text(foretold) == ESTIMATING
    qtbot.waitUntil(lambda: text(foretold) == "")


def test_a_compression_that_is_cancelled_leaves_the_estimate_to_be_done(held, engine, qtbot):
    held.settings.picker.checkpoint.setCurrentIndex(1)
    qtbot.waitUntil(lambda: held.session.pictures.version.model == "eca-1" and held.session.pictures.version_shown)
    engine.gate = threading.Event()
    held.compress()
    with qtbot.waitSignal(held.session.cancelled):
        QTest.keyClick(held, Qt.Key.Key_Escape)
    engine.estimate_gate.set()
    qtbot.waitUntil(lambda: text(held).startswith("about 40.1 kB"))


def test_the_figures_in_view_follow_the_view(opened, engine, monkeypatch, qtbot):
    look = engine.look

    def uneven(request, report, cancel):
        picture = look(request, report, cancel)
        if picture.bits is not None:
            picture.bits[:, picture.bits.shape[1] // 2 :] = 384.0
        return picture

    monkeypatch.setattr(engine, "look", uneven)
    opened.settings.rates.spin.setValue(30.0)
    qtbot.waitUntil(lambda: "in view: 1.000 bit" in text(opened))
    part = Window(200, 50, 120, 160)
    opened.grid.viewport.show_part(part)
    qtbot.waitUntil(lambda: "in view: 0.500 bit" in text(opened))


def test_figures_are_of_the_cells_and_pixels_that_are_seen():
    info = ProductInfo("a", 200, 200, (BandInfo("uint16", Kind.AMPLITUDE),))
    bits, error = np.full((4, 6), 256.0), np.ones((50, 80), np.float32)
    bits[2:, 3:] = 512.0
    error[30:, 40:] = 3.0
    picture = Picture(info, info.bands[0], Window(20, 40, 50, 80), 1, None, None, error, bits, rmse_db=1.5)
    assert figures(picture, None) == figures(picture, picture.window) == (1.25, 1.5)
    assert figures(picture, Window(50, 80, 10, 10)) == (2.0, 3.0)
    assert figures(picture, Window(20, 40, 10, 10)) == (1.0, 1.0)
    assert figures(picture, Window(150, 150, 10, 10)) == (None, None)
    assert figures(replace(picture, bits=None), Window(20, 40, 10, 10)) == (None, 1.0)
