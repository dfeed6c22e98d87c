"""What is said of a checkpoint: what its attention brings and costs, as far as its card knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sargui.core.types import ModelCard
from sargui.gui.wording import signed

UNMEASURED = "What it brings has not been measured."


def gain(card: ModelCard) -> str:
    """Return what a checkpoint's attention is, what it brings and what it costs, in a few words."""
    attention = "No attention" if card.attention == "none" else f"{card.attention}, {card.placement}"
    against = card.validation.get("bd_rate_openjpeg")
    parts = [f"{attention}."]
    if isinstance(against, int | float):
        parts.append(f"{signed(against, 1)} % bits against JPEG 2000 at equal error.")
    measured = card.validation.get("experiment")
    if isinstance(measured, Mapping):
        parts.append(_against_control(measured))
    elif card.attention != "none" or not isinstance(against, int | float):
        parts.append(UNMEASURED)
    if card.validation.get("idle") is True:
        parts.append("Its attention is idle: it changes next to nothing.")
    return " ".join(parts)


def tip(card: ModelCard) -> str:
    """Return what the card says of a checkpoint, line by line."""
    lines = [card.description or card.name, gain(card)]
    plain = [
        f"{key.replace('_', ' ')} {value}"
        for key, value in card.training.items()
        if isinstance(value, str | int | float)
    ]
    if plain:
        lines.append("Training: " + ", ".join(plain[:6]))
    lines.append(f"Weights: {card.sha256[:12]}…")
    return "\n".join(lines)


def _against_control(measured: Mapping[str, Any]) -> str:
    """Return the figures of the experiment: rate at equal error and time against the control without attention."""
    rate, half = measured.get("bd_rate"), measured.get("bd_rate_half")
    if not isinstance(rate, int | float):
        return UNMEASURED
    text = f"Against the same training without it: {signed(rate, 2, plus=True)}"
    text += f" ± {half:.2f} % bits" if isinstance(half, int | float) else " % bits"
    times = [
        f"{verb} {measured[key]:.2f} × the time"
        for verb, key in (("encoding", "encode_ratio"), ("decoding", "decode_ratio"))
        if isinstance(measured.get(key), int | float)
    ]
    return ", ".join([text, *times]) + "."
