"""Tests of sargui.core.catalogue with made-up cards and weights in a temporary folder."""

import hashlib
import json
from dataclasses import fields
from pathlib import Path

import pytest

from sargui.core import catalogue
from sargui.core.errors import CheckpointError
from sargui.core.types import ModelCard

WEIGHTS = b"these are no tensors, but they have a digest"


@pytest.fixture
def folders(tmp_path, monkeypatch) -> tuple[Path, Path]:
    """Two model folders, of which the first wins, and no other."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    monkeypatch.setattr(catalogue, "model_folders", lambda: [first, second])
    monkeypatch.setattr(catalogue, "user_models", lambda: second)
    return first, second


def put(folder: Path, stem: str, weights: bytes = WEIGHTS, **more) -> Path:
    (folder / f"{stem}.safetensors").write_bytes(weights)
    content = {
        "name": stem,
        "sha256": hashlib.sha256(weights).hexdigest(),
        "attention": "none",
        "placement": "none",
        "network": {"latents": 8},
    }
    path = folder / f"{stem}.json"
    path.write_text(json.dumps(content | more), encoding="utf-8")
    return path


def test_cards_of_all_folders_are_found_by_name(folders):
    put(folders[0], "none")
    put(folders[1], "eca@end-2", attention="eca")
    assert [card.name for card in catalogue.cards()] == ["eca@end-2", "none"]
    card = catalogue.card("eca@end-2")
    assert card.attention == "eca"
    assert card.network == {"latents": 8}
    assert Path(card.path) == folders[1] / "eca@end-2.safetensors"


def test_the_first_folder_wins(folders):
    put(folders[0], "none", description="shipped")
    put(folders[1], "none", description="another")
    assert catalogue.card("none").description == "shipped"
    assert [card.description for card in catalogue.cards()] == ["shipped"]


def test_a_card_without_weights_is_no_choice(folders):
    put(folders[0], "none").with_suffix(".safetensors").unlink()
    assert catalogue.cards() == []
    with pytest.raises(CheckpointError, match="no checkpoint called 'none'; installed are: none"):
        catalogue.card("none")


def test_a_card_is_also_found_by_its_path(folders, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert catalogue.card(str(put(elsewhere, "mine"))).name == "mine"


@pytest.mark.parametrize("name", ["eca", "", "../first/none", "NONE", "a" * 100, "nul\0l"])
def test_an_unknown_name_is_one_sentence_with_the_known_ones(folders, name):
    put(folders[0], "none")
    with pytest.raises(CheckpointError, match=r"^There is no checkpoint called .*; installed are: none\.$"):
        catalogue.card(name)


def test_a_digest_finds_the_checkpoint_whatever_its_name_is(folders):
    put(folders[1], "renamed")
    assert catalogue.card_by_digest("none", hashlib.sha256(WEIGHTS).hexdigest()).name == "renamed"


def test_an_unknown_digest_says_what_is_missing_and_where_it_belongs(folders):
    put(folders[0], "none")
    with pytest.raises(CheckpointError, match=r"'eca' with weights 0123456789ab….*second"):
        catalogue.card_by_digest("eca", "0123456789abcdef" * 4)


def test_altered_weights_are_noticed_even_after_they_were_right(folders):
    put(folders[0], "none")
    card = catalogue.card("none")
    catalogue.check_digest(card)
    Path(card.path).write_bytes(WEIGHTS + b"!")
    with pytest.raises(CheckpointError, match="'none' are not the ones its card describes"):
        catalogue.check_digest(card)
    Path(card.path).unlink()
    with pytest.raises(CheckpointError, match="'none' cannot be read"):
        catalogue.check_digest(card)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"sha256"',
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"name": "none"}',
        b" " * (catalogue.MAX_CARD_BYTES + 1),
    ],
    ids=["empty", "cut", "list", "text", "null", "binary", "deep", "incomplete", "large"],
)
def test_a_broken_card_is_one_sentence(folders, content):
    put(folders[0], "none").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"^The model card none\.json cannot be used: .*\.$"):
        catalogue.card("none")


def test_a_broken_card_keeps_no_other_from_use_and_is_told_once(folders, caplog):
    put(folders[0], "none")
    put(folders[1], "bad").write_bytes(b"{")
    for _ in range(2):
        assert [card.name for card in catalogue.cards()] == ["none"]
    assert catalogue.default_card().name == "none"
    assert catalogue.card_by_digest("old name", catalogue.card("none").sha256).name == "none"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert caplog.messages[0].startswith("The model card bad.json cannot be used: ")
    with pytest.raises(CheckpointError, match=r"no checkpoint called 'none-9'; installed are: none\.$"):
        catalogue.card("none-9")


@pytest.mark.parametrize(
    "wrong",
    [
        {"sha256": "abc"},
        {"sha256": 7},
        {"name": "../none"},
        {"name": None},
        {"validation": []},
        {"network": "8"},
        {"training": None},
        {"attention": 3},
        {"experimental": "no"},
    ],
    ids=str,
)
def test_a_card_with_a_field_of_the_wrong_form_is_one_sentence(folders, wrong):
    put(folders[0], "none", **wrong)
    with pytest.raises(CheckpointError, match=r"^The model card none\.json cannot be used: .*\.$"):
        catalogue.card("none")


def test_a_card_of_the_future_may_say_more(folders):
    put(folders[0], "none", color="blue")
    assert catalogue.card("none").name == "none"


def test_the_default_is_the_best_that_is_not_experimental(folders):
    put(folders[0], "none", validation={"bd_rate_openjpeg": -40.0})
    put(folders[0], "eca", validation={"bd_rate_openjpeg": -45.5})
    put(folders[0], "wild", validation={"bd_rate_openjpeg": -99.0}, experimental=True)
    put(folders[0], "silent", validation={"bd_rate_openjpeg": None})
    assert catalogue.default_card().name == "eca"


def test_without_checkpoints_the_default_is_one_sentence(folders):
    with pytest.raises(CheckpointError, match="No checkpoint is installed"):
        catalogue.default_card()


def test_a_missing_resource_is_named():
    with pytest.raises(FileNotFoundError, match=r"resources/no-such-file"):
        catalogue.resource("no-such-file")


def test_every_field_of_a_card_has_a_form():
    assert set(catalogue.FORM) == {field.name for field in fields(ModelCard)} - {"path"}
