"""Figures go into a model card, and nothing else of it changes."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.card import update

CARD = {"name": "tiny-1", "sha256": "0" * 64, "validation": {"qualities": [10.0], "bd_rate_openjpeg": 5.0}, "extra": 1}


def test_only_the_rates_of_a_card_change(tmp_path: Path) -> None:
    path = tmp_path / "tiny-1.json"
    path.write_text(json.dumps(CARD), encoding="utf-8")
    (tmp_path / "tiny-1.safetensors").write_bytes(b"weights")
    update(path, {"openjpeg": -19.107, "jpegxl": -16.0}, {"lake": {"openjpeg": -14.634, "jpegxl": -16.789}})
    card = json.loads(path.read_text(encoding="utf-8"))
    assert card["validation"] == {
        "qualities": [10.0],
        "bd_rate_openjpeg": -19.11,
        "bd_rate_jpegxl": -16.0,
        "bd_rate_images": {"lake": {"openjpeg": -14.63, "jpegxl": -16.79}},
    }
    assert {key: card[key] for key in CARD if key != "validation"} == {
        key: value for key, value in CARD.items() if key != "validation"
    }
    assert (tmp_path / "tiny-1.safetensors").read_bytes() == b"weights"
    assert not list(tmp_path.glob("*.part"))


def test_a_card_without_figures_gets_them(tmp_path: Path) -> None:
    path = tmp_path / "tiny-1.json"
    path.write_text('{"name": "tiny-1"}', encoding="utf-8")
    update(path, {"openjpeg": -1.0}, {})
    assert json.loads(path.read_text(encoding="utf-8"))["validation"]["bd_rate_openjpeg"] == -1.0
