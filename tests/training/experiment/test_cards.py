"""Tests of what the experiment notes in model cards: its figures, and nothing of what others have noted."""

import json

import pytest

from sargui.core import catalogue
from sargui.training.experiment.arms import Arm
from sargui.training.experiment.cards import WORDS, note

CBAM = Arm("cbam")


@pytest.fixture
def folder(tmp_path, make_baseline):
    """A folder with the cards of a control and of an arm; the latter knows its rate against OpenJPEG."""
    form = json.loads(make_baseline().read_text(encoding="utf-8"))
    for name, attention, known in (("none-1", "none", {}), ("cbam@bottleneck-1", "cbam", {"bd_rate_openjpeg": -30.1})):
        card = form | {"name": name, "sha256": "0" * 64, "attention": attention, "experimental": True}
        text = json.dumps(card | {"description": "not measured yet", "validation": known})
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    return tmp_path


def test_cards_say_what_attention_brought_and_cost(folder, make_result, make_module):
    results = [
        make_result(Arm("none")),
        make_result(Arm("none", seed=1)),
        make_result(CBAM, 0.98, (make_module(),), bypassed=1.05),
        make_result(Arm("cbam", seed=1), 0.96, (make_module(),), bypassed=1.05),
    ]
    assert note(results, folder) == ["none-1", "none-1", "cbam@bottleneck-1", "cbam@bottleneck-1"]
    card = catalogue.read_card(folder / "cbam@bottleneck-1.json")
    found = card.validation["experiment"]
    assert found["bd_rate"] == pytest.approx(-3.0, abs=0.05)
    assert found["bd_rate_half"] > 0
    assert (found["encode_ratio"], found["decode_ratio"]) == (1.1, 1.2)
    assert found["bypassed"] == pytest.approx(5, abs=0.1)
    assert (found["seeds"], found["images"], found["attention_parameters"]) == ([0, 1], 3, 2048)
    assert card.validation["bd_rate_openjpeg"] == -30.1
    assert card.validation["gates"][0]["module"] == "g_a.attention.3"
    assert not card.experimental
    assert card.description == "gates on channels, then on places"


def test_what_was_not_compared_with_other_codecs_stays_experimental(folder, make_result):
    note([make_result(Arm("none"))], folder)
    assert catalogue.read_card(folder / "none-1.json").experimental


def test_a_card_of_other_weights_is_left_alone(folder, make_result, make_module):
    path = folder / "cbam@bottleneck-1.json"
    other = path.read_text(encoding="utf-8").replace("0" * 64, "f" * 64)
    path.write_text(other, encoding="utf-8")
    assert note([make_result(Arm("none")), make_result(CBAM, modules=(make_module(),))], folder) == ["none-1"]
    assert path.read_text(encoding="utf-8") == other


def test_all_that_ships_has_words():
    for card in catalogue.cards():
        assert card.attention in WORDS
