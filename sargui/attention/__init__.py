"""First floor: the attention variants, one file each, registered by name."""

from sargui.attention import none
from sargui.attention.registry import create, names, register

__all__ = ["create", "names", "none", "register"]
