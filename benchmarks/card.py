"""Writing measured figures into a model card, and nothing else of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path


def update(path: Path, means: Mapping[str, float], images: Mapping[str, Mapping[str, float]]) -> None:
    """Write BD-rates into the `validation` of a card: the mean of each peer, and those of each image.

    Args:
        path: the card, a JSON file; replaced at once or not at all.
        means: peer -> BD-rate in percent.
        images: image -> peer -> the same.
    """
    card = json.loads(path.read_text(encoding="utf-8"))
    rates = {f"bd_rate_{peer}": round(rate, 2) for peer, rate in means.items()}
    rows = {name: {peer: round(rate, 2) for peer, rate in row.items()} for name, row in images.items()}
    card["validation"] = {**card.get("validation", {}), **rates, "bd_rate_images": rows}
    part = path.with_suffix(".json.part")
    part.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    os.replace(part, path)
