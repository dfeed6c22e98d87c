"""What is said of a checkpoint: what its attention brings and costs, as far as its card knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sargui.core.types import ModelCard
from sargui.gui.wording import signed

UNMEASURED = "What it brings has not been measured."
NONE = "none"  # the attention of a checkpoint without any
WORTH_SAYING = 0.05  # of the time: by so much the control differed from itself

# What a user reads beside a name; a name that is not here stands for itself.
ATTENTIONS = {
    NONE: "No attention: the plain network.",
    "se": "Squeeze and excitation: a gate for each channel, from the averages of all channels.",
    "eca": "Efficient channel attention: a gate for each channel, from the averages of its neighbors.",
    "spatial": "Spatial attention: a gate for each place, from what is around it.",
    "cbam": "Convolutional block attention: a gate for each channel, then one for each place.",
    "gate": "A gate for every single value, channel and place at once.",
    "local": "Local self-attention: adds to each place an average of matching places around it.",
    "self": "Self-attention: adds to each place an average of all places that match it.",
}
PLACES = {
    "encoder": "At every stage of the encoder.",
    "decoder": "At every stage of the decoder.",
    "bottleneck": "Where encoder and decoder meet, at a sixteenth of the resolution.",
    "all": "At every stage of encoder and decoder.",
    "latents": "At the values that are coded, before quantization and after.",
}


def gain(card: ModelCard) -> str:
    """Return what a checkpoint's attention is, what it brings and what it costs, in a few words."""
    attention = "No attention" if card.attention == NONE else f"{card.attention}, {card.placement}"
    against = card.validation.get("bd_rate_openjpeg")
    parts = [f"{attention}."]
    if isinstance(against, int | float):
        parts.append(f"{signed(against, 1)} % bits against JPEG 2000 at equal error.")
    measured = card.validation.get("experiment")
    if isinstance(measured, Mapping) and card.attention != NONE:
        parts.append(_against_control(measured))
    elif card.attention != NONE or not isinstance(against, int | float):
        parts.append(UNMEASURED)
    if card.validation.get("idle") is True:
        parts.append("Its attention is idle: it changes next to nothing.")
    if card.best_for:
        parts.append(f"Best for {card.best_for}.")
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
    """Return what the experiment says against the control without attention: the verdict, its figures, the time."""
    rate, half = measured.get("bd_rate"), measured.get("bd_rate_half")
    if not isinstance(rate, int | float):
        return UNMEASURED
    text = f"{signed(rate, 2, plus=True)}"
    text += f" ± {half:.2f} % bits" if isinstance(half, int | float) else " % bits"
    verdict = "brings nothing measurable"
    if not isinstance(half, int | float) or abs(rate) > half:
        verdict = "saves bits" if rate < 0 else "saves no bits"
    times = [
        f"{measured[key]:.1f} × as long to {verb}"
        for verb, key in (("encode", "encode_ratio"), ("decode", "decode_ratio"))
        if isinstance(measured.get(key), int | float) and measured[key] >= 1 + WORTH_SAYING
    ]
    takes = f", and takes {' and '.join(times)}" if times else ""
    return f"It {verdict} ({text} against the same training without it){takes}."
