"""The names of the attention variants. A name is written into files: never reuse or rename one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from torch import nn

from sargui.core.errors import CheckpointError

Variant = TypeVar("Variant", bound=type[nn.Module])
_VARIANTS: dict[str, type[nn.Module]] = {}


def register(name: str) -> Callable[[Variant], Variant]:
    """Return a class decorator that makes a variant available under `name`; a second use of a name raises."""

    def add(variant: Variant) -> Variant:
        if name in _VARIANTS:
            raise ValueError(f"attention variant '{name}' is registered twice")
        _VARIANTS[name] = variant
        return variant

    return add


def names() -> list[str]:
    """Return the names of all variants, sorted."""
    return sorted(_VARIANTS)


def create(name: str, channels: int, **options: int | str) -> nn.Module:
    """Return a new module of a variant for feature maps of `channels` channels.

    Raises:
        CheckpointError: there is no variant of that name.
    """
    try:
        variant = _VARIANTS[name]
    except KeyError:
        raise CheckpointError(f"There is no attention variant '{name}'; known are: {', '.join(names())}.") from None
    return variant(channels, **options)
