"""The last few things of a kind, kept for whoever asks again. Without torch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Shelf(Generic[Thing]):
    """Things by what they were made of; `dispose` gets those that make room."""

    def __init__(self, places: int, dispose: Callable[[Thing], None] = lambda _: None) -> None:
        self._places, self._dispose = places, dispose
        self._things: OrderedDict[Hashable, Thing] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return a thing, made now if it is not at hand."""
        if key not in self._things:
            self._things[key] = make()
        self._things.move_to_end(key)
        while len(self._things) > self._places:
            self._dispose(self._things.popitem(last=False)[1])
        return self._things[key]

    def clear(self) -> None:
        """Give everything away."""
        while self._things:
            self._dispose(self._things.popitem()[1])


def identity(path: Path) -> Hashable:
    """Return what tells a file from a later one of the same name; what is no file is its name."""
    try:
        found = path.stat()
    except OSError:
        return str(path)
    return str(path), found.st_size, found.st_mtime_ns
