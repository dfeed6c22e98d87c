"""A .sarz that was damaged on its way: what is whole of it is shown and exported, and what is lost is said."""

from threading import Event

import numpy as np
import pytest
import rasterio

from sargui.container import LayerKind, Reader, TileKey
from sargui.engine import dispatch
from sargui.engine.requests import Compress

from .hands import CTRL, KEY, TIMEOUT_MS, focus, open_by_drop, press

pytestmark = pytest.mark.usefixtures("checkpoints")
TILE = 512
NEAR = 56  # pixels beside a lost tile that are lost with it: 3 cells, and 8 of contrast


@pytest.fixture
def whole(wide, tmp_path):
    """A .sarz of three tiles."""
    target = tmp_path / "whole.sarz"
    dispatch.execute(Compress(wide, target, device="cpu"), lambda progress: None, Event())
    return target


@pytest.fixture
def flipped(whole, tmp_path):
    """Return what flips a bit in the payloads of some of a file's tiles, and returns where it has put that."""

    def flip(*cols):
        content = bytearray(whole.read_bytes())
        with Reader(whole) as reader:
            for col in cols:
                content[content.find(reader.payload(TileKey(0, 0, 0, col))) + 30] ^= 1
        target = tmp_path / "flipped.sarz"
        target.write_bytes(content)
        return target

    return flip


@pytest.fixture(autouse=True)
def _no_traceback(caplog):
    """Fail a story in which something crashed."""
    yield
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


def decoded(window):
    return window.session.pictures.overview.picture.decoded_db


def test_what_is_whole_is_shown_and_exported_and_what_is_lost_is_said(
    make_window, answers, whole, flipped, wide, drop_files, tmp_path, qtbot
):
    window = make_window()
    open_by_drop(window, whole, drop_files, qtbot)
    undamaged = decoded(window)
    assert np.isfinite(undamaged).all()
    facts, sentence = window.result_panel.facts, window.banner.sentence
    qtbot.waitUntil(lambda: facts.text("Checkpoint") == "none-1")
    assert facts.text("Damage") == ""

    open_by_drop(window, flipped(1), drop_files, qtbot)
    qtbot.waitUntil(lambda: sentence.text() == "flipped.sarz: 1 tile is damaged, and shown as no data.")
    assert window.banner.isVisible()
    assert facts.text("Damage") == "1 tile is damaged"
    assert np.isnan(decoded(window)[:, TILE - NEAR : 2 * TILE + NEAR]).all()
    for intact in (np.s_[:, : TILE - NEAR], np.s_[:, 2 * TILE + NEAR :]):
        assert np.array_equal(decoded(window)[intact], undamaged[intact])

    answers.save_path = tmp_path / "back.tif"
    with qtbot.waitSignal(window.session.exported, timeout=TIMEOUT_MS):
        press(window, KEY.Key_E, modifier=CTRL)
    said = "1 part is damaged; the rest was written, with no data where tiles are lost and close to them."
    assert said in sentence.text()
    with rasterio.open(answers.save_path) as file, rasterio.open(wide) as original:
        lost = file.read(1) == 0
        assert lost[:, TILE - NEAR : 2 * TILE + NEAR].all()
        assert not lost[:, : TILE - NEAR].any()
        assert file.crs == original.crs


def test_all_that_is_asked_of_a_damaged_file_is_answered(
    make_window, engine, answers, flipped, wide, drop_files, qtbot
):
    window = make_window()
    open_by_drop(window, flipped(0, 2), drop_files, qtbot)
    qtbot.waitUntil(lambda: "2 tiles are damaged" in window.banner.sentence.text())
    focus(window, window.grid, qtbot)
    press(window, KEY.Key_R, KEY.Key_Return)  # a region of all that is seen
    press(window, KEY.Key_H)
    (region,) = window.session.measuring.marks.regions
    qtbot.waitUntil(lambda: window.session.measuring.of(region) is not None, timeout=TIMEOUT_MS)
    assert window.session.measuring.of(region).decoded.pixels == 64 * (TILE - 2 * NEAR)  # of the tile in the middle

    answers.open_path = wide
    with qtbot.waitSignal(window.session.failed, timeout=TIMEOUT_MS) as failed:
        press(window, KEY.Key_L, modifier=CTRL)
    assert failed.args[0] == "flipped.sarz is damaged: tile (0, 0) of band 1 fails its checksum."
    qtbot.waitUntil(lambda: not window.session.busy)
    qtbot.waitUntil(lambda: window.grid.original.has_picture, timeout=TIMEOUT_MS)
    assert np.isfinite(window.session.pictures.overview.picture.original_db).all()


def test_a_damaged_layer_is_said_when_a_file_is_opened(make_window, whole, drop_files, tmp_path, qtbot):
    content = bytearray(whole.read_bytes())
    with Reader(whole) as reader:
        layer = reader.layer(LayerKind.METADATA)
    content[content.index(layer)] ^= 1
    path = tmp_path / "flipped.sarz"
    path.write_bytes(content)
    window = make_window()
    open_by_drop(window, path, drop_files, qtbot)
    qtbot.waitUntil(lambda: window.banner.sentence.text() == "flipped.sarz: its metadata layer is damaged.")


@pytest.mark.parametrize("share", [0.1, 0.99])
def test_a_truncated_file_is_refused_in_a_sentence_and_the_window_goes_on(
    make_window, whole, drop_files, tmp_path, qtbot, share
):
    window = make_window()
    torn = tmp_path / "torn.sarz"
    torn.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    with qtbot.waitSignal(window.session.failed, timeout=TIMEOUT_MS) as failed:
        drop_files(window, torn)
    assert failed.args[0].startswith("torn.sarz ")
    assert ". " not in failed.args[0]
    assert window.empty.sentence.text() == failed.args[0]
    assert window.session.scene is None
    open_by_drop(window, whole, drop_files, qtbot)
    assert window.grid.decoded.has_picture
    with qtbot.waitSignal(window.session.failed, timeout=TIMEOUT_MS):
        drop_files(window, torn)
    assert window.session.scene.path == whole  # what is shown stays
    assert window.banner.sentence.text() == failed.args[0]
