"""The names of the attention variants. A name is written into files: never reuse or rename one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TypeVar

from sargui.attention.base import Attention
from sargui.core.errors import CheckpointError

Variant = TypeVar("Variant", bound=Callable[..., Attention])
_VARIANTS: dict[str, Callable[..., Attention]] = {}


def register(name: str) -> Callable[[Variant], Variant]:
    """Return a decorator that makes a variant (a class, or a function that returns a module) available under `name`.

    A second use of a name raises ValueError.
    """

    def add(variant: Variant) -> Variant:
        if name in _VARIANTS:
            raise ValueError(f"attention variant '{name}' is registered twice")
        _VARIANTS[name] = variant
        return variant

    return add


def names() -> list[str]:
    """Return the names of all variants, sorted."""
    return sorted(_VARIANTS)


def options(name: str) -> list[str]:
    """Return the names of the options that a variant takes beside its channels."""
    return [parameter for parameter in inspect.signature(_find(name)).parameters if parameter != "channels"]


def create(name: str, channels: int, **options: int | str) -> Attention:
    """Return a new module of a variant for feature maps of `channels` channels.

    Raises:
        CheckpointError: there is no variant of that name, or it cannot have that many channels.
    """
    return _find(name)(channels, **options)


def _find(name: str) -> Callable[..., Attention]:
    try:
        return _VARIANTS[name]
    except KeyError:
        raise CheckpointError(f"There is no attention variant '{name}'; known are: {', '.join(names())}.") from None
