"""What is said of checkpoints."""

from dataclasses import replace

from sargui.core.types import ModelCard
from sargui.gui.card_words import ATTENTIONS, PLACES, gain

MEASURED = {"bd_rate": 0.0088, "bd_rate_half": 0.022, "encode_ratio": 3.659, "decode_ratio": 4.531}


def card(attention="cbam", **measured):
    validation = {"experiment": MEASURED | measured, "bd_rate_openjpeg": -30.21}
    return ModelCard("x-1", "a" * 64, attention, "all", {}, validation=validation)


def plain(of):
    return gain(of).replace("\N{MINUS SIGN}", "-")


def test_what_cannot_be_told_from_chance_brings_nothing_measurable():
    said = plain(card())
    assert "brings nothing measurable (+0.01 ± 0.02 % bits against the same training without it)" in said
    assert said.endswith("and takes 3.7 × as long to encode and 4.5 × as long to decode.")


def test_a_saving_beyond_chance_is_one_and_time_as_ever_is_not_mentioned():
    said = plain(card(bd_rate=-0.5, bd_rate_half=0.1, encode_ratio=1.03, decode_ratio=0.98))
    assert said.endswith("It saves bits (-0.50 ± 0.10 % bits against the same training without it).")
    assert "It saves no bits (+0.50 ± 0.10 %" in plain(card(bd_rate=0.5, bd_rate_half=0.1))


def test_what_a_checkpoint_is_best_for_is_said_last():
    assert gain(replace(card(), best_for="ships")).endswith("to decode. Best for ships.")


def test_the_control_is_not_measured_against_itself():
    assert plain(card("none")) == "No attention. -30.2 % bits against JPEG 2000 at equal error."


def test_the_lists_explain_their_names(window):
    picker = window.settings.picker
    for box, words in ((picker.attention, ATTENTIONS), (picker.place, PLACES)):
        for index in range(1, box.count()):
            assert box.itemData(index, 3) == words[box.itemText(index)]  # Qt.ItemDataRole.ToolTipRole
    assert picker.attention.count() == 3
    for box in (picker.attention, picker.place, window.settings.effort, window.settings.device):
        assert box.toolTip()
