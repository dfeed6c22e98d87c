"""The attention panel: places, heads, channels and what is said of them; and the colors of what is attended to."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from sargui.core.types import BandInfo, Kind, ProductInfo, Window
from sargui.engine.requests import AttentionModule, AttentionPicture, Picture, Shows
from sargui.gui.attention_shading import GATE_RANGE, shade_attention, shade_bits
from sargui.gui.attention_words import module
from sargui.gui.panels.attention_panel import AttentionPanel, Subject
from sargui.gui.panels.gate_bars import GateBars

WINDOW = Window(16, 32, 64, 96)
MODULES = (AttentionModule("g_a.attention.3", 4, -0.03), AttentionModule("g_s.attention.0", 4, 0.001))
ONE = (AttentionModule("g_a.attention.3"),)
GATES = np.array([0.9, 1.4, 0.2, 1.0], np.float32)


def seen(shows=Shows.GATE, values=None, gates=None, modules=ONE):
    shown = np.full((4, 6), 1.5, np.float32) if values is None else np.asarray(values, np.float32)
    return AttentionPicture(modules, modules[0].name, WINDOW, 16, shows, shown, gates)


@pytest.fixture
def panel(qtbot):
    panel = AttentionPanel()
    qtbot.addWidget(panel)
    panel.show()
    return panel


@pytest.fixture
def bars(qtbot):
    bars = GateBars()
    qtbot.addWidget(bars)
    bars.resize(200, 70)
    bars.show_gates(GATES, None)
    bars.show()
    return bars


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("g_a.attention.0", "Encoder, 1/2"),
        ("g_a.attention.3", "Encoder, 1/16"),
        ("g_s.attention.0", "Decoder, 1/16"),
        ("g_s.attention.3", "Decoder, 1/2"),
        ("g_a.latent_attention.attention", "Encoder, latents"),
        ("g_s.attention", "Decoder"),
        ("other", "other"),
    ],
)
def test_places_have_names(name, words):
    assert module(name) == words


def test_modules_and_heads_are_listed_and_chosen(panel, qtbot):
    panel.show_seen(seen(Shows.WEIGHT, modules=MODULES))
    assert [panel.module.itemText(index) for index in range(2)] == ["Encoder, 1/16", "Decoder, 1/16"]
    assert panel.head.isVisible()
    with qtbot.waitSignal(panel.changed):
        QTest.keyClick(panel.module, Qt.Key.Key_Down)
    assert panel.choice.module == "g_s.attention.0"
    with qtbot.waitSignal(panel.changed):
        QTest.keyClick(panel.head, Qt.Key.Key_Down)
    assert panel.choice.head == 0
    panel.next_module(1)
    assert (panel.choice.module, panel.choice.head) == ("g_a.attention.3", None)
    panel.show_seen(seen(Shows.WEIGHT, modules=MODULES))
    assert panel.choice.module == "g_a.attention.3"


def test_a_single_place_without_heads_needs_no_lists(panel):
    panel.show_seen(seen())
    assert not panel.module.isVisible()
    assert not panel.head.isVisible()
    assert panel.choice.module == "g_a.attention.3"


def test_facts_are_in_true_units_and_say_what_is_idle(panel):
    panel.show_seen(seen(values=np.linspace(0.981, 0.996, 24).reshape(4, 6)))
    assert "gates 0.981 to 0.996" in panel.facts.text()
    assert "idle" in panel.facts.text()
    panel.show_seen(seen(gates=GATES))
    assert "channels 0.200 to 1.400" in panel.facts.text()
    assert "idle" not in panel.facts.text()
    panel.show_seen(seen(Shows.WEIGHT, modules=MODULES))
    assert "γ −0.0300" in panel.facts.text()


def test_bits_leave_the_places_out(panel, qtbot):
    panel.show_seen(seen(Shows.WEIGHT, gates=GATES, modules=MODULES))
    with qtbot.waitSignal(panel.changed):
        QTest.keyClick(panel.subject, Qt.Key.Key_Down)
    assert panel.choice.subject is Subject.BITS
    assert not panel.bars.isVisible()
    assert panel.facts.text() == ""


def test_a_click_chooses_the_bar_under_it_and_again_none(bars, qtbot):
    with qtbot.waitSignal(bars.chosen) as chosen:
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(10, 35))
    assert chosen.args == [1]  # the largest gate
    with qtbot.waitSignal(bars.chosen) as chosen:
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(190, 35))
    assert chosen.args == [2]  # the smallest
    with qtbot.waitSignal(bars.chosen) as chosen:
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(190, 35))
    assert chosen.args == [None]


def test_bars_are_chosen_by_keys(bars, qtbot):
    for key, channel in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Right, 3), (Qt.Key.Key_Left, 1), (Qt.Key.Key_Left, 1)):
        QTest.keyClick(bars, key)
        assert bars.channel == channel
    QTest.keyClick(bars, Qt.Key.Key_Escape)
    assert bars.channel is None


def test_bars_are_drawn_as_high_as_gates(bars):
    picture = bars.grab().toImage()
    columns = [25, 75, 125, 175]
    heights = [sum(picture.pixelColor(x, y) == picture.pixelColor(25, 60) for y in range(70)) for x in columns]
    assert heights == pytest.approx([49, 35, 31, 7], abs=3)  # 1.4, 1.0, 0.9, 0.2 of 2, the line of rest on top


def test_gates_are_colored_over_their_whole_range():
    shaded = shade_attention(0.5, seen(values=[[1, 0, 2, np.nan]]))
    overlay = shaded.overlay
    assert (overlay.low, overlay.high, overlay.window, overlay.step) == (*GATE_RANGE, WINDOW, 16)
    neutral, low, high, none = overlay.colors[0]
    assert low[2] > low[0]  # below: blue
    assert high[0] > high[2]  # above: red
    assert [color[3] for color in (neutral, low, high, none)] == [0, 128, 128, 0]  # at rest nothing is hidden


def test_weights_are_colored_up_to_the_largest():
    overlay = shade_attention(1.0, seen(Shows.WEIGHT, [[0, 0.01, 0.02]])).overlay
    assert (overlay.low, overlay.high) == (0, pytest.approx(0.02))


def test_what_has_no_map_has_no_overlay():
    assert shade_attention(1.0, AttentionPicture((), "", WINDOW)).overlay is None


def test_bits_lie_on_the_cells_that_the_window_touches():
    info = ProductInfo("a", 200, 200, (BandInfo("uint16", Kind.AMPLITUDE),))
    bits = np.full((3, 4), 128.0)
    bits[1, 2] = 256
    picture = Picture(info, info.bands[0], Window(20, 40, 30, 50), 1, None, None, None, bits)
    overlay = shade_bits(0.4, picture)
    assert (overlay.window, overlay.step) == (Window(16, 32, 48, 64), 16)
    assert (overlay.low, overlay.high) == (0, 1.0)
    assert overlay.colors.shape == (3, 4, 4)
    assert shade_bits(0.4, Picture(info, info.bands[0], Window(0, 0, 9, 9), 1, None, None, None)) is None
