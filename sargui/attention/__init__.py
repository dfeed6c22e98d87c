"""First floor: the attention variants, one file each, registered by name."""

from sargui.attention import axial, cbam, eca, gate, linear, local, multihead, none, se, self_attention, spatial
from sargui.attention.base import Attended, Attention, Gating, Mixing, bypassed
from sargui.attention.magnitudes import OfMagnitudes
from sargui.attention.registry import create, names, options, register
from sargui.attention.watch import Seen, attention_modules, watching
from sargui.attention.windowed import Windowed

__all__ = [
    "Attended",
    "Attention",
    "Gating",
    "Mixing",
    "OfMagnitudes",
    "Seen",
    "Windowed",
    "attention_modules",
    "axial",
    "bypassed",
    "cbam",
    "create",
    "eca",
    "gate",
    "linear",
    "local",
    "multihead",
    "names",
    "none",
    "options",
    "register",
    "se",
    "self_attention",
    "spatial",
    "watching",
]
