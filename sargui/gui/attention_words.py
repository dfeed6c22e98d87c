"""How the places where a network attends, and what they show, are called in the window."""

from __future__ import annotations

import re

import numpy as np

from sargui.engine.requests import AttentionModule, AttentionPicture, Shows
from sargui.gui.wording import signed

IDLE_SPREAD = 0.02  # a gate that varies less changes its features by less than 2 %
_SIDES = {"g_a": "Encoder", "g_s": "Decoder"}


def module(name: str) -> str:
    """Return the name of a place: Encoder, 1/16; Decoder, latents."""
    side, _, rest = name.partition(".")
    number = re.fullmatch(r"attention\.(\d)", rest)
    if side not in _SIDES:
        return name
    if number is None:
        return f"{_SIDES[side]}, latents" if rest.startswith("latent") else _SIDES[side]
    stage = int(number[1])
    return f"{_SIDES[side]}, 1/{2 ** (stage + 1) if side == 'g_a' else 2 ** (4 - stage)}"


def facts(seen: AttentionPicture) -> str:
    """Return what a module does here, in true units: gates 0.981 to 0.996; γ −0.03; idle."""
    found: AttentionModule = next(one for one in seen.modules if one.name == seen.module)
    parts = []
    if found.gamma is not None:
        parts.append(f"γ {signed(found.gamma, 4)}: the weight of what is added")
    if seen.shows is Shows.GATE and seen.map is not None:
        parts.append(_range("gates", seen.map))
    if seen.channel_gates is not None:
        parts.append(_range("channels", seen.channel_gates))
    spreads = [np.nanstd(values) for values in (seen.map, seen.channel_gates) if values is not None]
    if found.gamma is None and seen.shows is not Shows.FEATURE and spreads and max(spreads) < IDLE_SPREAD:
        parts.append("next to idle: gates at rest are 1")
    return "; ".join(parts)


def _range(name: str, values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> str:
    return f"{name} {np.nanmin(values):.3f} to {np.nanmax(values):.3f}"
