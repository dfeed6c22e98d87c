"""What each kind of attention shows of a scene: bars of channels, a map, the weights of a pixel; or where bits go."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from sargui.engine.requests import Attend
from sargui.gui.attending import CHANNELS, NO_BITS
from sargui.gui.panels.attention_panel import MEAN, Subject

from .hands import CTRL, KEY, TIMEOUT_MS, at_pixel, choose, focus, open_by_drop, press, wait_until_tried

pytestmark = pytest.mark.usefixtures("checkpoints")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(make_window, engine, scene, drop_files, qtbot):
    """A window that shows what the checkpoint without attention makes of a scene."""
    window = make_window()
    open_by_drop(window, scene, drop_files, qtbot)
    wait_until_tried(window, "none-1", qtbot)
    return window


@pytest.fixture
def attend(window, engine, qtbot):
    """Choose a checkpoint; return what the engine says of its attention once that is wanted and there."""

    def see(model=None, **wanted):
        if model is not None:
            choose(window, window.settings.picker.checkpoint, f"{model} (experimental)", qtbot)

        def found():
            request, seen = engine.results(Attend)[-1] if engine.results(Attend) else (None, None)
            right = request is not None and (model is None or (request.trial and request.trial.model == model))
            return seen if right and all(getattr(request, name) == value for name, value in wanted.items()) else None

        qtbot.waitUntil(lambda: found() is not None, timeout=TIMEOUT_MS)
        seen = found()
        panel = window.attention_panel
        qtbot.waitUntil(lambda: panel.module.count() == len(seen.modules))
        return seen

    return see


def wait_for_range(pane, expected, qtbot):
    """Wait until the bar of a pane goes from and to some values."""
    qtbot.waitUntil(lambda: pane.bar.range == pytest.approx(expected))


def test_gates_of_channels_are_sorted_bars_and_a_click_shows_what_a_channel_holds(window, engine, attend, qtbot):
    seen = attend("se-1")
    pane, panel = window.grid.attention, window.attention_panel
    qtbot.waitUntil(lambda: pane.sentence.text() == CHANNELS and panel.bars.isVisible())
    gates = seen.channel_gates
    assert gates.std() > 0.02
    assert f"channels {gates.min():.3f} to {gates.max():.3f}" in panel.facts.text()
    heights = heights_of_bars(panel.bars, len(gates))
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > heights[-1]

    qtbot.mouseClick(panel.bars, LEFT, pos=QPoint(2, panel.bars.height() - 2))
    largest, second = (int(channel) for channel in np.argsort(-gates)[:2])
    feature = attend(channel=largest).map
    limit = np.nanmax(np.abs(feature))
    wait_for_range(pane, (-limit, limit), qtbot)
    assert "feature" in pane.unit.text()
    press(window, KEY.Key_Right)
    assert attend(channel=second).map is not None
    press(window, KEY.Key_Escape)
    qtbot.waitUntil(lambda: pane.sentence.text() == CHANNELS)


def heights_of_bars(bars, count):
    """Return how many pixels high each bar is drawn, from the left."""
    picture = bars.grab().toImage()
    scale, ground = picture.width() / bars.width(), picture.pixelColor(0, 0).rgb()
    columns = [round((place + 0.4) * bars.width() / count * scale) for place in range(count)]
    return [sum(picture.pixelColor(x, y).rgb() != ground for y in range(picture.height())) for x in columns]


def test_a_gate_of_places_is_a_map_whose_legend_has_true_units(window, attend, qtbot):
    seen = attend("spatial-1")
    pane, panel = window.grid.attention, window.attention_panel
    wait_for_range(pane, (0.0, 2.0), qtbot)  # of every gate, whatever the range of this one
    assert pane.unit.text() == "gate, at rest 1"
    assert not panel.bars.isVisible()
    assert np.nanmax(seen.map) - np.nanmin(seen.map) > 0.005
    assert f"gates {np.nanmin(seen.map):.3f} to {np.nanmax(seen.map):.3f}" in panel.facts.text()
    first = panel.module.currentText()
    press(window, KEY.Key_Period)
    second = attend(module="g_s.attention.0")
    qtbot.waitUntil(lambda: f"gates {np.nanmin(second.map):.3f}" in panel.facts.text())
    assert (first, panel.module.currentText()) == ("Encoder, 1/16", "Decoder, 1/16")


def test_a_click_shows_what_a_pixel_attends_to_of_all_heads_and_of_one(window, engine, attend, qtbot):
    attend("multihead-1")
    pane, panel = window.grid.attention, window.attention_panel
    qtbot.waitUntil(lambda: pane.has_picture and panel.head.isVisible())
    names = [panel.head.itemText(index) for index in range(panel.head.count())]
    assert names == [MEAN, "head 1", "head 2", "head 3", "head 4"]
    assert "γ" in panel.facts.text()

    surface = pane.surface.viewport()
    at = at_pixel(pane, 120, 200)
    qtbot.mousePress(surface, LEFT, pos=at)
    qtbot.mouseRelease(surface, LEFT, pos=at)
    qtbot.waitUntil(lambda: window.attending.query is not None)
    row, col = window.attending.query
    assert abs(row - 120) <= 2
    assert abs(col - 200) <= 2
    mean = attend(query=(row, col), head=None)
    assert 0 < np.nansum(mean.map) <= 1.001  # some lies beyond the border, in what is mirrored there
    wait_for_range(pane, (0.0, np.nanmax(mean.map)), qtbot)
    assert pane.unit.text() == "weight in the average; all sum to 1"

    focus(window, panel.head, qtbot)
    press(window, KEY.Key_Down, KEY.Key_Down)
    one = attend(query=(row, col), head=1)
    assert not np.allclose(one.map, mean.map, equal_nan=True)
    wait_for_range(pane, (0.0, np.nanmax(one.map)), qtbot)


def test_without_attention_bits_are_shown(window, qtbot):
    pane, panel = window.grid.attention, window.attention_panel
    qtbot.waitUntil(lambda: pane.unit.text() == "bits per pixel", timeout=TIMEOUT_MS)
    assert not panel.bars.isVisible()
    assert not panel.module.isVisible()
    choose(window, panel.subject, Subject.BITS, qtbot)
    bits = window.session.pictures.detail.picture.bits
    wait_for_range(pane, (0.0, bits.max() / 256), qtbot)
    assert pane.unit.text() == "bits per pixel"
    choose(window, panel.subject, Subject.ATTENTION, qtbot)
    wait_for_range(pane, (0.0, bits.max() / 256), qtbot)


def test_attention_follows_from_kind_to_kind_and_into_the_file(window, attend, qtbot):
    pane, panel = window.grid.attention, window.attention_panel
    attend("gate-1")
    wait_for_range(pane, (0.0, 2.0), qtbot)
    assert panel.module.currentText() == "Encoder, latents"
    attend("spatial-1")  # which has no place of that name
    qtbot.waitUntil(lambda: panel.module.currentText() == "Encoder, 1/16", timeout=TIMEOUT_MS)
    wait_for_range(pane, (0.0, 2.0), qtbot)
    with qtbot.waitSignal(window.session.evaluated, timeout=TIMEOUT_MS):
        press(window, KEY.Key_Return, modifier=CTRL)
    seen = attend(compressed=window.session.container)
    assert [module.name for module in seen.modules] == ["g_s.attention.0"]  # a file has no encoder
    qtbot.waitUntil(lambda: panel.module.currentText() == "Decoder, 1/16", timeout=TIMEOUT_MS)
    wait_for_range(pane, (0.0, 2.0), qtbot)
    choose(window, panel.subject, Subject.BITS, qtbot)
    qtbot.waitUntil(lambda: pane.sentence.text() == NO_BITS)
