"""The one decorator for loops that numba compiles: they let other threads run, and are kept for the next start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return the decorator; `options` are numba's. Where no folder can be written to, every start compiles anew."""

    def decorate(function: Callable[..., Any]) -> Any:
        try:
            return numba.njit(nogil=True, cache=True, **options)(function)
        except RuntimeError:  # no "locator available": neither beside the source nor in the user's cache
            return numba.njit(nogil=True, **options)(function)

    return decorate
